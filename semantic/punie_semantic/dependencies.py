"""The packages that a project declares in its pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from punie_semantic.regular_files import read_regular

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def declared_packages(root: Path) -> set[str]:
    """Names of the declared dependencies, written as they are imported in the usual case; empty without a file."""
    try:
        table = tomllib.loads(read_regular(root / "pyproject.toml").decode())
    except (OSError, ValueError):
        return set()
    return {
        re.sub(r"[-.]", "_", match[0]).lower()
        for requirement in _requirements(table)
        if isinstance(requirement, str) and (match := _NAME.match(requirement.strip()))
    }


def _requirements(table: dict[str, Any]) -> Iterable[Any]:
    project = table.get("project")
    project = project if isinstance(project, dict) else {}
    groups = [project.get("dependencies"), *_lists(project.get("optional-dependencies"))]
    groups += _lists(table.get("dependency-groups"))
    return [requirement for group in groups if isinstance(group, list) for requirement in group]


def _lists(table: Any) -> list[Any]:  # noqa: ANN401 - anything that a user may write
    return list(table.values()) if isinstance(table, dict) else []
