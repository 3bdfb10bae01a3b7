"""`punie-ls fix` as users and CI run it: the real console script; each project with its own store and journal."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import SCRIPT, Finished
from tests.integration.semantic.projects import write_project

SECONDS = 300
RULES = '[tool.ruff]\nlint.select = ["E4", "E7", "E9", "F"]\n'

Fix = Callable[..., Finished]
Files = Callable[[dict[str, str | bytes]], Path]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Nothing of an earlier test's."""
    return {
        **os.environ,
        "PUNIE_STORE": str(tmp_path / "store" / "punie.db"),
        "PUNIE_STATE_DIR": str(tmp_path / "state"),
        "NO_COLOR": "1",
    }


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Writes a project."""
    return lambda found: write_project(tmp_path / "project", {"pyproject.toml": RULES, **found})


@pytest.fixture
def punie(tmp_path: Path, environ: dict[str, str]) -> Fix:
    """Runs `punie-ls` in the project."""

    def run(*arguments: str, stdin: bytes = b"") -> Finished:
        done = subprocess.run(
            [str(SCRIPT), *arguments],
            cwd=tmp_path / "project",
            input=stdin,
            capture_output=True,
            env=environ,
            timeout=SECONDS,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def fix(punie: Fix) -> Fix:
    """Runs `punie-ls fix` in the project."""
    return functools.partial(punie, "fix")


@pytest.fixture
def traces(punie: Fix) -> Callable[[], list[dict[str, Any]]]:
    """What was kept of fixes."""

    def read() -> list[dict[str, Any]]:
        done = punie("sessions", "export", "--fixes")
        assert done.code == 0, done.err
        return [json.loads(line) for line in done.out.splitlines()]

    return read


def git(root: Path, *arguments: str) -> None:
    """Run git without anybody's settings."""
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, env={**os.environ, **nobody, **who})
