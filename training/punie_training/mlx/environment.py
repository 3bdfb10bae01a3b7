"""The environment of every process that imports mlx, and where such a process finds Punie. Imports no mlx itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from punie_training import places

_MAX_THREADS = 8


def environment(*, hub: bool = False) -> dict[str, str]:
    """All of a child's environment.

    What the user has set stays, but for the network: without `hub` nothing is fetched from a model hub.

    Args:
        hub: whether the child may ask a model hub.
    """
    environ = dict(os.environ)
    environ.setdefault("OPENBLAS_NUM_THREADS", str(_threads()))
    environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    environ.setdefault("HF_HOME", str(_hub_home(environ)))
    Path(environ["HF_HOME"], "hub").mkdir(parents=True, exist_ok=True)
    environ["NO_COLOR"] = "1"
    environ["PYTHONUNBUFFERED"] = "1"
    environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    if sys.platform == "linux":
        environ.setdefault("MLX_DISABLE_COMPILE", "1")
    if not hub:
        environ["HF_HUB_OFFLINE"] = "1"
        environ["TRANSFORMERS_OFFLINE"] = "1"
    environ.pop("FORCE_COLOR", None)
    return environ


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of Punie as a program; -P, so that the current folder's modules are not found."""
    return [sys.executable, "-P", "-m", module, *arguments]


def _threads() -> int:
    """Half of the cores: a BLAS that spins on a core which others use is slower than one that leaves it to them."""
    return max(1, min(_MAX_THREADS, (os.cpu_count() or 2) // 2))


def _hub_home(environ: dict[str, str]) -> Path:
    """Where the hub keeps its files by default; a folder of ours where that cannot be written to."""
    cache = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    usual = cache / "huggingface"
    nearest = next((folder for folder in (usual, *usual.parents) if folder.exists()), None)
    return usual if nearest and os.access(nearest, os.W_OK) else places.cache() / "huggingface"
