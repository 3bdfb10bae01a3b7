"""The verbs of training; each imports what it needs when it runs."""
