"""Takes: the chain engine, its money, and the doorbells and polls by which vendors' results come in."""
