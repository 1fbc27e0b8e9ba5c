"""Media files: facts of what people bring, single frames, and animatics. No Django, no database, no network."""
