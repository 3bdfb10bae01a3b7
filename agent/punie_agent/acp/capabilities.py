"""What the agent can do, and what the client can: the answer to `initialize`. Light: plain JSON, no SDK, no model."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PROTOCOL_VERSION = 1
SETUP = "setup"


@dataclass(frozen=True)
class ClientOffers:
    """What the client offers to do for the agent.

    Attributes:
        read_files: it can be asked for its text of a file, saved or not.
        write_files: it can be given a text for a file.
        forms: it shows forms.
        terminal_setup: it can run `punie-ls setup` in a terminal.
    """

    read_files: bool = False
    write_files: bool = False
    forms: bool = False
    terminal_setup: bool = False

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> ClientOffers:
        """What the params of `initialize` say; what is not understood is not offered."""
        given = _table(params, "clientCapabilities")
        files = _table(given, "fs")
        return cls(
            read_files=files.get("readTextFile") is True,
            write_files=files.get("writeTextFile") is True,
            forms=isinstance(_table(given, "elicitation").get("form"), Mapping),
            terminal_setup=_table(given, "auth").get("terminal") is True,
        )


def initialize_result(params: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to `initialize`.

    The agent speaks version 1. A client that asks for another one is told so, and goes when it does not speak it.
    """
    capabilities = {
        "loadSession": True,
        "promptCapabilities": {"image": True, "audio": False, "embeddedContext": True},
        "mcpCapabilities": {"http": True, "sse": True},
        "sessionCapabilities": {"list": {}, "delete": {}, "resume": {}, "close": {}},
        "auth": {"logout": {}},
    }
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "agentCapabilities": capabilities,
        "agentInfo": {"name": "punie", "title": "Punie", "version": _version()},
        "authMethods": [_SETUP] if ClientOffers.of(params).terminal_setup else [],
    }


# The client appends `args` to the command that it starts the agent with: `punie-ls acp --setup`.
_SETUP = {
    "id": SETUP,
    "type": "terminal",
    "name": "Choose a model",
    "description": "Choose the model that answers. Without one the builtin planner does.",
    "args": ["--setup"],
}


@functools.cache
def _version() -> str:
    try:
        return version("punie-ls")
    except PackageNotFoundError:  # run from its folder
        return "unknown"


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name) if isinstance(table, Mapping) else None
    return value if isinstance(value, Mapping) else {}
