"""Running a program: an argument list, no shell, a deadline, bounded output, and no orphan."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.exceptions import ToolUnavailable

READ_BYTES = 1 << 16
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Completed:
    """Exit status and output of a program that ended by itself; `cut` says that the output's beginning is missing."""

    returncode: int
    stdout: bytes
    stderr: bytes
    cut: bool = False


async def run(
    command: list[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    stdin: bytes | None = None,
    timeout: float = 30,
    max_output: int | None = None,
) -> Completed:
    """Run a program in a process group of its own.

    Args:
        command: the program and its arguments.
        cwd: where it runs.
        environ: all of its environment.
        stdin: what it can read; nothing by default.
        timeout: seconds.
        max_output: how many bytes of each stream are kept, the last ones; the others are read and dropped. What the
            program leaves running is killed then. Not together with `stdin`.

    Raises:
        ToolUnavailable: it cannot be started, or did not end within `timeout` seconds.
    """
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe if stdin is not None else asyncio.subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            cwd=cwd,
            env=dict(environ),
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise ToolUnavailable(f"{command[0]} could not be started: {error.strerror}.") from error
    try:
        async with asyncio.timeout(timeout):
            if max_output is None:
                (stdout, stderr), cut = await process.communicate(stdin), False
            else:
                stdout, stderr, cut = await _bounded(process, max_output)
    except TimeoutError as error:
        raise ToolUnavailable(f"{Path(command[0]).name} did not end within {timeout:g} s.") from error
    finally:
        if process.returncode is None or max_output is not None:
            kill_group(process)
        if process.returncode is None:
            await asyncio.shield(process.wait())
    return Completed(process.returncode or 0, stdout, stderr, cut)


async def _bounded(process: asyncio.subprocess.Process, limit: int) -> tuple[bytes, bytes, bool]:
    """The ends of both streams. What the program leaves running does not keep them open: it is killed first."""
    streams = [asyncio.ensure_future(_last(stream, limit)) for stream in (process.stdout, process.stderr)]
    ended = asyncio.ensure_future(process.wait())
    try:
        # Some versions of Python end `wait` only when the pipes are closed too.
        while process.returncode is None:
            await asyncio.wait({ended}, timeout=POLL_SECONDS)
        kill_group(process)
        (stdout, cut), (stderr, also) = await asyncio.gather(*streams)
    finally:
        for task in (*streams, ended):
            task.cancel()
    return stdout, stderr, cut or also


async def _last(stream: asyncio.StreamReader | None, limit: int) -> tuple[bytes, bool]:
    kept, cut = bytearray(), False
    while stream and (data := await stream.read(READ_BYTES)):
        kept += data
        if len(kept) > 2 * limit:
            del kept[:-limit]
            cut = True
    return bytes(kept[-limit:]), cut or len(kept) > limit


def kill_group(process: asyncio.subprocess.Process) -> None:
    """SIGKILL to a program that leads a process group, and to all it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
