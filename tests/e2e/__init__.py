"""End-to-end tests: the real `punie-ls` program, driven as editors drive it."""
