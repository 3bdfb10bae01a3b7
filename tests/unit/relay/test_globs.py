"""Which changes a child wants to hear of, by the patterns it registers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from punie_ls.relay.globs import Watcher, translate

CREATED, CHANGED, DELETED = 1, 2, 3


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("**", "a/b.py", True),
        ("**/*.py", "b.py", True),
        ("**/*.py", "a/b/c.py", True),
        ("**/*.py", "a/b/c.pyc", False),
        ("*.py", "a/b.py", False),
        ("**/pyproject.toml", "pyproject.toml", True),
        ("**/{pyproject,.ruff}.toml", "x/.ruff.toml", True),
        ("**/{pyproject,.ruff}.toml", "x/ruff.toml", False),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("v[0-9].py", "v3.py", True),
        ("v[!0-9].py", "v3.py", False),
        ("v[!0-9].py", "vx.py", True),
        ("a,b.py", "a,b.py", True),
        ("a(b)+.py", "a(b)+.py", True),
        ("{a,{b,c}}.py", "c.py", True),
        ("[x.py", "[x.py", True),
        ("ünï/**", "ünï/中.py", True),
    ],
)
def test_patterns(pattern: str, path: str, matches: bool) -> None:
    assert bool(translate(pattern).fullmatch(path)) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        {"baseUri": "file:///p%20q/src", "pattern": "**/*.py"},
        {"baseUri": {"uri": "file:///p%20q/src", "name": "src"}, "pattern": "**/*.py"},
        "/p q/src/**/*.py",
    ],
)
def test_a_pattern_may_be_about_a_folder_of_its_own(pattern: Any) -> None:
    watcher = Watcher({"globPattern": pattern}, [Path("/elsewhere")])

    assert watcher.bases == [Path("/p q/src")]
    assert watcher.wants(Path("/p q/src/a/b.py"), CHANGED)
    assert not watcher.wants(Path("/p q/b.py"), CHANGED)
    assert not watcher.wants(Path("/elsewhere/b.py"), CHANGED)


def test_any_other_pattern_is_about_all_workspace_folders() -> None:
    watcher = Watcher({"globPattern": "**/ruff.toml"}, [Path("/a"), Path("/b")])

    assert watcher.wants(Path("/a/ruff.toml"), CREATED)
    assert watcher.wants(Path("/b/x/ruff.toml"), DELETED)
    assert not watcher.wants(Path("/c/ruff.toml"), CREATED)


def test_the_kind_of_change_counts() -> None:
    watcher = Watcher({"globPattern": "**", "kind": 1 | 4}, [Path("/a")])

    assert [watcher.wants(Path("/a/x"), change) for change in (CREATED, CHANGED, DELETED)] == [True, False, True]
