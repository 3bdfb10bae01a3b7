"""The Neovim plug-in, in a real Neovim with the real server."""
