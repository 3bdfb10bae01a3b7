"""Fixes that a model suggests: one more generator of candidates, checked like all the others."""
