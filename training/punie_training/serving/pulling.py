"""Fetching a model from the hub into the user's cache: resumable and checked. The only place that asks a hub.

Must not know what a model is used for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_training.exceptions import ServingError
from punie_training.mlx.base_models import read_base
from punie_training.mlx.environment import environment, module_command

WORKER = "punie_training.serving.pull_worker"
# The worker's exit code when it has said why.
REFUSED = 3
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_EVERY_SECONDS = 0.5
_KILL_SECONDS = 2.0
_PIPE = asyncio.subprocess.PIPE


@dataclass(frozen=True)
class PullPlan:
    """What is to be fetched, known before the first byte: all bytes, those that are not here yet, and the licence."""

    commit: str
    total: int
    missing: int
    licence: str


@dataclass(frozen=True)
class PullProgress:
    """Bytes fetched in this run, of so many; `checking` when the hashes are compared."""

    fetched: int
    missing: int
    checking: bool = False


@dataclass(frozen=True)
class Pulled:
    """A model that is here now. `fetched` are the bytes that had to be."""

    name: str
    folder: Path
    commit: str
    licence: str
    total: int
    fetched: int
    seconds: float


OnPull = Callable[[PullPlan | PullProgress], None]


async def pull(name: str, *, revision: str = "main", on_event: OnPull | None = None) -> Pulled:
    """Fetch a model, or what is missing of it. A cut connection, a kill or Ctrl-C lose nothing that has arrived.

    Args:
        name: as the hub has it, `owner/model`.
        revision: a branch, tag or commit.
        on_event: hears of the plan, and then twice a second how far it is.

    Raises:
        ServingError: the name is none, the hub cannot be reached or refuses, the disk is too small, a file is not
            what the hub says it is, or what came is no model.
    """
    check_name(name)
    started = time.monotonic()
    plan: PullPlan | None = None
    folder: Path | None = None
    async for event in _events(name, revision):
        match event["event"]:
            case "plan":
                plan = PullPlan(event["commit"], event["bytes"], event["missing"], event["licence"])
                _tell(on_event, plan)
            case "progress" if plan:
                _tell(on_event, PullProgress(min(event["fetched"], plan.missing), plan.missing))
            case "checking" if plan:
                _tell(on_event, PullProgress(plan.missing, plan.missing, checking=True))
            case "done":
                folder = Path(event["folder"])
            case "refused":
                raise ServingError(event["message"])
    if folder is None or plan is None:
        raise ServingError(f"Fetching {name} ended without a result: run it again.")
    read_base(folder)
    return Pulled(name, folder, plan.commit, plan.licence, plan.total, plan.missing, time.monotonic() - started)


def check_name(name: str) -> None:
    """Raises ServingError when this is no name that the hub could have."""
    if not _NAME.fullmatch(name) or ".." in name or "--" in name:
        raise ServingError(f"{name!r} is no model of the hub: name it as owner/model, such as Qwen/Qwen2.5-Coder-1.5B.")


def hub_cache() -> Path:
    """The folder where the hub's library keeps models, as every process of ours sees it."""
    return Path(environment()["HF_HOME"], "hub")


async def _events(name: str, revision: str) -> AsyncIterator[dict[str, Any]]:
    """The worker's events, and how much has arrived meanwhile. The worker ends with us."""
    environ = environment(hub=True)
    environ |= {"HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0"}
    cache = Path(environ["HF_HOME"], "hub")
    job = json.dumps({"name": name, "revision": revision, "cache": str(cache)})
    process = await asyncio.create_subprocess_exec(
        *module_command(WORKER, job), env=environ, stdin=_PIPE, stdout=_PIPE, stderr=_PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    lines = asyncio.create_task(process.stdout.readline())
    blobs, before = cache, 0
    try:
        while True:
            done, _ = await asyncio.wait({lines}, timeout=_EVERY_SECONDS)
            if not done:
                yield {"event": "progress", "fetched": max(0, _size(blobs) - before)}
                continue
            if not (line := lines.result()):
                break
            event = json.loads(line)
            if event["event"] == "plan":
                blobs = Path(event["blobs"])
                before = _size(blobs)
            yield event
            lines = asyncio.create_task(process.stdout.readline())
        if await process.wait() not in (0, REFUSED):
            tail = (await errors).decode(errors="replace").strip().splitlines()[-1:]
            raise ServingError(f"Fetching {name} failed: {' '.join(tail) or 'its process was killed'}. Run it again.")
    finally:
        lines.cancel()
        await _end(process)
        errors.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _KILL_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def _size(folder: Path) -> int:
    """Bytes of what has arrived, unfinished files too."""
    total = 0
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                total += path.stat().st_size
    return total


def _tell(on_event: OnPull | None, event: PullPlan | PullProgress) -> None:
    if on_event:
        on_event(event)
