"""URIs of clients and files of the project, both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_agent.acp.places import Folder, Place


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "shop 🚀 #1"
    root.mkdir()
    return Folder.of(root.resolve(), str(root))


@pytest.mark.parametrize(
    ("fragment", "lines"),
    [("", (0, 0)), ("#L3", (3, 3)), ("#L3:7", (3, 7)), ("#L3-L7", (3, 7)), ("#3-7", (3, 7)), ("#symbol", (0, 0))],
)
def test_a_file_and_its_lines(folder: Folder, fragment: str, lines: tuple[int, int]) -> None:
    uri = (folder.root / "src" / "a 世界.py").as_uri() + fragment
    assert folder.place(uri) == Place("src/a 世界.py", *lines)


def test_an_absolute_path(folder: Folder) -> None:
    assert folder.place(str(folder.root / "a.py")) == Place("a.py")


@pytest.mark.parametrize(
    "uri",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "zed:///agent/thread/1",
        "a.py",
        "https://a.b/c.py",
        "",
        "file://",
        "http://[bad",
    ],
)
def test_what_is_no_file_of_the_project(folder: Folder, uri: str) -> None:
    assert folder.place(uri) is None


def test_ways_out(folder: Folder) -> None:
    assert folder.place((folder.root / ".." / "other.py").as_uri()) is None
    (folder.root / "out").symlink_to("/etc")
    assert folder.place((folder.root / "out" / "passwd").as_uri()) is None


def test_the_clients_spelling(folder: Folder, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder.root)
    seen = Folder.of(folder.root, str(link))

    assert seen.place((link / "a.py").as_uri()) == seen.place((folder.root / "a.py").as_uri()) == Place("a.py")
    assert seen.absolute("a.py") == str(link / "a.py")


@pytest.mark.parametrize(
    ("place", "mention"), [(Place("a.py"), "a.py"), (Place("a.py", 3, 3), "a.py:3"), (Place("a.py", 3, 7), "a.py:3-7")]
)
def test_a_mention(place: Place, mention: str) -> None:
    assert place.mention == mention
