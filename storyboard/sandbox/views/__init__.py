"""What the sandbox answers: the vendors' HTTP contracts, its files, and the team's page."""
