"""Local models: fetched, measured against this machine, listed and served. Knows no training."""
