"""Punie: a language server for Python with a coding agent inside."""

__version__ = "0.1.0"
