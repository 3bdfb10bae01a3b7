"""The learning proof in figures: a base before and after `punie-ls train`, through the commands that a user types."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_training.evals import load_result
from tests.bench import machine
from tests.e2e.training.recipe import DIRECT_SHARE, SETTINGS, TINY_BASE, TOOLS

METRICS = ("valid", "tool", "args", "execution", "exact")


@dataclass(frozen=True)
class Bench:
    """Runs `punie-ls` with a store and a training home below a folder."""

    root: Path

    def build(self, *options: str) -> Path:
        """Build a dataset; gives its folder."""
        dataset = self.root / "dataset"
        self._punie("dataset", "build", str(dataset), *options, "--json")
        return dataset

    def train(self, dataset: Path, base: Path, settings: dict[str, Any], *options: str) -> dict[str, Any]:
        """Train on it, with the comparison on held-out requests; gives the figures of the run."""
        file = self.root / "settings.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        told = self._punie(
            "train", str(dataset), "--base", str(base), "--config", str(file), *options, "--yes", "--json"
        )
        run = Path(told[-1]["folder"])
        stages = _read(run / "state.json")["stages"]
        return {
            "settings": settings,
            "before": _evaluation(run, "base"),
            "after": _evaluation(run, "candidate"),
            "missed": _missed(run),
            "verdict": told[-1]["ending"],
            "curve": _read(run / "losses.json"),
            "stages": {name: stage["seconds"] for name, stage in stages.items()},
            "examples": _read(dataset / "manifest.json")["counts"],
            "tools": tools_of(dataset),
        }

    def _punie(self, *arguments: str) -> list[Any]:
        """What a verb writes to stdout: one JSON value, or one on each line."""
        own = {"PUNIE_TRAINING_HOME": str(self.root / "training"), "PUNIE_STORE": str(self.root / "punie.db")}
        command = [sys.executable, "-P", "-m", "punie_ls", *arguments]
        done = subprocess.run(command, env={**os.environ, **own}, text=True, stdout=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"punie-ls {arguments[0]} ended with {done.returncode}")
        try:
            return [json.loads(done.stdout)]
        except ValueError:
            return [json.loads(line) for line in done.stdout.splitlines()]


def measure() -> dict[str, Any]:
    """The tiny base of the tests learns eleven tools."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch))
        dataset = bench.build("--tools", TOOLS, "--direct-share", DIRECT_SHARE)
        found = bench.train(dataset, TINY_BASE, SETTINGS)
    return {"machine": machine.describe(), **found, "seconds": time.perf_counter() - began}


def page(result: dict[str, Any]) -> str:
    """The page for people."""
    settings = result["settings"]
    return "\n".join(
        [
            "# What a tiny model learns",
            "",
            f"Written by `make bench-training`. {machine.sentence(result['machine'])}.",
            "",
            "The proof that runs with the tests: a Qwen3 of 1.1 million weights, which is part of the repository, a",
            f"dataset of {result['examples']['train']} training examples over {result['tools']} tools, and LoRA of",
            f"rank {settings['rank']} on all its matrices, {settings['iters']} iterations of batch",
            f"{settings['batch_size']}.",
            f"It took {result['seconds']:.0f} s in all.",
            "",
            *table(result),
            "",
            "One seed. This shows that the way from data to a promoted adapter works, not what a model of use can do.",
            "",
        ]
    )


def table(result: dict[str, Any], targets: dict[str, float] | None = None) -> list[str]:
    """Markdown: the figures before and after, by metric and category, the validation loss, and the time."""
    before, after, wanted = result["before"], result["after"], targets or {}
    rows = [
        f"| {name} | {_percent(before['summary'][name])} | {_percent(after['summary'][name])} "
        f"| {'at least ' + _percent(wanted[name]) if name in wanted else ''} |"
        for name in METRICS
    ]
    categories = [
        f"| {name} | {int(new['count'])} | {_percent(old['tool'])} | {_percent(new['tool'])} |"
        for name, new in sorted(after["by_category"].items())
        for old in (before["by_category"][name],)
    ]
    curve = [f"| {p['iteration']} | {p['loss']:.3f} |" for p in result["curve"] if p["kind"] == "valid" and p["loss"]]
    spent = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in result["stages"].items() if seconds >= 1)
    return [
        f"Both columns answer the same {after['cases']} held-out requests, whose phrasings are in no training example,",
        "through mlx-lm's server; each program is executed.",
        "",
        "| | before | after | target |",
        "|---|---:|---:|---:|",
        *rows,
        "",
        "| category | requests | right tool before | after |",
        "|---|---:|---:|---:|",
        *categories,
        "",
        "| iteration | validation loss |",
        "|---:|---:|",
        *curve,
        "",
        f"Verdict: {result['verdict']}. Time: {spent}.",
    ]


def tools_of(dataset: Path) -> int:
    """How many tools the programs of a dataset call."""
    known = _read(dataset / "manifest.json")["provenance"].values()
    return len({tool for provenance in known for tool in provenance.get("tools", ())})


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _evaluation(run: Path, name: str) -> dict[str, Any]:
    result = load_result(run / f"eval-{name}.json")
    asked = {case.expected for case in result.cases} - {"answer"}
    return {
        "summary": result.summary,
        "by_category": result.by_category,
        "cases": len(result.cases),
        "tools": len(asked),
    }


def _missed(run: Path) -> list[dict[str, str]]:
    """What the candidate was asked and did not come to the right result of."""
    cases = [case for case in load_result(run / "eval-candidate.json").cases if not case.execution]
    return [{"query": c.query, "expected": c.expected, "called": c.called, "why": c.why} for c in cases]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
