"""`punie-ls serve --status` and `--stop`: what the running server does, for people and as JSON."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec

from punie_ls.serve import discovery
from punie_ls.serve.discovery import Server

SECONDS = 5.0
STOP_SECONDS = 25.0


def show_status(*, as_json: bool) -> int:
    """Print what the server does. Gives the exit status: 0 it runs, 1 it does not, 2 it does not answer."""
    server = discovery.find_server()
    if server is None:
        if as_json:
            sys.stdout.write('{"running": false}\n')
        else:
            sys.stdout.write("No server runs. `punie-ls serve` starts one.\n")
        return 1
    try:
        found = fetch(server, "/projects")
    except (OSError, ValueError, http.client.HTTPException) as error:
        sys.stderr.write(f"punie-ls: the server at {server.url} (process {server.pid}) does not answer: {error}\n")
        return 2
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode({"running": True, **found})) + b"\n")
    else:
        sys.stdout.write(_page(found))
    return 0


def stop_server() -> int:
    """End the running server. Gives the exit status: 0 it has ended, 1 none runs, 2 it does not end."""
    server = discovery.find_server()
    if server is None:
        sys.stdout.write("No server runs.\n")
        return 1
    try:
        os.kill(server.pid, signal.SIGTERM)
    except ProcessLookupError:
        return 0
    deadline = time.monotonic() + STOP_SECONDS
    while _alive(server.pid):
        if time.monotonic() > deadline:
            sys.stderr.write(f"punie-ls: process {server.pid} does not end; `kill -9 {server.pid}` does it.\n")
            return 2
        time.sleep(0.05)
    sys.stdout.write(f"The server (process {server.pid}) has ended.\n")
    return 0


def fetch(server: Server, path: str) -> Any:  # noqa: ANN401 - JSON
    """A page of the server. Raises OSError, HTTPException or ValueError."""
    place = urlsplit(server.http)
    connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {server.token}"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise ValueError(f"HTTP {response.status}: {body.decode(errors='replace').strip()}")
    return msgspec.json.decode(body)


def _page(found: dict[str, Any]) -> str:
    memory = found.get("memoryMegabytes")
    lines = [
        f"punie-ls {found['version']} at {found['url']}, process {found['pid']}, up {_time(found['uptimeSeconds'])}",
        f"{_count(found['clients'], 'client')}" + (f", {memory:.0f} MB in all" if memory else ""),
        f"token in {discovery.token_file()}",
    ]
    rows = [("project", "state", "process", "memory", "clients", "sessions", "idle", "crashes")]
    for project in found["projects"]:
        size = project["memoryMegabytes"]
        rows.append((
            project["root"], "busy" if project["state"] == "ready" and project["busy"] else project["state"],
            str(project["pid"] or ""), f"{size:.0f} MB" if size else "", str(project["clients"]),
            str(project["sessions"]), _time(project["idleSeconds"]), str(project["crashes"]),
        ))  # fmt: skip
    if len(rows) > 1:
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines.append("")
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
    else:
        lines.append("no project is open")
    lines += [
        f"model server {each['server']}: {each['running']} running, {each['waiting']} waiting"
        for each in found["models"]
    ]
    return "\n".join(lines) + "\n"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
