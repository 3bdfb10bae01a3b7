"""The bundled bookshop and the list of what is wrong with it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
BOOKSHOP = HERE / "bookshop"


@dataclass(frozen=True)
class Seed:
    """A seeded defect; `mendable` says who has a fix for it, `line` counts from 1 in the bundled file."""

    file: str
    line: int
    code: str
    tool: Literal["ty", "ruff", "pytest"]
    mendable: Literal["ty", "ruff-safe", "ruff-unsafe", "none"]
    what: str


def load_seeds() -> list[Seed]:
    """All seeds, by file and line."""
    items = json.loads((HERE / "bookshop_seeds.json").read_text(encoding="utf-8"))
    return [Seed(**item) for item in items]


def copy_bookshop(target: Path) -> Path:
    """A fresh copy to work on; caches of the bundled folder are left behind."""
    ignore = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".ruff_cache")
    return Path(shutil.copytree(BOOKSHOP, target, ignore=ignore))


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the project, to see what changed."""
    files = (p for p in sorted(root.rglob("*")) if p.is_file() and "cache" not in str(p.relative_to(root)))
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}
