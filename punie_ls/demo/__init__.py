"""`punie-ls demo`: a small bookshop with seeded defects, and an editor that fixes them through the real server."""
