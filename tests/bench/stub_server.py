"""Stands in for the punie server: answers every request with nothing, or spins after `initialize` (`--spin`)."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    """Serve until the input ends; with `--spin`, burn a processor until the relay is gone."""
    parent = os.getppid()
    while message := read():
        if "id" in message and "method" in message:
            write({"id": message["id"], "result": {"capabilities": {}} if message["method"] == "initialize" else None})
        while "--spin" in sys.argv and os.getppid() == parent:
            pass


def read() -> dict[str, Any] | None:
    """The next message; None at the end of the input."""
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def write(message: dict[str, Any]) -> None:
    """Write one message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
