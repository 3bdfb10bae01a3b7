"""An adapter or a model for others: its files with a model card, as a folder or an archive, the same each time.

Imports no mlx and knows no registry: names are looked up by who calls.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from punie_training.exceptions import AdapterError, RunError
from punie_training.mlx.adapter_files import CONFIG, WEIGHTS, read_adapter_config, read_adapter_tensors
from punie_training.mlx.base_models import read_base
from punie_training.mlx.model_card import adapter_card, model_card
from punie_training.mlx.origins import terms
from punie_training.mlx.whole import whole_folder

ARCHIVE = ".tar.gz"
_MODEL_FILES = (
    "config.json", "generation_config.json", "model*.safetensors", "model.safetensors.index.json", "tokenizer*",
    "special_tokens_map.json", "chat_template*", "vocab*", "merges.txt", "added_tokens.json", "*.model",
)  # fmt: skip


@dataclass(frozen=True)
class About:
    """What is known besides the files: a name, measured metrics, versions of packages, the folder of the base."""

    name: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    base: Path | None = None


def export(source: Path, out: Path, about: About, *, archive: bool = False) -> Path:
    """Write an adapter or a model with its card.

    Args:
        source: the folder of either.
        out: the new folder; with `archive` a file that ends in .tar.gz, which is added when it does not.
        about: what is known besides.
        archive: whether one file is written.

    Returns:
        The folder or the file.

    Raises:
        RunError: `out` is there already, or cannot be written.
        AdapterError, BaseModelError: the source is damaged, or neither.
    """
    if archive and not out.name.endswith(ARCHIVE):
        out = out.with_name(out.name + ARCHIVE)
    if archive and out.exists():
        raise RunError(f"{out} is there already: name another file, or delete it.")
    folder = out.with_name(out.name.removesuffix(ARCHIVE)) if archive else out
    staged = folder.with_name(f".{folder.name}.export") if archive else folder
    try:
        with whole_folder(staged) as partial:
            partial.mkdir()
            _fill(source, partial, About(about.name or folder.name, about.metrics, about.versions, about.base))
        return _pack(staged, folder.name, out) if archive else folder
    except OSError as error:
        raise RunError(f"{out} cannot be written ({error.strerror or error}): name another place.") from error
    finally:
        if archive:
            shutil.rmtree(staged, ignore_errors=True)


def _fill(source: Path, target: Path, about: About) -> None:
    if (source / CONFIG).is_file():
        read_adapter_tensors(source)
        config = read_adapter_config(source)
        base = about.base or Path(str(config.get("model", "")))
        shutil.copyfile(source / WEIGHTS, target / WEIGHTS)
        # The place of the base on this machine is nobody else's business.
        text = json.dumps({**config, "model": base.name}, indent=2) + "\n"
        (target / CONFIG).write_text(text, encoding="utf-8")
        card = adapter_card(about.name, config, base, about.metrics, about.versions)
    elif (source / "config.json").is_file():
        model, base = read_base(source), about.base
        for path in sorted({path for pattern in _MODEL_FILES for path in source.glob(pattern) if path.is_file()}):
            shutil.copyfile(path, target / path.name)
        card = model_card(about.name, model, base or source, about.metrics, about.versions)
    else:
        raise AdapterError(f"{source} is neither an adapter ({CONFIG}) nor a model (config.json): name such a folder.")
    for path in terms(base) if base else terms(source):
        shutil.copyfile(path, target / path.name)
    (target / "README.md").write_text(card, encoding="utf-8")


def _pack(folder: Path, name: str, out: Path) -> Path:
    """An archive that says nothing of when and by whom it was made, so that the same files give the same bytes."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed:
            _write(packed, folder, name)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return out


def _write(packed: gzip.GzipFile, folder: Path, name: str) -> None:
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.iterdir()):
            entry = tarfile.TarInfo(f"{name}/{path.name}")
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as stream:
                archive.addfile(entry, stream)
