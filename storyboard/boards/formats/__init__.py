"""A board's words as files: text, tables, Fountain and bundles. Pure: bytes in, plain rows out, and back."""
