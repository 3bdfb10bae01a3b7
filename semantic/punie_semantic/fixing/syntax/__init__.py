"""Mending files that do not parse: from tokens, brackets, indentation and what the parser says. Knows no workspace."""
