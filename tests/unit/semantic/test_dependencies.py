"""Declared dependencies, from a pyproject.toml that users wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.dependencies import declared_packages

PYPROJECT = """
[project]
dependencies = ["Flask>=3", "ruamel.yaml ; python_version < '4'", "typing-extensions"]
[project.optional-dependencies]
db = ["psycopg[binary]>=3"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff"]
"""


def test_all_groups_count(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)

    assert declared_packages(tmp_path) == {"flask", "ruamel_yaml", "typing_extensions", "psycopg", "pytest", "ruff"}


@pytest.mark.parametrize(
    "text", ["", "[project", "project = 3", "[project]\ndependencies = 'x'", "dependency-groups = 1"]
)
def test_what_is_not_there_or_wrong_declares_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)

    assert declared_packages(tmp_path) == set()


def test_no_file_declares_nothing(tmp_path: Path) -> None:
    assert declared_packages(tmp_path) == set()
