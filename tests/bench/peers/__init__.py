"""Other proxies, to measure against. Run as programs; nothing here imports Punie."""
