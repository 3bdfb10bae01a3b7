"""The agent behind `punie-ls`, as an editor uses it: how fast `punie.ask` answers, and how much memory that takes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil

from tests.bench.agent_turns import SYMBOLS, WARM_UP
from tests.bench.client import AnswerError, BenchClient
from tests.bench.contenders import PUNIE
from tests.bench.timing import summary
from tests.bench.workspace import CAPABILITIES

START_SECONDS = 30.0
SETTLE_SECONDS = 3.0

Found = dict[str, Any]


class AskingClient(BenchClient):
    """A client that notes when it first hears of a command.

    Attributes:
        heard: when the first progress of the last command came.
    """

    heard: float | None = None

    def ask_punie(self, prompt: str) -> tuple[float, float, Found]:
        """Seconds until the first progress, seconds until the answer, and the answer."""
        self.heard = None
        started = time.perf_counter()
        params = {"command": "punie.ask", "arguments": [{"prompt": prompt}], "workDoneToken": f"ask-{started}"}
        answer = self.request("workspace/executeCommand", params)
        seconds = time.perf_counter() - started
        return (self.heard or started + seconds) - started, seconds, answer

    def _receive(self, body: bytes) -> None:
        if self.heard is None and b'"$/progress"' in body:
            token = msgspec.json.decode(body)["params"]["token"]
            if str(token).startswith("ask-"):
                self.heard = time.perf_counter()
        super()._receive(body)


def measure(root: Path) -> Found:
    """One prompt, memory, and then the same question about many symbols; in a second run, when all is compiled."""
    with _started(root) as (client, _):
        pass
    with _started(root) as (client, first):
        time.sleep(SETTLE_SECONDS)
        memory = _memory(client.process.pid)
        asked = [client.ask_punie(f"find references to {symbol}") for symbol in [*SYMBOLS[:WARM_UP], *SYMBOLS]]
        after = _memory(client.process.pid)
    warm = asked[WARM_UP:]
    return {
        "first_ms": first * 1000,
        "first_event": summary([heard for heard, _, _ in warm]),
        "done": summary([done for _, done, _ in warm]),
        "problems": [f"{symbol}: {a}" for symbol, (_, _, a) in zip(SYMBOLS, warm, strict=True) if not _answers(a)],
        "memory": memory,
        "memory_later": after,
    }


@contextmanager
def _started(root: Path) -> Generator[tuple[AskingClient, float]]:
    """A client after its first answer, and the seconds from the start of `punie-ls` until then."""
    started = time.perf_counter()
    client = AskingClient(PUNIE, root)
    client.initialize(CAPABILITIES)
    try:
        while not _first(client):
            if time.perf_counter() > started + START_SECONDS:
                raise TimeoutError("punie.ask is not answered")
            time.sleep(0.05)
        yield client, time.perf_counter() - started
    finally:
        client.close()


def _first(client: AskingClient) -> bool:
    """Whether the first question is answered; Punie's server may still be starting."""
    with contextlib.suppress(AnswerError):
        return _answers(client.ask_punie(f"find references to {SYMBOLS[0]}")[2])
    return False


def _answers(answer: Found) -> bool:
    text = answer.get("answer") or ""
    return "is used in" in text or "is not used" in text


def _memory(pid: int) -> list[Found]:
    """Resident and proportional size of the relay and of all below it, each by what it is."""
    rows = []
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            parent, command = process.ppid(), " ".join(process.cmdline())
            full = process.memory_full_info()
            name = "relay" if process.pid == pid else _name(command, below_relay=parent == pid)
            rows.append({"name": name, "rss_mb": full.rss / 1e6, "pss_mb": getattr(full, "pss", full.rss) / 1e6})
    return rows


def _name(command: str, *, below_relay: bool) -> str:
    if "punie_ls" in command and command.endswith("server"):
        return "punie server"
    kinds = ("monty", "watcher", "ruff", "ty")
    kind = next((kind for kind in kinds if kind in command), command[-40:])
    return {"ty": "ty for the editor" if below_relay else "ty for the agent", "monty": "sandbox"}.get(kind, kind)
