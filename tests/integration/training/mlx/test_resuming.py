"""A run that was killed goes on, and ends with the very weights of one that was not."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.mlx import Event, LoraConfig, LoraJob, TrainPoint, environment, module_command, run_lora
from punie_training.mlx.job import Checkpoint, Ended, parse_events
from tests.integration.training.mlx.conftest import needs_posix

pytestmark = needs_posix

CONFIG = LoraConfig(
    iters=24, batch_size=4, steps_per_report=2, steps_per_eval=8, steps_per_save=4, learning_rate=5e-3, dropout=0.2,
    optimizer="adamw", grad_accumulation=2, patience=3,
)  # fmt: skip


def start(job: LoraJob) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        module_command("punie_training.mlx.lora_worker", str(job.save())),
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(job: LoraJob, kind: type[Event], iteration: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        text = job.events.read_text() if job.events.exists() else ""
        if any(isinstance(event, kind) and event.iteration >= iteration for event in parse_events(text)):
            return
        time.sleep(0.005)
    pytest.fail(f"no {kind.__name__} after {iteration} iterations")


async def test_killed_and_resumed_is_the_same_as_never_killed(base: Path, chats: Path, tmp_path: Path) -> None:
    whole = LoraJob(base, chats, tmp_path / "whole", CONFIG, seed=7)
    await run_lora(whole)
    killed = LoraJob(base, chats, tmp_path / "killed", CONFIG, seed=7, resume=True)
    process = start(killed)
    wait_for(killed, TrainPoint, 10)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not killed.adapter.exists()
    events: list[Event] = []

    result = await run_lora(killed, events.append)

    assert [event.iteration for event in events if isinstance(event, TrainPoint)] == list(range(2, 25, 2))
    assert [event.iteration for event in events if isinstance(event, Checkpoint)] == list(range(4, 25, 4))
    for name in ("adapters.safetensors", "adapter_config.json"):
        assert (killed.adapter / name).read_bytes() == (whole.adapter / name).read_bytes()
    once = [event.loss for event in parse_events(whole.events.read_text()) if isinstance(event, TrainPoint)]
    assert [point.loss for point in result.points if isinstance(point, TrainPoint)] == once


async def test_sigterm_makes_a_checkpoint_and_ends(base: Path, chats: Path, tmp_path: Path) -> None:
    job = LoraJob(base, chats, tmp_path / "adapter", CONFIG.model_copy(update={"iters": 2000, "steps_per_save": 2000}))
    process = start(job)
    wait_for(job, TrainPoint, 4)

    process.terminate()

    assert process.wait(timeout=20) == 0
    events = parse_events(job.events.read_text())
    assert isinstance(events[-1], Ended)
    assert events[-1].state == "interrupted"
    assert events[-2] == Checkpoint(events[-1].iteration)
    assert (job.work / "checkpoint.safetensors").exists()
    assert not job.adapter.exists()


async def test_cancelling_ends_the_process_soon_and_keeps_a_checkpoint(base: Path, chats: Path, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"iters": 5000, "steps_per_save": 5000})
    job = LoraJob(base, chats, tmp_path / "adapter", config)
    begun = asyncio.Event()
    running = asyncio.create_task(run_lora(job, lambda _event: begun.set()))
    await asyncio.wait_for(begun.wait(), 60)
    began = time.monotonic()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert time.monotonic() - began < 2.5
    assert (job.work / "checkpoint.safetensors").exists()
    assert not _users_of(job.file)


@pytest.mark.parametrize("change", [{"rank": 4}, {"learning_rate": 1e-4}])
async def test_another_run_is_not_gone_on_with(
    base: Path, chats: Path, tmp_path: Path, change: dict[str, float]
) -> None:
    job = LoraJob(base, chats, tmp_path / "adapter", CONFIG)
    process = start(job)
    wait_for(job, Checkpoint, 4)
    process.kill()
    process.wait()
    name, value = next(iter(change.items()))
    other = LoraJob(base, chats, job.adapter, CONFIG.model_copy(update=change), resume=True)

    with pytest.raises(RunError, match=rf"of another run \({name} was .* and is {value:g}.*\): resume with the same"):
        await run_lora(other)


async def test_a_damaged_checkpoint_is_told(base: Path, chats: Path, tmp_path: Path) -> None:
    job = LoraJob(base, chats, tmp_path / "adapter", CONFIG, resume=True)
    job.save()
    (job.work / "checkpoint.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{")

    with pytest.raises(RunError, match=r"checkpoint\.safetensors is damaged .* delete it, and the run begins anew"):
        await run_lora(job)


def test_a_run_ends_with_whoever_started_it(base: Path, chats: Path, tmp_path: Path) -> None:
    job = LoraJob(base, chats, tmp_path / "adapter", CONFIG.model_copy(update={"iters": 100_000}))
    program = (
        "import asyncio, sys; from pathlib import Path; from punie_training.mlx import run_lora\n"
        "from punie_training.mlx.job import load_job\n"
        "asyncio.run(run_lora(load_job(Path(sys.argv[1]))))"
    )
    parent = subprocess.Popen(
        [*module_command("punie_training.mlx")[:2], "-c", program, str(job.save())], env=os.environ
    )
    wait_for(job, TrainPoint, 2)

    parent.kill()
    parent.wait()

    deadline = time.monotonic() + 5
    while _users_of(job.file) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _users_of(job.file)


def _users_of(path: Path) -> list[str]:
    """Processes that have a path among their arguments."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in found if str(path) in line and not line.startswith("ps ")]


def test_the_job_file_is_whole_json(base: Path, chats: Path, tmp_path: Path) -> None:
    job = LoraJob(base, chats, tmp_path / "adapter", CONFIG, seed=3)

    assert json.loads(job.save().read_text())["seed"] == 3
