"""One small module for each kind of mistake. `table` lists them."""
