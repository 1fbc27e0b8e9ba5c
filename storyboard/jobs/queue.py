"""Queue a task by its dotted name: `enqueue(task, *ids, at=None)`, part of the caller's transaction."""
