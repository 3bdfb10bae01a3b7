"""The ways to reach a server that are measured side by side."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from punie_semantic.environment import find_tool
from tests.bench.client import BenchClient

PEERS = Path(__file__).with_name("peers")
PUNIE = [sys.executable, "-P", "-m", "punie_ls"]
RASS = [str(Path(sys.executable).with_name("rass")), "--quiet-server", "--log-level", "silent", "--"]

BARE = "bare ty"
PUMP = "byte pump"
RAW = "raw relay"
OURS = "punie-ls"
RASSUMFRASSUM = "rassumfrassum"
TYPED = "typed pygls proxy"


@dataclass(frozen=True)
class Contender:
    """How one is started."""

    command: list[str]
    environ: dict[str, str] = field(default_factory=dict)


def over(ty: Sequence[str], *, ruff: bool) -> dict[str, Contender]:
    """All of them, with this as their ty.

    Args:
        ty: the program and its arguments.
        ruff: give rassumfrassum ruff beside ty, as punie-ls always has.
    """
    beside = ["--", str(find_tool("ruff")), "server"] if ruff else []
    raw, typed = str(PEERS / "raw_relay.py"), str(PEERS / "typed_proxy.py")
    return {
        BARE: Contender([*ty]),
        PUMP: Contender([sys.executable, "-P", raw, "--pump", *ty]),
        RAW: Contender([sys.executable, "-P", raw, *ty]),
        OURS: Contender(PUNIE, {"PUNIE_TY": ty[0]}),
        RASSUMFRASSUM: Contender([*RASS, *ty, *beside]),
        TYPED: Contender([sys.executable, "-P", typed, *ty]),
    }


@contextmanager
def running(
    contenders: Mapping[str, Contender], root: Path, capabilities: dict[str, Any]
) -> Generator[dict[str, BenchClient]]:
    """A client for each, initialized; all are gone afterwards."""
    clients: dict[str, BenchClient] = {}
    try:
        for name, contender in contenders.items():
            clients[name] = BenchClient(contender.command, root, contender.environ)
            clients[name].initialize(capabilities)
        yield clients
        for client in clients.values():
            client.close()
    finally:
        for client in clients.values():
            if client.process.poll() is None:
                client.process.kill()
                client.process.wait()
