"""Punie's commands: one module for each family, and the table of all."""
