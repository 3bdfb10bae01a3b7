"""From nothing to a promoted adapter with the tiny base: build, train, kill, resume, refuse, roll back.

All of it through `punie-ls`; models are served by mlx-lm's own server and asked over HTTP.
"""

from __future__ import annotations

import json
import re
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

import punie_semantic
from punie_training.evals import load_result
from tests.e2e.training.conftest import Home
from tests.e2e.training.recipe import DIRECT_SHARE, EVERY, ITERATIONS, SETTINGS, TINY_BASE, TOOLS
from tiny_base import corpus

pytestmark = pytest.mark.timeout(900)

NAME = "proof"
LEAST_GAIN = 0.40

Event = dict[str, Any]


@dataclass(frozen=True)
class Proof:
    """A run that was killed in the middle of its training, and went on to a verdict."""

    dataset: Path
    killed: list[Event]
    resumed: list[Event]
    status: int
    seconds: float

    @property
    def folder(self) -> Path:
        return Path(self.resumed[-1]["folder"])

    def summary(self, name: str) -> dict[str, float]:
        """The figures of an evaluation of the run: `base` or `candidate`."""
        return load_result(self.folder / f"eval-{name}.json").summary


@pytest.fixture(scope="module")
def proof(home: Home, fast_blas: float) -> Proof:
    """Build a dataset, train on it, kill the run after its first checkpoint, and resume it."""
    began = time.monotonic()
    dataset, settings = home.root / "dataset", home.root / "settings.json"
    settings.write_text(json.dumps(SETTINGS))
    home.json("dataset", "build", str(dataset), "--tools", TOOLS, "--direct-share", DIRECT_SHARE)
    killed = _killed_in_training(
        home, str(dataset), "--base", str(TINY_BASE), "--config", str(settings), "--name", NAME, "--yes", "--json"
    )
    done = home.run("train", "--resume", "--json")
    resumed = [json.loads(line) for line in done.stdout.splitlines()]
    assert resumed, done.stderr
    assert resumed[-1]["kind"] == "result", done.stderr
    return Proof(dataset, killed, resumed, done.returncode, time.monotonic() - began)


def test_the_base_has_read_no_phrasing_of_the_templates() -> None:
    templates = Path(punie_semantic.__file__).parent / "tools" / "templates"
    groups = [group for file in templates.glob("*.toml") for group in tomllib.loads(file.read_text()).values()]
    entries = [entry for group in groups for entry in group]
    asked = {_bare(text) for entry in entries for text in (*entry["phrasings"], *entry.get("held_out", ()))}
    assert len(asked) > 500
    assert not asked & {_bare(text) for text in corpus.phrasings()}


def test_held_out_tool_accuracy_rises_by_40_points_and_is_promoted(home: Home, proof: Proof) -> None:
    base, candidate = proof.summary("base"), proof.summary("candidate")
    assert 0.0 <= base["tool"] <= 0.35
    assert candidate["tool"] >= base["tool"] + LEAST_GAIN
    assert candidate["execution"] > base["execution"]
    assert (proof.status, proof.resumed[-1]["ending"]) == (0, "promoted")
    assert home.promoted() == NAME
    assert (proof.folder / "report.html").stat().st_size > 10_000


def test_a_killed_run_goes_on_where_it_was(proof: Proof) -> None:
    assert proof.killed[-1]["done"] > EVERY
    skipped = [event["stage"] for event in proof.resumed if event["kind"] == "stage_ended" and event["skipped"]]
    assert skipped == ["data", "checks", "baseline"]
    before, after = _figures(proof.killed), _figures(proof.resumed)
    # Tokens per second are among the figures: equal ones were not computed twice.
    assert {done: after[done] for done in before if done <= EVERY} == {d: v for d, v in before.items() if d <= EVERY}
    assert (min(before), max(after)) == (SETTINGS["steps_per_report"], ITERATIONS)


def test_the_promoted_adapter_is_served_and_asked_over_http(home: Home, proof: Proof) -> None:
    saved = home.root / "adapter.json"
    asked = ("--suite", "held-out", "--dataset", str(proof.dataset), "--limit", "40", "--save", str(saved))
    home.json("eval", "--model", "adapter", *asked)
    result = load_result(saved)
    assert len(result.cases) == 40
    assert result.summary["tool"] >= proof.summary("base")["tool"] + LEAST_GAIN - 0.1
    assert result.latency["first_token_seconds"] > 0


def test_a_ruinous_rate_is_refused_and_the_adapter_stays(home: Home, proof: Proof) -> None:
    ruinous = ("--lr", "0.5", "--iters", "20", "--rank", "64", "--scale", "1")
    done = home.run("train", str(proof.dataset), "--base", str(TINY_BASE), *ruinous, "--limit", "24", "--yes", "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["ending"] == "refused"
    assert home.promoted() == NAME


def test_rollback_takes_the_promotion_back(home: Home, proof: Proof) -> None:
    home.json("adapters", "rollback")
    assert home.promoted() == ""
    home.json("adapters", "promote", NAME)
    assert home.promoted() == NAME


def _killed_in_training(home: Home, *arguments: str) -> list[Event]:
    """Start `train`, and kill -9 it and the process that trains after a checkpoint. Gives what it had told."""
    seen: list[Event] = []
    with home.start("train", *arguments) as process:
        for event in _events(process.stdout or iter(())):
            seen.append(event)
            if _training([event]) and event["done"] > EVERY:
                break
        else:
            pytest.fail(f"The run ended before it could be killed: {(home.root / 'stderr.txt').read_text()}")
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    psutil.wait_procs(children, timeout=20)
    assert not [child for child in children if child.is_running()], "what a killed run had started lives on"
    return seen


def _events(lines: Iterator[str]) -> Iterator[Event]:
    return (json.loads(line) for line in lines)


def _training(events: list[Event]) -> list[Event]:
    return [e for e in events if e["kind"] == "progress" and e["stage"] == "lora" and e["text"] == "train"]


def _figures(events: list[Event]) -> dict[int, dict[str, float]]:
    """What was told of the training, by iteration; the time that is left is told anew each time."""
    return {
        event["done"]: {name: value for name, value in event["values"].items() if name not in ("seconds_left", "valid")}
        for event in _training(events)
    }


def _bare(phrasing: str) -> str:
    """Without the names of slots, case and punctuation at the end."""
    return re.sub(r"\{\w*\}", "{}", phrasing).lower().strip(" .?")
