"""The client's texts beside those on disk: line ends do not count, everything else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_agent.acp.client_files import UnsavedError, same_text, unsaved_buffers, with_line_ends, writable
from punie_semantic.overlay import Buffer, FileChange
from punie_semantic.sources import Source


class Client:
    """Texts as a test says them; None for all others."""

    def __init__(self, **texts: str) -> None:
        self.texts = {name.replace("_py", ".py"): text for name, text in texts.items()}

    async def read_text(self, file: str) -> str | None:
        return self.texts.get(file)


def change(root: Path, before: str, after: str, **fields: object) -> FileChange:
    return FileChange(root / "a.py", "a.py", Source(before), after, **{"buffer": None, **fields})  # ty: ignore[invalid-argument-type]


async def test_a_text_that_is_on_disk_is_no_buffer(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\r\n")
    assert await unsaved_buffers(Client(a_py="x = 1\n"), tmp_path, ["a.py"]) == {}
    assert await unsaved_buffers(Client(), tmp_path, ["a.py"]) == {}


async def test_an_unsaved_text_keeps_the_files_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\r\ny = 2\r\n")
    found = await unsaved_buffers(Client(a_py="x = 1\ny = 3 # 🚀\n"), tmp_path, ["a.py"])
    assert found == {tmp_path / "a.py": Buffer("x = 1\r\ny = 3 # 🚀\r\n", 0)}


async def test_an_unsaved_new_file(tmp_path: Path) -> None:
    """An empty text is what some clients have for every file that is not there."""
    assert await unsaved_buffers(Client(a_py="x = 1\n"), tmp_path, ["a.py"]) == {
        tmp_path / "a.py": Buffer("x = 1\n", 0)
    }
    assert await unsaved_buffers(Client(a_py=""), tmp_path, ["a.py"]) == {}


async def test_files_outside_are_not_asked_for(tmp_path: Path) -> None:
    client = Client()
    client.texts = {"../b.py": "x", "/etc/passwd": "x", ".git/config": "x"}
    assert await unsaved_buffers(client, tmp_path, client.texts) == {}


async def test_what_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    edit = change(tmp_path, "x = 1\n", "x = 2\n")
    assert await writable(Client(a_py="x = 1\r\n"), tmp_path, [edit]) == [edit]
    assert await writable(Client(), tmp_path, [edit]) == [edit]


@pytest.mark.parametrize("text", ["", "x = 3\n", "x = 1"])
async def test_what_may_not(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    with pytest.raises(UnsavedError, match=r"a\.py has unsaved changes"):
        await writable(Client(a_py=text), tmp_path, [change(tmp_path, "x = 1\n", "x = 2\n")])


async def test_a_new_file_that_the_client_has_too(tmp_path: Path) -> None:
    new = change(tmp_path, "", "x = 2\n", kind="create")
    assert await writable(Client(a_py=""), tmp_path, [new]) == [new]
    with pytest.raises(UnsavedError):
        await writable(Client(a_py="mine = 1\n"), tmp_path, [new])


async def test_a_text_that_was_saved_since(tmp_path: Path) -> None:
    buffer = Buffer("x = 1\n", 0)
    edit = change(tmp_path, "x = 1\n", "x = 2\n", buffer=buffer)
    with pytest.raises(UnsavedError):
        await writable(Client(), tmp_path, [edit])

    (tmp_path / "a.py").write_text("x = 1\n")

    (ready,) = await writable(Client(a_py="x = 1\n"), tmp_path, [edit])
    assert (ready.buffer, ready.text) == (None, "x = 2\n")


@given(st.text(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_ends(text: str, end: str) -> None:
    assert same_text(text, with_line_ends(text, end))
    assert with_line_ends(with_line_ends(text, end), "\n") == with_line_ends(text, "\n")
