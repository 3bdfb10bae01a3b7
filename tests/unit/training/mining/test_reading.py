"""Files are read once, in several processes if there are many; what cannot be read is counted."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from punie_training.mining import reading
from punie_training.mining.file_reading import MOST_FILE
from punie_training.mining.reading import kind_of, read_project


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("src/shop/cart.py", "src"),
        ("shop/tests/test_cart.py", "tests"),
        ("shop/testing/tools.py", "tests"),
        ("test_cart.py", "tests"),
        ("conftest.py", "tests"),
        ("README.md", "docs"),
        ("docs/a.rst", "docs"),
        ("docs/conf.py", None),
        ("logo.png", None),
        ("shop/latest.py", "src"),
    ],
)
def test_what_a_file_is_read_for(file: str, kind: str | None) -> None:
    assert kind_of(PurePosixPath(file)) == kind


def test_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    write(
        root,
        {
            "good.py": "def price(): ...\n",
            "bom.py": b"\xef\xbb\xbfdef cost(): ...\r\n",
            "bad.py": "def (",
            "deep.py": "x = " + "(" * 5000 + ")" * 5000,
            "latin.md": b"# \xff\n",
            "nul.py": b"x = 1\0",
            "huge.py": b"#" * (MOST_FILE + 1),
            "old.py": "print 'hello'",
            ".venv/a.py": "x = 1",
            "node_modules/a.py": "x = 1",
            "odd\nname.py": "x = 1",
        },
    )
    (root / "link.py").symlink_to(root / "good.py")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.py")

    read = read_project(root)

    assert [s.name for facts in read.facts for s in facts.symbols] == ["cost", "price"]
    assert read.skipped == {
        "link": 1,
        "odd name": 1,
        "no Python": 3,
        "no UTF-8": 1,
        "binary": 1,
        "large": 1,
        "no regular file": 1,
    }


def test_a_file_is_read_once_wherever_it_is(tmp_path: Path, home: Path) -> None:
    write(tmp_path / "one", {"a.py": "def price(): ...\n"})
    write(tmp_path / "two", {"b.py": "def price(): ...\n", "c.py": "def cost(): ...\n"})

    assert read_project(tmp_path / "one").cached == 0
    again = read_project(tmp_path / "two")

    assert again.cached == 1
    assert [(facts.file, [s.name for s in facts.symbols]) for facts in again.facts] == [
        ("b.py", ["price"]),
        ("c.py", ["cost"]),
    ]


def test_a_damaged_cache_is_made_anew(tmp_path: Path, home: Path) -> None:
    write(tmp_path / "one", {"a.py": "def price(): ...\n"})
    first = read_project(tmp_path / "one")
    for kept in (home / "cache").rglob("*.json"):
        kept.write_text("{")

    assert read_project(tmp_path / "one") == first


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path, home: Path) -> None:
    home.mkdir()
    (home / "cache").write_text("a file")
    write(tmp_path / "one", {"a.py": "def price(): ...\n"})

    assert [s.name for s in read_project(tmp_path / "one").facts[0].symbols] == ["price"]


def test_several_processes_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    monkeypatch.setattr(reading, "FEW", 3)
    write(tmp_path / "shop", {f"m{i}.py": f"def f{i}(): ...\n" for i in range(7)})
    seen: list[tuple[int, int]] = []

    parallel = read_project(tmp_path / "shop", jobs=2, on_progress=lambda done, total: seen.append((done, total)))

    assert [facts.symbols[0].name for facts in parallel.facts] == [f"f{i}" for i in range(7)]
    assert seen[-1] == (7, 7)
    assert read_project(tmp_path / "shop").facts == parallel.facts
