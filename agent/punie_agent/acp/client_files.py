"""The client's own texts of files: a turn works on what the user sees, and nothing unsaved is ever written over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from punie_semantic.exceptions import PathError, SemanticError, SourceError
from punie_semantic.overlay import Buffer, FileChange
from punie_semantic.paths import inside, refuse_protected, relative
from punie_semantic.sources import Source, line_ending, read_source

MOST_FILES = 50


class Texts(Protocol):
    """Who says which text a client has."""

    async def read_text(self, file: str) -> str | None:
        """The text of a file of the project; None when it is not known."""
        ...


class UnsavedError(SemanticError):
    """The client has a text of a file that is not on disk."""


async def unsaved_buffers(client: Texts, root: Path, files: Iterable[str]) -> dict[Path, Buffer]:
    """The files whose text in the client is not the one on disk, for a turn to work on.

    Args:
        client: says its texts.
        root: the project.
        files: those that the turn may be about, relative to the project; the first fifty are asked for.
    """
    wanted = [file for file in dict.fromkeys(files) if _is_ours(root, file)][:MOST_FILES]
    texts = await asyncio.gather(*(client.read_text(file) for file in wanted))
    found: dict[Path, Buffer] = {}
    for file, text in zip(wanted, texts, strict=True):
        if text is None:
            continue
        path = inside(root, file)
        source = await asyncio.to_thread(_on_disk, path)
        if source is None:
            if text:  # some clients have an empty text for a file that is not there
                found[path] = Buffer(text, 0)
        elif not same_text(text, source.text):
            found[path] = Buffer(with_line_ends(text, line_ending(source.text)), 0)
    return found


async def writable(client: Texts, root: Path, changes: Sequence[FileChange]) -> list[FileChange]:
    """Changes that may be written to disk now: what the client has is what is there, and what the edits are based on.

    A change of an unsaved text becomes one of the file when the user has saved it since. Raises UnsavedError.
    """
    ready = [await asyncio.to_thread(_saved, change) for change in changes]
    for change in ready:
        names = {relative(root, path) for path in (change.before, change.after) if path is not None}
        for file in sorted(names):
            text = await client.read_text(file)
            base = change.source.text if change.before == inside(root, file) else ""
            if text is not None and not same_text(text, base) and not _is_missing(text, change):
                raise UnsavedError(f"{file} has unsaved changes in your editor. Save it and ask again.")
    return ready


def _saved(change: FileChange) -> FileChange:
    if change.buffer is None:
        return change
    path = change.before
    source = _on_disk(path) if path else None
    if source is None or source.text != change.source.text:
        raise UnsavedError(
            f"{change.old_file or change.file} has unsaved changes in your editor. Save it and ask again."
        )
    return replace(change, buffer=None, source=source)


def _is_missing(text: str, change: FileChange) -> bool:
    """Whether an empty text is the answer for a file that is not there yet."""
    return not text and change.before is None


def same_text(a: str, b: str) -> bool:
    """Whether two texts are the same but for their line ends, which editors keep to themselves."""
    return a == b or with_line_ends(a, "\n") == with_line_ends(b, "\n")


def with_line_ends(text: str, end: str) -> str:
    """A text with these line ends."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain if end == "\n" else plain.replace("\n", end)


def _is_ours(root: Path, file: str) -> bool:
    try:
        refuse_protected(root, inside(root, file))
    except PathError:
        return False
    return True


def _on_disk(path: Path) -> Source | None:
    """The file as it is; None when there is none that is a text."""
    try:
        return read_source(path)
    except (SourceError, OSError):
        return None
