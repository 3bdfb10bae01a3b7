"""`punie-ls bridge`: ACP on stdio, carried over a WebSocket to a server without losing a message."""
