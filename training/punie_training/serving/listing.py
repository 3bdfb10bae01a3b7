"""The models of this machine: of the hub's cache, made by Punie, and adapters. Asks no network, and loads none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from punie_training import places
from punie_training.adapters.files import check_files
from punie_training.adapters.records import AdapterRecord
from punie_training.exceptions import AdapterError, BaseModelError
from punie_training.serving.fitting import SHORTEST_CONTEXT, fit_serving
from punie_training.serving.pulling import hub_cache
from punie_training.serving.weights import shape_of

Kind = Literal["hub", "made", "adapter"]


@dataclass(frozen=True)
class ModelLine:
    """One model.

    Attributes:
        name: how `model serve` and `train --base` take it; of an adapter, its name in the registry.
        kind: `hub` was fetched, `made` was fused or quantized by Punie, `adapter` is one with its base.
        folder: its files.
        bytes: of its weights; of an adapter, with its base.
        parameters: how many; 0 when it cannot be read.
        bits: of a weight.
        fits: whether it can be served on this machine; None when nobody can tell.
        note: an adapter's state and base; why a model cannot be used.
        usable: whether it can be served at all.
    """

    name: str
    kind: Kind
    folder: str
    bytes: int = 0
    parameters: int = 0
    bits: int = 0
    fits: bool | None = None
    note: str = ""
    usable: bool = True


def list_models(adapters: Sequence[AdapterRecord], memory: int) -> list[ModelLine]:
    """All models of this machine, those that Punie made first.

    Args:
        adapters: those of the registry.
        memory: bytes that there are for a model; 0 when nobody can tell.
    """
    lines = [_model_line(folder.name, "made", folder, memory) for folder in _made()]
    lines += [_model_line(name, "hub", folder, memory) for name, folder in _fetched(hub_cache())]
    return lines + [_adapter_line(record, memory) for record in adapters]


def _model_line(name: str, kind: Kind, folder: Path, memory: int) -> ModelLine:
    try:
        shape = shape_of(folder)
    except BaseModelError as error:
        return ModelLine(name, kind, str(folder), note=str(error), usable=False)
    fits = fit_serving(shape, memory, SHORTEST_CONTEXT).fits if memory else None
    return ModelLine(name, kind, str(folder), shape.weight_bytes, shape.base.parameters, shape.bits, fits)


def _adapter_line(record: AdapterRecord, memory: int) -> ModelLine:
    base = _model_line(record.name, "adapter", Path(record.base), memory)
    try:
        check_files(Path(record.path), record.name)
        own = sum(file.stat().st_size for file in Path(record.path).iterdir())
    except (AdapterError, OSError) as error:
        return ModelLine(record.name, "adapter", record.path, note=str(error), usable=False)
    if not base.usable:
        return ModelLine(record.name, "adapter", record.path, note=base.note, usable=False)
    note = f"{record.state.replace('_', ' ')}, on {Path(record.base).name}"
    return ModelLine(record.name, "adapter", record.path, base.bytes + own, base.parameters, base.bits, base.fits, note)


def _made() -> list[Path]:
    try:
        return sorted(folder for folder in places.models().iterdir() if (folder / "config.json").is_file())
    except OSError:
        return []


def _fetched(cache: Path) -> Iterator[tuple[str, Path]]:
    """Names and folders of the hub's cache: of each, the snapshot that its main branch is at, else the last one."""
    try:
        folders = sorted(folder for folder in cache.iterdir() if folder.name.startswith("models--"))
    except OSError:
        return
    for folder in folders:
        snapshots = sorted((folder / "snapshots").glob("*"), key=lambda path: path.stat().st_mtime)
        whole = [path for path in snapshots if (path / "config.json").is_file()]
        if not whole:
            continue
        main = next((path for path in whole if path.name == _main(folder)), whole[-1])
        yield folder.name.removeprefix("models--").replace("--", "/", 1), main


def _main(folder: Path) -> str:
    try:
        return (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
