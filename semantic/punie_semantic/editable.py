"""Editable installs: which folders of the project the user's Python has on its import path, in whatever way."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from punie_semantic.environment import Interpreter
from punie_semantic.regular_files import read_regular

_MAPPING = re.compile(r"^(?:MAPPING|NAMESPACES)\b[^=]*=\s*(\{.*?\})\s*$", re.M | re.S)
MAX_BYTES = 1 << 20


def editable_paths(root: Path, interpreter: Interpreter) -> list[Path]:
    """Folders inside `root` that an import looks in, in the order of the path files."""
    found = []
    for site in _site_folders(interpreter.sys_prefix):
        for path in sorted(site.glob("*.pth")):
            found += _lines(path)
        for path in sorted(site.glob("__editable__*finder.py")):
            found += _mapped(path)
    inside = [path for path in found if path.is_absolute() and path.resolve().is_relative_to(root)]
    return list(dict.fromkeys(path.resolve() for path in inside))


def _site_folders(prefix: Path) -> list[Path]:
    return [*sorted(prefix.glob("lib*/python*/site-packages")), prefix / "Lib" / "site-packages"]


def _lines(path: Path) -> Iterator[Path]:
    """The folders in a path file; its `import` lines are code, and not run here."""
    for line in _text(path).splitlines():
        if line.strip() and not line.startswith(("#", "import ", "import\t")) and "\0" not in line:
            yield Path(line.strip())


def _mapped(path: Path) -> Iterator[Path]:
    """The folders above the packages of a finder; a package under another name needs the finder itself."""
    for match in _MAPPING.finditer(_text(path)):
        with contextlib.suppress(ValueError, SyntaxError):
            mapping = ast.literal_eval(match[1])
            for name, places in mapping.items():
                for place in [places] if isinstance(places, str) else places:
                    parts = name.split(".")
                    if Path(place).parts[-len(parts) :] == tuple(parts):
                        yield Path(place).parents[len(parts) - 1]


def _text(path: Path) -> str:
    try:
        return read_regular(path).decode(errors="replace")
    except OSError:
        return ""
