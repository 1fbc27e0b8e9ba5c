"""References, clips and frames in our own storage."""
