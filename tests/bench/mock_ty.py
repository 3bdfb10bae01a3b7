"""Stands in for ty: answers at once, always the same, with results that ty once gave. Standard library only.

    python mock_ty.py FOLDER server

The folder has one file per method, with the raw result. Messages are written as ty writes them.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys

PIPE_BYTES = 1 << 20


def load(folder: str) -> dict[str, bytes]:
    """The results, by method."""
    results = {}
    for entry in os.scandir(folder):
        with open(entry.path, "rb") as file:  # noqa: PTH123 - pathlib would double the start-up time
            results[entry.name.replace("__", "/")] = file.read()
    return results


def answer(identifier: object, result: bytes) -> None:
    """Write the response; the result is not copied."""
    head = b'{"jsonrpc":"2.0","id":%b,"result":' % json.dumps(identifier).encode()
    header = b"Content-Length: %d\r\n\r\n" % (len(head) + len(result) + 1)
    parts = [memoryview(header + head), memoryview(result), memoryview(b"}")]
    while parts:
        written = os.writev(1, parts)
        while parts and written >= len(parts[0]):
            written -= len(parts.pop(0))
        if parts:
            parts[0] = parts[0][written:]


def main() -> None:
    """Serve until `exit` or the end of the input."""
    results = load(sys.argv[1])
    for descriptor in (0, 1):
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    buffer = bytearray()
    while data := os.read(0, PIPE_BYTES):
        buffer += data
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            start = buffer.lower().index(b"content-length:", 0, end) + 15
            stop = end + 4 + int(buffer[start:end].split(b"\r\n")[0])
            if len(buffer) < stop:
                break
            message = json.loads(bytes(buffer[end + 4 : stop]))
            del buffer[:stop]
            if message.get("method") == "exit":
                return
            if "id" in message and "method" in message:
                answer(message["id"], results.get(message["method"], b"null"))


if __name__ == "__main__":
    main()
