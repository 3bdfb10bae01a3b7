"""Tests with the real ty, ruff and pytest."""
