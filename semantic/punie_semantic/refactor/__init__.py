"""Refactorings with libcst. The list of them is `table.py`; what a new one implements is `Refactoring` in `base.py`."""
