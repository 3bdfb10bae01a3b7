"""Constrained decoding: a grammar of short code-mode programs, and what makes a model keep to it. Knows no task."""
