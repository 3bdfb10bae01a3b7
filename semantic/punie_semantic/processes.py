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


@dataclass(frozen=True)
class Completed:
    """Exit status and output of a program that ended by itself."""

    returncode: int
    stdout: bytes
    stderr: bytes


async def run(
    command: list[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    stdin: bytes | None = None,
    timeout: float = 30,
) -> Completed:
    """Run a program in a process group of its own.

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
            stdout, stderr = await process.communicate(stdin)
    except TimeoutError as error:
        raise ToolUnavailable(f"{Path(command[0]).name} did not end within {timeout:g} s.") from error
    finally:
        if process.returncode is None:
            kill_group(process)
            await asyncio.shield(process.wait())
    return Completed(process.returncode or 0, stdout, stderr)


def kill_group(process: asyncio.subprocess.Process) -> None:
    """SIGKILL to a program that leads a process group, and to all it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
