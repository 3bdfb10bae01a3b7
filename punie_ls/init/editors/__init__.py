"""The editors that `punie-ls init` knows, one module each."""
