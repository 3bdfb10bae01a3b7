"""The kinds of defects, a module per family; `table` has them all."""
