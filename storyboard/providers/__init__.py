"""The vendors’ contracts: catalog, requests, preflight, price and clients. No Django, no database."""
