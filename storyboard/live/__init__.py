"""Something changed, fetch it again: hints to open browsers, without content."""
