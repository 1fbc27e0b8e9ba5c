"""An offline vendor: it speaks each provider’s HTTP contract and really renders. Nothing imports it."""
