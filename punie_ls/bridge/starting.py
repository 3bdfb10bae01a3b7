"""Finds this user's server, or starts one that stays when the bridge ends."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from punie_ls.serve import discovery
from punie_ls.serve.discovery import Server
from punie_ls.serve.exceptions import NoServer

START_SECONDS = 30.0
POLL_SECONDS = 0.03
QUIT_SECONDS = 1800
RUNS_ALREADY = 1
SAID_BYTES = 2000


async def start_server() -> Server:
    """Start a server and wait until it can be found. Raises NoServer.

    It ends by itself when nobody has used it for half an hour. When two start one at once, one of them wins.
    """
    try:
        said = discovery.folder() / "started.log"
        process = await asyncio.to_thread(_launch, said)
    except OSError as error:
        raise NoServer(f"`punie-ls serve` could not be started: {error.strerror or error}.") from error
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server := discovery.find_server():
            return server
        if process.poll() not in (None, RUNS_ALREADY):
            raise NoServer(f"`punie-ls serve` ended at once: {_tail(said) or f'exit code {process.returncode}'}")
        await asyncio.sleep(POLL_SECONDS)
    raise NoServer(f"`punie-ls serve` did not answer within {START_SECONDS:.0f} s. Start it in a terminal to see why.")


def _launch(said: Path) -> subprocess.Popen[bytes]:
    said.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "punie_ls", "serve", "--quit-seconds", str(QUIT_SECONDS)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=handle,
            cwd=said.parent,
            start_new_session=True,
        )
    finally:
        os.close(handle)


def _tail(path: Path) -> str:
    try:
        text = path.read_bytes()[-SAID_BYTES:].decode(errors="replace").strip()
    except OSError:
        return ""
    return text.rpartition("\n")[2]
