"""The command line: thin verbs; each imports what it needs when it runs."""
