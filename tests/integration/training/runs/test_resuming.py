"""A run that was killed goes on where it was, with the very data and base it began with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.runs.folder import RunFolder, find
from punie_training.runs.training import resume
from tests.integration.training.runs.conftest import Place
from tests.integration.training.runs.making import make_dataset

pytestmark = pytest.mark.timeout(300)

TRAIN = "from punie_ls.cli.training.train import train_app; train_app()"
OPTIONS = ("--limit", "12", "--max-tokens", "16", "--iters", "120", "--rank", "4", "--lr", "1e-4", "--json")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-c", TRAIN, *arguments]


def wait_for(process: subprocess.Popen[bytes], came: Callable[[], bool], seconds: float = 200) -> None:
    deadline = time.monotonic() + seconds
    while not came():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def killed(place: Place) -> RunFolder:
    """A run whose process was killed once it had a checkpoint."""
    process = subprocess.Popen(
        command(str(place.data), "--base", str(place.base), *OPTIONS), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        runs = place.home / "runs"
        wait_for(process, lambda: any(runs.glob("*/adapter.work/checkpoint.safetensors")))
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    return find()


def test_a_killed_run_is_unfinished_in_the_stage_it_was_in(killed: RunFolder) -> None:
    state = killed.state()

    assert state.ending == "unfinished"
    assert state.next_stage() == "lora"
    assert state.stages["lora"].status == "running"


async def test_it_does_not_go_on_with_other_data(place: Place, killed: RunFolder, tmp_path: Path) -> None:
    other = make_dataset(tmp_path / "other")
    lines = (other / "train.jsonl").read_text().splitlines(keepends=True)
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["counts"]["train"] -= 1
    (other / "train.jsonl").write_text("".join(lines[1:]))
    (other / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(RunError, match=r"began with other data than .*other"):
        await resume(killed.id, lambda event: None, other)


async def test_it_does_not_go_on_when_its_data_has_changed(place: Place, killed: RunFolder) -> None:
    file = place.data / "train.jsonl"
    before = file.read_bytes()
    file.write_bytes(before.replace(b"Lint the code here now", b"Lint the code here not"))
    try:
        with pytest.raises(RunError, match=r"has changed since run .* began"):
            await resume(killed.id, lambda event: None)
    finally:
        file.write_bytes(before)


async def test_it_does_not_go_on_with_another_base(place: Place, killed: RunFolder) -> None:
    file = place.base / "config.json"
    before = file.read_bytes()
    file.write_bytes(before.replace(b"10000.0", b"10001.0"))
    try:
        with pytest.raises(RunError, match=r"The base .* has changed"):
            await resume(killed.id, lambda event: None)
    finally:
        file.write_bytes(before)


def test_it_goes_on_where_it_was_and_comes_to_a_verdict(killed: RunFolder) -> None:
    done = subprocess.run(command("--resume", killed.id, "--json"), capture_output=True, text=True, timeout=200)

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr
    assert told[0]["resumed"] is True
    skipped = [event["stage"] for event in told if event["kind"] == "stage_ended" and event["skipped"]]
    assert skipped == ["data", "checks", "baseline"]
    assert told[-1]["kind"] == "result"
    assert told[-1]["ending"] == "refused"
    assert killed.state().stages["lora"].attempts == 2
    assert killed.report.is_file()


def test_ctrl_c_ends_it_with_the_words_that_resume_it(place: Place) -> None:
    before = set((place.home / "runs").iterdir())
    process = subprocess.Popen(
        command(str(place.data), "--base", str(place.base), *OPTIONS), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        runs = place.home / "runs"
        wait_for(process, lambda: bool(set(runs.iterdir()) - before))
        folder = (set(runs.iterdir()) - before).pop()
        wait_for(process, lambda: (folder / "eval-base.json").exists())
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert f"nothing was promoted. To go on: punie-ls train --resume {folder.name}" in " ".join(said.decode().split())
    assert RunFolder(folder).state().ending == "unfinished"
