"""Accounts at the door: sign-in links, throttling, sessions and the account page."""
