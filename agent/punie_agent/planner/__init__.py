"""Recipes: from a request in plain words to programs and an answer, by rules. No weights, no network."""
