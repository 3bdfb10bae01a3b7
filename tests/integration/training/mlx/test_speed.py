"""Whether mlx is fast is found out in a process of its own, whatever this one has imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from punie_training.exceptions import RunError
from punie_training.mlx.speed import check_speed


def test_a_fast_blas_is_found_although_mlx_was_imported_here_without_one() -> None:
    program = "import mlx.core\nfrom punie_training.mlx.speed import check_speed\nprint(repr(check_speed()))"

    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=100)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("''",) or "the machine is busy" in done.stdout


def test_a_library_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_BLAS", "/nowhere/libblas.so")

    with pytest.raises(RunError, match=r"/nowhere/libblas\.so"):
        check_speed()
