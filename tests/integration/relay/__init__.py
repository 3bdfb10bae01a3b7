"""The relay as a program, with the real ty and ruff behind it."""
