"""The process that watches files, started once: does it notice a new one?"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from punie_ls.doctor.report import Finding, Server
from punie_ls.relay.child_process import ChildProcess, spawn, stop_all
from punie_ls.relay.launch import watcher
from punie_ls.relay.messages import encode, notification
from punie_ls.relay.supervisor import Launch

# It looks through the whole project first.
NOTICE_SECONDS = 20.0
NAME = "watcher"


async def examine_watcher(findings: list[Finding], folder: Path, environ: Mapping[str, str] = os.environ) -> Server:
    """The watcher that the relay would start."""
    server = await examine(watcher(environ), folder)
    if server.error is not None:
        what = f"Punie's file watcher does not work ({server.error})"
        loss = "what other programs change goes unnoticed in editors that do not watch files themselves"
        by_hand = f"Run it by hand and see what it says: {' '.join(server.command)}"
        findings.append(Finding(f"{what}: {loss}.", by_hand, about=NAME))
    return server


async def examine(launch: Launch, folder: Path, *, seconds: float = NOTICE_SECONDS) -> Server:
    """Let it watch the project and a folder with a new file: how long until it has noticed, or why it has not."""
    command = list(launch.command)
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="punie-doctor-") as place:
            async with asyncio.timeout(seconds):
                error = await _notices(launch, folder, Path(place).resolve())
    except TimeoutError:
        error = f"it noticed nothing within {seconds:g} s"
    except OSError as failure:
        error = failure.strerror or str(failure)
    if error is not None:
        return Server(NAME, command, error=error)
    return Server(NAME, command, seconds=round(time.monotonic() - begun, 3))


async def _notices(launch: Launch, folder: Path, place: Path) -> str | None:
    """None once it has told of the file; else what it, or its end, says."""
    answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
    new = place / "new"

    def settle(error: str | None) -> None:
        if not answered.done():
            answered.set_result(error)

    def hear(process: ChildProcess, body: bytes) -> None:
        params = json.loads(body)["params"]
        if "message" in params:
            settle(params["message"])
        elif any(change["path"] == str(new) for change in params["changes"]):
            settle(None)

    def exited(process: ChildProcess) -> None:
        settle(f"exit code {process.returncode}: {process.last_error or 'it says nothing'}")

    process = await spawn(NAME, launch.command, environ=launch.environ, on_message=hear, on_exit=exited)
    try:
        since = time.time()
        new.touch()
        # Clocks of file systems are coarse.
        process.write(notification("watch", encode({"paths": [str(folder), str(place)], "since": since - 1})))
        return await answered
    finally:
        await stop_all([process])
