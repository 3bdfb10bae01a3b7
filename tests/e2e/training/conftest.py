"""`punie-ls` with a home of its own, and the tiny base model of the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editor import PUNIE_LS
from tests.e2e.training.recipe import TINY_BASE

__all__ = ["TINY_BASE", "Home"]


@dataclass(frozen=True)
class Home:
    """Runs `punie-ls` as a user would, whose store, adapters and runs are all below one folder."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, timeout: float = 400) -> subprocess.CompletedProcess[str]:
        """Run a verb to its end."""
        command = [str(PUNIE_LS), *arguments]
        return subprocess.run(
            command, env=self.environment(), cwd=self.root, text=True, capture_output=True, timeout=timeout, check=False
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a verb whose stdout is read while it runs; stderr is kept in a file."""
        with (self.root / "stderr.txt").open("w") as errors:
            return subprocess.Popen(
                [str(PUNIE_LS), *arguments],
                env=self.environment(),
                cwd=self.root,
                text=True,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def json(self, *arguments: str) -> Any:
        """What a verb prints with --json. Fails with its stderr when it does not succeed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, f"punie-ls {' '.join(arguments)}: {done.stderr}"
        return json.loads(done.stdout)

    def promoted(self) -> str:
        """The name of the adapter that serves; empty when none does."""
        return next(
            (row["name"] for row in self.json("adapters", "list")["adapters"] if row["state"] == "promoted"), ""
        )

    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        own = {
            "HOME": str(self.root),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "XDG_DATA_HOME": str(self.root / "data"),
            "PUNIE_TRAINING_HOME": str(self.root / "training"),
            "PUNIE_STORE": str(self.root / "punie.db"),
            "HF_HUB_OFFLINE": "1",
        }
        return {**os.environ, **own, **self.environ}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home for all tests of a module."""
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def fast_blas() -> float:
    """GFLOP/s of mlx, which must not compute with the BLAS of its Linux wheel: a failure here, never a skip."""
    code = "from punie_training.mlx import blas; print(blas.check())"
    done = subprocess.run([sys.executable, "-P", "-c", code], text=True, capture_output=True, timeout=60, check=False)
    if done.returncode:
        pytest.fail(f"Training needs a fast BLAS under mlx: {done.stderr.strip().splitlines()[-1]}")
    return float(done.stdout)
