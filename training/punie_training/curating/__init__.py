"""Datasets that are there already: checking, counting, filtering, joining, splitting and fetching them."""
