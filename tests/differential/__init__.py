"""`punie-ls` against bare `ty server` and bare `ruff server`: the same sessions, JSON for JSON."""
