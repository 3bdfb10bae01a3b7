"""The agent: sessions, models, code mode and events. It knows nothing of LSP front ends or terminals."""
