"""A server with many tools, and with names that are ours or say the same: python many.py [number]"""

from __future__ import annotations

import sys

from mcp.server import MCPServer

mcp = MCPServer("many")


def make(name: str, answer: str) -> None:
    def tool(text: str, limit: int = 10) -> str:
        """Says its name."""
        return f"{answer} {text}"

    mcp.add_tool(tool, name=name)


for name in ("file", "read_file", "read-file", "help"):
    make(name, name)
for number in range(int(sys.argv[1])):
    make(f"tool_{number}", f"number {number}")

mcp.run("stdio")
