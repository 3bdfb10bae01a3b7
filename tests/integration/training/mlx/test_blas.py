"""A fast BLAS is under mlx, and where it is not, that is said loudly."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from punie_training.mlx import blas

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems bring a fast BLAS")

PROGRAM = """
from punie_training.mlx import blas
loaded = blas.load()
import mlx.core as mx
left = mx.arange(35, dtype=mx.float32).reshape(5, 7)
right = mx.arange(77, dtype=mx.float32).reshape(7, 11)
by_hand = [sum(left[2, i].item() * right[i, 3].item() for i in range(7))]
assert abs((left @ right)[2, 3].item() - by_hand[0]) < 1e-2
print(loaded.source, blas.check())
"""


def run(setting: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, blas.VARIABLE: setting}
    return subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, check=False)


def test_what_is_found_is_fast() -> None:
    done = run("")

    assert done.returncode == 0, done.stderr
    source, speed = done.stdout.split()
    assert source in ("system", "wheel")
    assert float(speed) >= blas.LEAST_GFLOPS


@pytest.mark.skipif(platform.machine() != "x86_64", reason="prefixed names are only dealt with on x86-64")
@pytest.mark.skipif(find_spec(blas.WHEEL) is None, reason="the wheel is not installed")
def test_the_wheel_is_enough() -> None:
    spec = find_spec(blas.WHEEL)
    assert spec is not None
    assert spec.submodule_search_locations
    (library,) = Path(spec.submodule_search_locations[0], "lib").glob("libscipy_openblas*.so")

    done = run(str(library))

    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[1]) >= blas.LEAST_GFLOPS


def test_the_reference_blas_is_refused() -> None:
    spec = find_spec("mlx")
    assert spec is not None
    assert spec.submodule_search_locations
    site = Path(next(iter(spec.submodule_search_locations))).parent
    (reference,) = (site / "mlx_cpu.libs").glob("libblas*")

    done = run(str(reference))

    assert done.returncode == 1
    assert "GFLOP/s, because it uses" in done.stderr
    assert "Install scipy-openblas32" in done.stderr


@pytest.mark.parametrize("setting", ["/nowhere/lib.so", "libm.so.6"])
def test_a_setting_that_cannot_be_used_is_named(setting: str) -> None:
    done = run(setting)

    assert done.returncode == 1
    assert f"PUNIE_BLAS={setting} cannot be used" in done.stderr


def test_a_process_that_has_mlx_already_is_left_alone() -> None:
    program = "import mlx.core\nfrom punie_training.mlx import blas\nprint(blas.load().source)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "own\n"
