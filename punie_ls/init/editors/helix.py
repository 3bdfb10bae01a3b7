"""Helix: `languages.toml`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from punie_ls.init.editors.editor import Editor
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Target
from punie_ls.init.toml_target import TomlTarget

# Servers that say what Punie says through ty and ruff.
DOUBLES = frozenset({"ty", "ruff", "ruff-lsp", "pyright", "basedpyright", "pylsp", "jedi", "pyrefly", "pylyzer"})


def editor() -> Editor:
    """Helix."""
    return Editor("helix", "Helix", found=_found, targets=_targets)


def _folder(around: Surroundings) -> Path:
    return (around.config if around.platform == "win32" else around.dot_config) / "helix"


def _found(around: Surroundings) -> bool:
    return _folder(around).is_dir() or around.which("hx", "helix") is not None


def _targets(around: Surroundings) -> tuple[Target, ...]:
    return (TomlTarget(_folder(around) / "languages.toml", partial(_command, around), _servers),)


def _command(around: Surroundings, present: object) -> str:
    return present if isinstance(present, str) and around.starts_punie(present) else around.command


def _servers(present: list[Any] | None) -> list[Any]:
    """Punie first; the others stay, except those that would say everything twice."""
    present = present or []
    names = [entry.get("name") if isinstance(entry, dict) else entry for entry in present]
    if "punie" in names and not DOUBLES.intersection(n for n in names if isinstance(n, str)):
        return present
    others = [e for e, name in zip(present, names, strict=True) if name != "punie" and name not in DOUBLES]
    return ["punie", *others]
