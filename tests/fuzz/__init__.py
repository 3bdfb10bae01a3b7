"""Bad input: the relay answers as JSON-RPC says and lives, and its children never see what would kill them."""
