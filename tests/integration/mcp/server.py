"""A real MCP server, made with the official SDK: python server.py [stdio|http PORT|sse PORT] [mark]"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Literal

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver import Context, Image
from typing_extensions import TypedDict

mcp = MCPServer("weather")


class Label(TypedDict):
    name: str
    color: str


class Forecast(TypedDict):
    city: str
    degrees: float
    words: list[str]


@mcp.tool()
def forecast(city: str, days: int = 1, unit: Literal["C", "F"] = "C") -> Forecast:
    """The weather of a city."""
    return {"city": city, "degrees": 20.5 + days if unit == "C" else 70.0, "words": ["sunny", "🚀"]}


@mcp.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@mcp.tool()
def tag(labels: list[Label], note: str | None = None) -> str:
    """Tag something."""
    return f"{', '.join(label['name'] for label in labels)} {note}"


@mcp.tool()
def fail(why: str) -> str:
    """Always fails."""
    raise ValueError(f"it did not work: {why}")


@mcp.tool()
async def slow(mark: str) -> str:
    """Takes a minute; says in a file when it begins and when it is cancelled."""
    Path(mark).write_text("begun")
    try:
        await anyio.sleep(60)
    except anyio.get_cancelled_exc_class():
        Path(mark).write_text("cancelled")
        raise
    return "done"


@mcp.tool()
def crash() -> str:
    """Ends the server."""
    sys.stderr.write("💥 out of memory\n")
    sys.stderr.flush()
    time.sleep(0.1)
    os._exit(3)


@mcp.tool()
def huge(size: int) -> str:
    """Much text."""
    return "x" * size


@mcp.tool()
def secret() -> str:
    """What it was given."""
    return f"the key is {os.environ.get('WEATHER_API_KEY')}"


@mcp.tool()
def picture() -> Image:
    """A picture."""
    return Image(data=b"\x89PNG....", format="png")


@mcp.tool(name="class 🚀 import")
def odd(path: str) -> str:
    """An odd name."""
    return f"odd {path}"


@mcp.tool()
def pid() -> int:
    """Which process this is."""
    return os.getpid()


@mcp.tool()
async def grow(ctx: Context) -> str:
    """Adds a tool."""

    def grown() -> str:
        """It was not there before."""
        return "grown"

    mcp.add_tool(grown)
    await ctx.notify_tools_changed()
    return "ok"


if __name__ == "__main__":
    kind = sys.argv[1] if len(sys.argv) > 1 else "stdio"
    match kind:
        case "http":
            mcp.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]))
        case "sse":
            mcp.run("sse", host="127.0.0.1", port=int(sys.argv[2]))
        case _:
            mcp.run("stdio")
