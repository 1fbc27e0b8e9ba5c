"""The only door to the queue; tasks are queued by dotted name, ids only."""
