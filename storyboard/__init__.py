"""Lastframe: write a film as a row of shots; each continues the one before it."""
