"""Running a program: an argument list, no shell, a deadline, bounded output, and no orphan.

What runs code that is not Punie's own is `tethered`: it ends even when Punie is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.exceptions import ToolUnavailable

READ_BYTES = 1 << 16
POLL_SECONDS = 0.05
TETHER_SECONDS = 0.5
END_SECONDS = 10.0
_TETHER = Path(__file__).with_name("tether.py")


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
    tethered: bool = False,
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
        tethered: whether it, and all that it started, ends with Punie, also when Punie is killed.

    Raises:
        ToolUnavailable: it cannot be started, or did not end within `timeout` seconds.
    """
    with tether(command, tethered=tethered) as (whole, kept):
        process = await _start(whole, kept, cwd, environ, stdin=stdin is not None)
        try:
            async with asyncio.timeout(timeout):
                if max_output is None:
                    (stdout, stderr), cut = await process.communicate(stdin), False
                else:
                    stdout, stderr, cut = await _bounded(process, max_output)
        except TimeoutError as error:
            raise ToolUnavailable(f"{Path(command[0]).name} did not end within {timeout:g} s.") from error
        finally:
            if process.returncode is None and kept:
                os.close(kept.pop())
                await asyncio.shield(ended(process, TETHER_SECONDS))
            if process.returncode is None or max_output is not None:
                kill_group(process)
            if process.returncode is None:
                await asyncio.shield(ended(process, END_SECONDS))
    return Completed(process.returncode or 0, stdout, stderr, cut)


async def _start(
    command: list[str], passed: list[int], cwd: Path, environ: Mapping[str, str], *, stdin: bool
) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe if stdin else asyncio.subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            cwd=cwd,
            env=dict(environ),
            pass_fds=passed[:1],
            start_new_session=os.name == "posix",
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ToolUnavailable(f"{command[0]} could not be started: {why}.") from error


@contextmanager
def tether(command: list[str], *, tethered: bool = True) -> Generator[tuple[list[str], list[int]]]:
    """The command at the end of a pipe whose other end is held here, and both ends: first the one to pass on.

    Whoever takes the second one out of the list closes it itself; then all that the command started is killed.
    """
    if not tethered or os.name != "posix":
        yield command, []
        return
    ends = [*os.pipe()]
    try:
        yield [sys.executable, "-I", "-S", str(_TETHER), str(ends[0]), *command], ends
    finally:
        for end in ends:
            os.close(end)


async def ended(process: asyncio.subprocess.Process, seconds: float) -> None:
    """Wait for its end. What it has written is read: a full pipe that nobody reads hides that its other end is gone."""

    async def drain(stream: asyncio.StreamReader | None) -> None:
        while stream and await stream.read(READ_BYTES):
            pass

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(drain(process.stdout), drain(process.stderr), process.wait())


def find_program(name: str, cwd: Path, environ: Mapping[str, str]) -> Path:
    """The file that would run. Raises ToolUnavailable when there is none."""
    if os.sep in name or (os.altsep and os.altsep in name):
        found = shutil.which(str(cwd / name))
    else:
        found = shutil.which(name, path=environ.get("PATH", os.defpath))
    if found is None:
        raise ToolUnavailable(f"{name} could not be started: No such file or directory.")
    return Path(os.path.abspath(cwd / found))  # noqa: PTH100 - links stay as they are


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
