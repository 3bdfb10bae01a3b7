"""The real `punie-ls` console script in a subprocess."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.semantic.projects import write_project

Project = Callable[[dict[str, str | bytes]], Path]
SCRIPT = Path(sys.executable).parent / "punie-ls"


@dataclass(frozen=True)
class Finished:
    """What a run of the console script came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes a project."""
    return lambda files: write_project(tmp_path / "project", files)


def punie(*arguments: str, cwd: Path, stdin: str = "", **environ: str) -> Finished:
    """Run `punie-ls` in a folder."""
    done = subprocess.run(
        [str(SCRIPT), *arguments],
        cwd=cwd,
        input=stdin.encode(),
        capture_output=True,
        env={**os.environ, **environ},
        timeout=60,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())
