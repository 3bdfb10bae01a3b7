"""Tools of MCP servers that a front end hands over: typed, asked about, and bounded like everything from outside."""
