"""Stands in for the punie server where a test must see, or break, what it does. Standard library only.

It writes every message it gets to the file named in FAKE_LOG, as one JSON line each.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

Json = dict[str, Any]


def read() -> Json | None:
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def write(message: Json) -> None:
    # Not the order in which ty writes its keys.
    body = json.dumps({**message, "jsonrpc": "2.0"}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sys.stdout.buffer.flush()


def ask(method: str, params: Any, *, withdraw: bool = False) -> Json:
    """Send a request, cancel it at once if told so, and wait for its answer, dropping all else."""
    write({"id": "fake-1", "method": method, "params": params})
    if withdraw:
        write({"method": "$/cancelRequest", "params": {"id": "fake-1"}})
    while message := read():
        record(message)
        if message.get("id") == "fake-1" and "method" not in message:
            return {key: message[key] for key in ("result", "error") if key in message}
    raise SystemExit(0)


def record(message: Json) -> None:
    if path := os.environ.get("FAKE_LOG"):
        with open(path, "a") as file:  # noqa: PTH123 - pathlib takes 10 ms to import
            file.write(json.dumps(message) + "\n")


def initialize(_: Json) -> Any:
    time.sleep(float(os.environ.get("FAKE_START_SECONDS", "0")))
    providers = ("codeActionProvider", "codeLensProvider")
    return {"capabilities": {name: {"resolveProvider": True} for name in providers}}


def code_action(_: Json) -> Any:
    time.sleep(float(os.environ.get("FAKE_ACTION_SECONDS", "0")))
    command = {"title": "run", "command": "punie.fix", "arguments": []}
    return [{"title": "Fix with Punie", "kind": "quickfix", "data": {"mine": [1, None]}}, command]


def resolve(params: Json) -> Any:
    return {**params, "edit": {"changes": {}}, "seen": params.get("data")}


def code_lens(_: Json) -> Any:
    if os.environ.get("FAKE_LENSES") == "error":
        raise ValueError("no lenses today")
    span = {"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 9}}
    run = {"title": "Run test", "command": "punie.runTests", "arguments": [{"testId": "test_a"}]}
    return [{"range": span, "command": run}, {"range": span, "data": ["test_a"]}, {"range": span}]


def resolve_lens(params: Json) -> Any:
    return {**params, "command": {"title": "Fix", "command": "punie.fix"}, "seen": params.get("data")}


def content(params: Json) -> Any:
    return {"text": f"# {params['uri']}\n"}


def execute(params: Json) -> Any:
    (what, *rest) = params.get("arguments") or ["echo"]
    if what == "ask":
        return ask(*rest)
    if what == "withdraw":
        return ask(*rest, withdraw=True)
    if what == "exit":
        sys.stderr.write("asked to exit\n")
        sys.exit(7)
    if what == "sleep":
        time.sleep(float(rest[0]))
    if what == "notify":
        write({"method": rest[0], "params": rest[1]})
    if what == "large":
        return "x" * int(rest[0])
    if what == "complain":
        for _ in range(int(rest[0])):
            sys.stderr.write("x" * 999 + "\n")
    return params


HANDLERS = {
    "initialize": initialize,
    "textDocument/codeAction": code_action,
    "codeAction/resolve": resolve,
    "textDocument/codeLens": code_lens,
    "codeLens/resolve": resolve_lens,
    "workspace/textDocumentContent": content,
    "workspace/executeCommand": execute,
    "shutdown": lambda _: None,
}


def answer(method: str, params: Json) -> Json:
    try:
        return {"result": HANDLERS[method](params)}
    except ValueError as error:
        return {"error": {"code": -32803, "message": str(error)}}


def main() -> None:
    if os.environ.get("FAKE_EXIT"):
        sys.stderr.write("cannot start\n")
        sys.exit(3)
    while message := read():
        record(message)
        method = message.get("method")
        if method == "exit":
            return
        if method in HANDLERS and "id" in message:
            write({"id": message["id"], **answer(method, message.get("params") or {})})


if __name__ == "__main__":
    main()
