"""How each child is started, and what the user is told when one cannot be."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import msgspec

from punie_ls.relay.child import Child
from punie_ls.relay.routing import Name
from punie_ls.relay.supervisor import MAX_RESTARTS, Launch
from punie_semantic.environment import child_environ, find_tool

SERVER_COMMAND_VARIABLE = "PUNIE_SERVER_COMMAND"

# Importing the agent takes a second of processor time, and much longer on a busy machine.
PUNIE_START_SECONDS = 120.0

_LOSSES: dict[Name, str] = {
    "ty": "Hover, completion, navigation and type errors are off",
    "ruff": "Linting and formatting are off",
    "punie": "Punie's own fixes and commands are off; ty and ruff go on",
}
_REMEDIES: dict[Name, str] = {
    "ty": "Install ty beside Punie (pip install ty) or set PUNIE_TY to its path, then restart the server",
    "ruff": "Install ruff beside Punie (pip install ruff) or set PUNIE_RUFF to its path, then restart the server",
    "punie": "Run `punie-ls doctor` in the project to see more, and restart the server",
}


def launches(environ: Mapping[str, str] = os.environ) -> dict[Name, Launch]:
    """The three children, found anew at each start of the relay."""
    clean = child_environ(environ)
    return {
        "ty": _tool("ty", environ, clean),
        "ruff": _tool("ruff", environ, clean),
        "punie": _server(environ, clean),
    }


def watcher(environ: Mapping[str, str] = os.environ) -> Launch:
    """The process that watches files for an editor that does not."""
    return Launch([sys.executable, "-P", "-m", "punie_ls.watcher"], environ)


def gone_message(child: Child, *, ran: bool) -> str:
    """For the user: what is off, why, and what to do."""
    if ran:
        start = f"{child.name} stopped {MAX_RESTARTS + 1} times within a minute and stays off"
        return f"{start} ({child.reason}). {_LOSSES[child.name]}. Restart the server to try again."
    start = f"{child.name} could not be started ({child.reason})"
    return f"{start}. {_LOSSES[child.name]}. {_REMEDIES[child.name]}."


def _tool(name: Name, environ: Mapping[str, str], clean: Mapping[str, str]) -> Launch:
    path = find_tool(name, environ=environ)
    if path is None:
        return Launch([], clean, absence=f"there is no {name} beside {sys.executable} nor on PATH")
    return Launch([str(path), "server"], clean)


def _server(environ: Mapping[str, str], clean: Mapping[str, str]) -> Launch:
    """The punie server; `-P` keeps the user's folder, and a `json.py` in it, off its import path."""
    command, absence = [sys.executable, "-P", "-m", "punie_ls", "server"], ""
    if override := environ.get(SERVER_COMMAND_VARIABLE):
        try:
            command = msgspec.json.decode(override, type=list[str])
        except msgspec.DecodeError as error:
            command, absence = [], f"{SERVER_COMMAND_VARIABLE} is no JSON list of words: {error}"
    return Launch(command, clean, absence, first_retries=MAX_RESTARTS, start_seconds=PUNIE_START_SECONDS)
