"""`punie-ls init`: the configuration of the user's editors, written, examined and taken back. Not for the relay."""
