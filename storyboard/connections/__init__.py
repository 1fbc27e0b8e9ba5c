"""A team's accounts at vendors: encrypted keys, limits, prices of its own."""
