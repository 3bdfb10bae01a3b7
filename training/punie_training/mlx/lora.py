"""Runs a training job in a process of its own: its events as they come, its end as a result. Imports no mlx."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from punie_semantic.processes import END_SECONDS, ended, kill_group, tether
from punie_training.exceptions import AdapterError, MissingExtra, RunError
from punie_training.mlx.environment import environment, module_command
from punie_training.mlx.estimates import refuse_what_cannot_run
from punie_training.mlx.failures import explain
from punie_training.mlx.hosts import launched
from punie_training.mlx.job import Event, LoraJob, LoraResult, parse_event, parse_events, result_of

WORKER = "punie_training.mlx.lora_worker"
POLL_SECONDS = 0.1
# After being asked to stop; a checkpoint is made meanwhile, when an iteration ends in time.
STOP_SECONDS = 1.5
_TAIL_BYTES = 16_384


async def run_lora(job: LoraJob, on_event: Callable[[Event], None] = lambda _event: None) -> LoraResult:
    """Train an adapter, or go on with it.

    Cancelled, the run makes a checkpoint if it can within 1.5 s, and is killed. Its process ends with this one.

    Args:
        job: what is to be done. With `resume`, a run that has ended gives its result at once.
        on_event: takes each event as it comes; when a run is resumed, first those that it already had.

    Raises:
        AdapterError: the job's folder already holds an adapter.
        BaseModelError, DatasetError: the base or the data cannot be used.
        RunError: there is too little memory or disk, the settings do not fit the base, the process failed (with why),
            or it was told to stop: `resume` goes on.
    """
    if job.resume and (done := _ended_before(job)):
        for event in _events(job):
            on_event(event)
        return done
    if job.adapter.exists() and any(job.adapter.iterdir()):
        raise AdapterError(f"{job.adapter} already holds something: name another folder for the adapter, or delete it.")
    await asyncio.to_thread(refuse_what_cannot_run, job.base, job.config, job.data, job.adapter)
    _begin(job)
    returncode = await _run(job, on_event)
    result = result_of(job, _events(job))
    if returncode == 0 and result:
        return result
    if returncode == 0:
        last = max((event.iteration for event in _events(job)), default=0)
        raise RunError(
            f"Training was stopped after {last} iterations; its checkpoint is kept: resume the run to go on."
        )
    text = explain("Training", tail(job.log), returncode)
    if "mlx-lm is not installed" in text:
        raise MissingExtra("mlx-lm")
    raise RunError(f"{text} The log is {job.log}.")


def tail(path: Path) -> str:
    """The end of a text file; "" when there is none."""
    with contextlib.suppress(OSError), path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return stream.read().decode("utf-8", errors="replace")
    return ""


def _ended_before(job: LoraJob) -> LoraResult | None:
    result = result_of(job, _events(job))
    if result and (result.diverged or (job.adapter / "adapters.safetensors").exists()):
        return result
    return None


def _events(job: LoraJob) -> list[Event]:
    try:
        return parse_events(job.events.read_text(encoding="utf-8"))
    except OSError:
        return []


def _begin(job: LoraJob) -> None:
    """The run's folder: emptied, unless there is something to go on from."""
    job.save()
    job.stop.unlink(missing_ok=True)
    checkpoint = job.work / "checkpoint.safetensors"
    if not (job.resume and checkpoint.exists()):
        for path in (checkpoint, job.work / "best.safetensors", job.events):
            path.unlink(missing_ok=True)


async def _run(job: LoraJob, on_event: Callable[[Event], None]) -> int:
    """Start the process and follow it to its end. Gives its exit status."""
    environ = environment()
    command = launched(module_command(WORKER, str(job.file)), job.hosts, environ)
    reader = _Reader(job.events, on_event)
    with job.log.open("ab") as log, tether(command) as (whole, ends):
        process = await asyncio.create_subprocess_exec(
            *whole,
            # mlx.launch would ask a stdin that is at its end again and again.
            stdin=asyncio.subprocess.PIPE if job.hosts else asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environ,
            pass_fds=ends[:1],
            start_new_session=os.name == "posix",
        )
        try:
            while process.returncode is None:
                await asyncio.wait({waiting := asyncio.ensure_future(process.wait())}, timeout=POLL_SECONDS)
                waiting.cancel()
                reader.read()
            reader.read()
        except BaseException:
            await asyncio.shield(_stop(job, process, ends))
            raise
    return process.returncode or 0


async def _stop(job: LoraJob, process: asyncio.subprocess.Process, ends: list[int]) -> None:
    """Ask it to make a checkpoint and end; kill it, and all that it started, when it does not."""
    if process.returncode is not None:
        return
    job.stop.touch()
    await ended(process, STOP_SECONDS)
    job.stop.unlink(missing_ok=True)
    if process.returncode is None and len(ends) > 1:
        os.close(ends.pop())
    if process.returncode is None:
        await ended(process, 0.3)
    if process.returncode is None:
        kill_group(process)
        await ended(process, END_SECONDS)


class _Reader:
    """Follows the file of events, which the process writes anew when it goes on from a checkpoint."""

    def __init__(self, path: Path, on_event: Callable[[Event], None]) -> None:
        self._path = path
        self._tell = on_event
        self._file = self._inode()
        self._before = self._file
        self._place = 0

    def read(self) -> None:
        """Pass on the whole lines that are new. Nothing before the process has written the file anew."""
        inode = self._inode()
        if inode == self._before or inode is None:
            return
        with self._path.open("rb") as stream:
            stream.seek(self._place)
            data = stream.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._place += len(whole)
        for line in whole.decode("utf-8").splitlines():
            event = parse_event(line)
            if event:
                self._tell(event)

    def _inode(self) -> int | None:
        try:
            return self._path.stat().st_ino
        except OSError:
            return None
