"""Any editor, with what it says of itself and nothing more, down to one that knows LSP's floor only."""
