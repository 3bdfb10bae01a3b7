"""Speaking LSP to a language server, as a client."""
