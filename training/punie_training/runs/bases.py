"""Which base model a run trains: what the user names, else the best of those that are here and fit this machine.

Asks no network: what is missing is said with the command that fetches it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from punie_training import places
from punie_training.exceptions import BaseModelError, BaseNotHere
from punie_training.mlx import machine
from punie_training.mlx.base_models import read_base
from punie_training.mlx.estimates import gib

# Weights, their gradients' path and the rest of the process, as a share of the weights.
_ROOM = 1.6
_PROCESS = 1 << 30
_MIN_WEIGHTS = 1 << 20

# What to fetch when nothing is here, by the machine's memory in GiB; docs/choosing-a-model.md has the figures.
SUGGESTED = (
    (48, "mlx-community/Qwen2.5-Coder-32B-Instruct-4bit"),
    (30, "mlx-community/Qwen2.5-Coder-14B-Instruct-4bit"),
    (15, "mlx-community/Qwen3-8B-4bit"),
    (7, "mlx-community/Qwen3-4B-4bit"),
    (0, "mlx-community/Qwen3-0.6B-4bit"),
)


@dataclass(frozen=True)
class Base:
    """A base model and why it is the one."""

    folder: Path
    reason: str


def find_base(name: str = "", promoted: Path | None = None) -> Base:
    """The base of a run.

    Args:
        name: a folder, the name of a model in Punie's folder of models, or of one in the hub's cache; "" chooses.
        promoted: the base of the adapter that is promoted now, which goes first when nothing is named.

    Raises:
        BaseNotHere: there is no such model here, or none that fits, and it can be fetched.
        BaseModelError: it is no model, or nobody has it.
    """
    if name:
        return Base(_named(name), "as named")
    if promoted is not None and (promoted / "config.json").is_file():
        return Base(promoted, "the base of the adapter that is promoted now")
    memory = machine.total_memory()
    fitting = []
    for folder in [*_own_models(), *_hub_models()]:
        try:
            weights = read_base(folder).weight_bytes
        except BaseModelError:
            continue
        if weights >= _MIN_WEIGHTS and (not memory or weights * _ROOM + _PROCESS <= memory):
            fitting.append((weights, str(folder)))
    if not fitting:
        raise BaseNotHere(_nothing(memory), suggested(memory))
    weights, folder = max(fitting)
    return Base(Path(folder), f"the largest model here that can be trained in {gib(memory)} of memory")


def suggested(memory: int) -> str:
    """The model to fetch for so many bytes of memory."""
    return next(name for least, name in SUGGESTED if memory >= least * machine.GIB)


def _named(name: str) -> Path:
    path = Path(name).expanduser()
    if path.is_dir():
        return path.resolve()
    own = places.models() / name
    if re.fullmatch(r"[\w.-]+", name) and own.is_dir():
        return own
    if snapshot := _snapshot(name):
        return snapshot
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise BaseModelError(f"{name} is no folder of a model. Name one with config.json and model.safetensors.")
    known = ", ".join(sorted({*(p.name for p in _own_models()), *map(_hub_name, _hub_models())})) or "none"
    problem = f"The model {name} is not on this machine (there are: {known}), and nothing is fetched here."
    if "/" not in name:
        raise BaseModelError(problem)
    raise BaseNotHere(f"{problem} Fetch it: punie-ls model pull {name}", name)


def _own_models() -> list[Path]:
    try:
        return sorted(folder for folder in places.models().iterdir() if (folder / "config.json").is_file())
    except OSError:
        return []


def _hub_models() -> list[Path]:
    try:
        names = sorted(entry.name for entry in _hub().iterdir() if entry.name.startswith("models--"))
    except OSError:
        return []
    return [found for name in names if (found := _snapshot(name.removeprefix("models--").replace("--", "/", 1)))]


def _hub_name(snapshot: Path) -> str:
    return snapshot.parents[1].name.removeprefix("models--").replace("--", "/", 1)


def _snapshot(name: str) -> Path | None:
    """The newest complete snapshot of a model of the hub."""
    folder = _hub() / f"models--{name.replace('/', '--')}"
    try:
        head = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        head = ""
    found = [folder / "snapshots" / head] if head else []
    found += sorted((folder / "snapshots").glob("*"), reverse=True)
    return next(
        (path for path in found if (path / "config.json").is_file() and any(path.glob("model*.safetensors"))), None
    )


def _hub() -> Path:
    """Where the hub's own client keeps what it has fetched."""
    if named := os.environ.get("HF_HUB_CACHE"):
        return Path(named)
    home = os.environ.get("HF_HOME")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return (Path(home) if home else cache / "huggingface") / "hub"


def _nothing(memory: int) -> str:
    size = f"With {gib(memory)} of memory, fetch this one" if memory else "Fetch one"
    return (
        f"There is no base model on this machine that can be trained. {size}: punie-ls model pull {suggested(memory)}"
        " - or name a folder: punie-ls train --base FOLDER"
    )
