"""`dataset build` in a process of its own: what it prints, where it writes, and what Ctrl-C leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from punie_training.dataset import load

PROGRAM = "import typer; from punie_ls.cli.training.dataset_build import dataset_build; typer.run(dataset_build)"
FEW = ("--tools", "git_status, read_file", "--per-template", "1")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-c", PROGRAM, *arguments]


def environ(home: Path) -> dict[str, str]:
    return {**os.environ, "PUNIE_TRAINING_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"}


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, env=environ(home), timeout=110)


def test_tables_for_people(tmp_path: Path) -> None:
    done = run(tmp_path / "home", str(tmp_path / "data"), *FEW)

    assert done.returncode == 0, done.stderr
    assert "single_tool" in done.stdout
    assert "programs hold" in done.stdout
    assert f"Written to {tmp_path / 'data'}." in done.stdout
    assert "looking at the project" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert load(tmp_path / "data").splits["train"]


def test_json_for_programs_and_a_folder_of_its_own(tmp_path: Path) -> None:
    done = run(tmp_path, "--json", *FEW)

    told = json.loads(done.stdout)
    assert done.stderr == ""
    assert Path(told["out"]).parent == tmp_path / "datasets"
    assert told["examples"] == sum(map(len, load(Path(told["out"])).splits.values()))
    assert set(told["tools"]) >= {"git_status", "read_file"}
    assert told["programs"]["kept"] <= told["programs"]["tried"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tools", "guess"], "There is no tool guess"),
        (["--workspace", "/nowhere/at/all"], "is not a folder"),
        (["--per-template", "0"], "per_template is 0"),
    ],
)
def test_errors_are_told_on_stderr(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(tmp_path / "home", str(tmp_path / "data"), *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    out, home = tmp_path / "out" / "data", tmp_path / "home"
    with subprocess.Popen(command(str(out)), stderr=subprocess.PIPE, text=True, env=environ(home)) as process:
        assert process.stderr is not None
        assert "looking" in process.stderr.readline()
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)

    assert process.returncode == 1, told
    assert "Interrupted. Nothing was written" in told
    assert not out.parent.exists()
