"""A fast BLAS under mlx on Linux, whose wheel brings the reference one, a hundred times slower.

To be loaded before `mlx.core` is imported. Knows libraries and symbols, no models.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import importlib.util
import logging
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from punie_training import places
from punie_training.exceptions import RunError
from punie_training.mlx import blas_shim

logger = logging.getLogger(__name__)

VARIABLE = "PUNIE_BLAS"
FUNCTIONS = ("cblas_sgemm", "cblas_dgemm", "cblas_cgemm")
WHEEL = "scipy_openblas32"
WHEEL_PREFIX = "scipy_"
# Far above the reference BLAS (1 to 3), far below an optimized one on a slow and shared core (30).
LEAST_GFLOPS = 12.0
_SIZES = (512, 640, 2048)
_SYSTEM = (
    "/usr/lib/{machine}-linux-gnu/openblas-pthread/libopenblas.so.0",
    "/usr/lib/{machine}-linux-gnu/libopenblas.so.0",
    "/usr/lib64/libopenblasp.so.0",
    "/usr/lib64/libopenblas.so.0",
    "/usr/lib/libopenblas.so",
)
_REMEDY = (
    "Install scipy-openblas32 (it comes with pip install 'punie-ls[train]') or the system's OpenBLAS "
    f"(Debian, Ubuntu: apt install libopenblas0-pthread), or name a library in {VARIABLE}."
)


@dataclass(frozen=True)
class Blas:
    """A library that is loaded: its `path`, and who it is from (`setting`, `system`, `wheel`; `own` is mlx's)."""

    source: str
    path: str = ""


_loaded: list[Blas] = []


def load() -> Blas:
    """Put a fast BLAS before mlx's own, once in each process; nothing to do where mlx brings a fast one (macOS).

    Raises:
        RunError: PUNIE_BLAS names a library that cannot be used. Where none is found nothing is raised: mlx works,
            slowly; `check` tells.
    """
    if not _loaded:
        _loaded.append(_load())
        logger.info("BLAS: %s %s", _loaded[0].source, _loaded[0].path)
    return _loaded[0]


def measure() -> float:
    """GFLOP/s of a float32 product of 512x640 and 640x2048 in mlx, the best of a few.

    On a Linux CPU it is the work of a second of processor time, so that other programs do not make it look slow.
    """
    load()
    import mlx.core as mx

    rows, inner, columns = _SIZES
    left, right = mx.ones((rows, inner)), mx.ones((inner, columns))
    mx.eval(left, right)
    clocks = (time.perf_counter, time.process_time) if _on_linux_cpu() else (time.perf_counter,)
    best, deadline = 0.0, time.perf_counter() + 2.0
    for _ in range(8):
        began = [clock() for clock in clocks]
        mx.eval(left @ right)
        spent = min(clock() - start for clock, start in zip(clocks, began, strict=True))
        best = max(best, 2e-9 * rows * inner * columns / spent)
        if time.perf_counter() > deadline:
            break
    return best


def check() -> float:
    """`measure`, as a guard: gives the GFLOP/s.

    Raises:
        RunError: this is Linux without a GPU, and mlx computes with a slow BLAS.
    """
    speed = measure()
    if not _on_linux_cpu() or speed >= LEAST_GFLOPS:
        return speed
    used = load()
    library = used.path or "the reference BLAS of its wheel"
    raise RunError(
        f"mlx computes with {speed:.1f} GFLOP/s, because it uses {library}: training would take days. {_REMEDY}"
    )


def warning() -> str:
    """A sentence for the user where `load` found no fast BLAS and mlx has none of its own; else ""."""
    if sys.platform != "linux" or load().source != "own" or not _on_linux_cpu():
        return ""
    return f"mlx computes with the reference BLAS of its wheel, about a hundred times slower than it could. {_REMEDY}"


def _on_linux_cpu() -> bool:
    if sys.platform != "linux":
        return False
    import mlx.core as mx

    return mx.default_device().type == mx.DeviceType.cpu


def _load() -> Blas:
    if sys.platform != "linux":
        return Blas("own")
    if "mlx.core" in sys.modules:
        logger.warning("mlx.core was imported before a fast BLAS could be loaded")
        return Blas("own")
    if named := os.environ.get(VARIABLE, "").strip():
        try:
            return _load_library(Blas("setting", named))
        except OSError as error:
            raise RunError(f"{VARIABLE}={named} cannot be used ({error}): name an OpenBLAS, or unset it.") from error
    for found in _candidates():
        with contextlib.suppress(OSError):
            return _load_library(found)
    return Blas("own")


def _candidates() -> list[Blas]:
    found = [Blas("system", name.format(machine=platform.machine())) for name in _SYSTEM]
    found = [blas for blas in found if Path(blas.path).exists()]
    if not found and (name := ctypes.util.find_library("openblas")):
        found.append(Blas("system", name))
    spec = importlib.util.find_spec(WHEEL)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        found += [Blas("wheel", str(path)) for path in sorted(Path(folder, "lib").glob("libscipy_openblas*.so"))]
    return found


def _load_library(blas: Blas) -> Blas:
    """Make its functions those that mlx finds. Raises OSError when it does not have them."""
    library = ctypes.CDLL(blas.path, mode=ctypes.RTLD_LOCAL)
    if hasattr(library, FUNCTIONS[0]):
        ctypes.CDLL(blas.path, mode=ctypes.RTLD_GLOBAL)
        return blas
    if not hasattr(library, WHEEL_PREFIX + FUNCTIONS[0]):
        raise OSError("it has no cblas_sgemm")
    if platform.machine() != "x86_64":
        raise OSError("the names of its functions are prefixed, which is only dealt with on x86-64")
    shim = ctypes.CDLL(str(_shim_file()), mode=ctypes.RTLD_GLOBAL)
    addresses = [ctypes.cast(getattr(library, WHEEL_PREFIX + name), ctypes.c_void_p).value for name in FUNCTIONS]
    table = (ctypes.c_void_p * len(FUNCTIONS)).in_dll(shim, blas_shim.TABLE)
    table[:] = addresses
    return blas


def _shim_file() -> Path:
    """The shim, in the cache: written to another name first, so that two processes may do so at once."""
    data = blas_shim.shared_library(FUNCTIONS)
    path = places.cache() / "blas" / "libpunie_cblas.so"
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    Path(name).chmod(0o700)
    return Path(name).replace(path)
