"""Searching the workspace's texts line by line, with the overlay's edits in view."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from punie_semantic.exceptions import PatternError, SemanticError, SourceError
from punie_semantic.line_search import matching_lines
from punie_semantic.outlines import unsaved
from punie_semantic.paths import relative
from punie_semantic.regex_worker import RegexWorker, TooSlow
from punie_semantic.results import SearchResult, TextMatch
from punie_semantic.sources import MAX_SOURCE_BYTES, decode
from punie_semantic.text_edits import split_lines
from punie_semantic.visible_files import VisibleFiles
from punie_semantic.workspace import Workspace

MAX_LINE = 400
MAX_PATTERN = 2000
MAX_SECONDS = 20.0
BINARY_HEAD = 8192
BATCH = 32

FindLines = Callable[[str, int], Awaitable[list[tuple[int, int]]]]


@dataclass(frozen=True)
class Query:
    """What is searched for, and how much of it is shown."""

    pattern: str
    regex: bool = False
    ignore_case: bool = False
    word: bool = False
    context: int = 0
    limit: int = 200

    def expression(self) -> str:
        """The pattern as `re` takes it. Raises PatternError for what no line can match."""
        if not self.pattern:
            raise PatternError("The pattern is empty. Pass what to look for.")
        if len(self.pattern) > MAX_PATTERN:
            raise PatternError(f"The pattern has over {MAX_PATTERN} characters. Pass a shorter one.")
        if not self.regex and ("\n" in self.pattern or "\r" in self.pattern):
            raise PatternError("The pattern has a line break, but lines are searched one by one. Pass one line of it.")
        source = self.pattern if self.regex else re.escape(self.pattern)
        return rf"(?<!\w)(?:{source})(?!\w)" if self.word else source

    @property
    def flags(self) -> int:
        """For `re.compile`."""
        return int(re.IGNORECASE) if self.ignore_case else 0


@dataclass
class _Found:
    matches: list[TextMatch] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    truncated: bool = False
    too_large: int = 0


async def search(workspace: Workspace, query: Query, files: VisibleFiles, versions: dict[str, int]) -> SearchResult:
    """Matches by file and line; partial when something was cut short. Raises PatternError."""
    found = _Found()
    expression = query.expression()
    if query.regex:
        try:
            async with RegexWorker(expression, query.flags) as worker:
                await _search(workspace, query, files, worker.matching_lines, found)
        except TooSlow as error:
            found.reasons.append(f"The pattern was given up on ({error}). Make it simpler.")
    else:
        await _search(workspace, query, files, _plain(expression, query.flags), found)
    if not files.complete:
        found.reasons.append("There are too many files. Pass a folder as path.")
    if found.too_large:
        found.reasons.append(f"{found.too_large} files over {MAX_SOURCE_BYTES >> 20} MB were not searched.")
    if found.truncated:
        found.reasons.append(f"There are more than {query.limit} matching lines. Pass a larger limit or a folder.")
    return SearchResult(
        matches=found.matches,
        truncated=found.truncated,
        state="partial" if found.reasons else "clean",
        reason=" ".join(found.reasons),
        versions=versions,
    )


def _plain(expression: str, flags: int) -> FindLines:
    """For literal patterns, which cannot take long."""
    compiled = re.compile(expression, flags)

    async def find(text: str, limit: int) -> list[tuple[int, int]]:
        return await asyncio.to_thread(matching_lines, text, compiled, limit) if compiled.search(text) else []

    return find


async def _search(workspace: Workspace, query: Query, files: VisibleFiles, find: FindLines, found: _Found) -> None:
    deadline = time.monotonic() + MAX_SECONDS
    async for path, text in _texts(workspace, files, found):
        if time.monotonic() > deadline:
            found.reasons.append(f"The search was ended after {MAX_SECONDS:g} s. Pass a folder as path.")
            return
        try:
            lines = await find(text, query.limit + 1 - len(found.matches))
        except TooSlow as error:
            name = relative(workspace.root, path)
            found.reasons.append(f"The pattern was given up on in {name} ({error}). Make it simpler.")
            return
        found.matches += _matches(relative(workspace.root, path), text, lines, query.context) if lines else []
        if len(found.matches) > query.limit:
            del found.matches[query.limit :]
            found.truncated = True
            return


async def _texts(workspace: Workspace, files: VisibleFiles, found: _Found) -> AsyncIterator[tuple[Path, str]]:
    """Paths and texts, sorted by path; files are found and read in a thread, some at a time."""
    paths = await asyncio.to_thread(_paths, workspace, files)
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        for path, text in zip(batch, await asyncio.to_thread(_read_all, workspace, batch, found), strict=True):
            if text is not None:
                yield path, text
            elif path == files.below and not found.too_large:
                found.reasons.append(f"{relative(workspace.root, path)} is no text file; it was not searched.")


def _paths(workspace: Workspace, files: VisibleFiles) -> list[Path]:
    return sorted({*files, *(path for path in unsaved(workspace) if files.accepts(path))})


def _read_all(workspace: Workspace, paths: list[Path], found: _Found) -> list[str | None]:
    edited = unsaved(workspace)
    return [_edited_text(workspace, path) if path in edited else _disk_text(path, found) for path in paths]


def _edited_text(workspace: Workspace, path: Path) -> str | None:
    """The overlay's text; None for a file that is deleted in it."""
    try:
        return workspace.overlay.text(path)
    except SemanticError:
        return None


def _disk_text(path: Path, found: _Found) -> str | None:
    """A file's text without keeping it: what is no text is passed over, what does not decode is read as it can be."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SOURCE_BYTES + 1)
    except OSError:
        return None
    if len(data) > MAX_SOURCE_BYTES:
        found.too_large += b"\0" not in data[:BINARY_HEAD]
        return None
    try:
        return decode(data, path.name).text
    except SourceError:
        return None if b"\0" in data[:BINARY_HEAD] else data.decode("utf-8", "replace")


def _matches(file: str, text: str, found: list[tuple[int, int]], context: int) -> list[TextMatch]:
    lines = [line.rstrip("\r\n")[:MAX_LINE] for line in split_lines(text)]
    return [
        TextMatch(
            file=file,
            line=number + 1,
            column=column + 1,
            text=lines[number],
            before=lines[max(number - context, 0) : number],
            after=lines[number + 1 : number + 1 + context],
        )
        for number, column in found
    ]
