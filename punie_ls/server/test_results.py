"""Failures of tests as diagnostics: where the test fails, and where the project's code raised.

They are about texts as they were when the tests ran. Once a text is another one, its diagnostics are dropped.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_semantic.exceptions import SourceError
from punie_semantic.sources import read_source
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.results import TestFailure

SOURCE = "Punie"
CODE = "test-failure"
MAX_MESSAGE = 2000
_TRACE_LINE = re.compile(r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+):", re.MULTILINE)


@dataclass(frozen=True)
class _At:
    """A line of a file, from 1, and the file's text when the tests ran."""

    path: Path
    uri: str
    line: int
    text: str


@dataclass(frozen=True)
class _Failure:
    test_id: str
    message: str
    test: _At
    raised: _At | None

    @property
    def places(self) -> list[_At]:
        return [self.test, *([self.raised] if self.raised else [])]


class TestDiagnostics:
    """The failures that are known, by the id of the test."""

    __test__ = False

    def __init__(self, server: PunieServer) -> None:
        self._server = server
        self._shown: dict[tuple[Path, str], _Failure] = {}
        self._messages: dict[tuple[Path, str], str] = {}

    async def update(
        self, project: Project, failures: Iterable[TestFailure], passed: Iterable[str], texts: Mapping[Path, str]
    ) -> int:
        """Take what a run found.

        Args:
            project: whose tests they are.
            failures: what failed.
            passed: ids of what is known to fail no longer.
            texts: the editor's texts with which the tests ran, by path.

        Returns:
            How many failures are not shown because their file has changed since the run began.
        """
        changed: set[str] = set()
        for test_id in passed:
            self._messages.pop((project.root, test_id), None)
            if gone := self._shown.pop((project.root, test_id), None):
                changed.add(gone.test.uri)
        found = list(failures)
        located = await asyncio.to_thread(self._locate, project, found, texts)
        for failure, place in zip(found, located, strict=True):
            key = (project.root, failure.test_id)
            self._messages[key] = failure.message
            if old := self._shown.pop(key, None):
                changed.add(old.test.uri)
            if place is not None:
                self._shown[key] = place
                changed.add(place.test.uri)
        for uri in changed:
            self._publish(uri)
        return located.count(None)

    def _locate(
        self, project: Project, failures: Iterable[TestFailure], texts: Mapping[Path, str]
    ) -> list[_Failure | None]:
        """Where the failures are; None for those whose text is another one by now."""
        places = [_located(project, failure, texts) for failure in failures]
        return [p if p is not None and all(self._is_current(at) for at in p.places) else None for p in places]

    def failing(self, project: Project) -> dict[str, str]:
        """The tests that failed when they ran last, and how."""
        return {test_id: message for (root, test_id), message in self._messages.items() if root == project.root}

    def shown(self, uri: str) -> list[types.Diagnostic]:
        """The diagnostics of a document."""
        return [self._diagnostic(f) for f in self._shown.values() if f.test.uri == uri]

    def text_changed(self, uri: str) -> None:
        """A document was opened, edited or written: what is not about this text is dropped."""
        path = path_of(uri)
        stale = [
            key
            for key, f in self._shown.items()
            if any(at.path == path and not self._is_current(at) for at in f.places)
        ]
        uris = {self._shown.pop(key).test.uri for key in stale}
        for changed in uris:
            self._publish(changed)

    def disk_changed(self, uris: Iterable[str]) -> None:
        """Files were written by somebody: those that are not open count too."""
        watched = {at.path for failure in self._shown.values() for at in failure.places}
        for uri in uris:
            if path_of(uri) in watched and self._server.documents.get(uri) is None:
                self.text_changed(uri)

    def _is_current(self, at: _At) -> bool:
        try:
            return self._server.text(at.uri, at.path) == at.text
        except (SourceError, OSError):
            return False

    def _publish(self, uri: str) -> None:
        items = self.shown(uri)
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=self._server.documents.version(uri), diagnostics=items)
        )

    def _diagnostic(self, failure: _Failure) -> types.Diagnostic:
        related = None
        if failure.raised and self._server.client_supports("text_document.publish_diagnostics.related_information"):
            location = types.Location(uri=failure.raised.uri, range=self._range(failure.raised))
            related = [types.DiagnosticRelatedInformation(location=location, message="raised here")]
        name = failure.test_id.rpartition("::")[2]
        return types.Diagnostic(
            range=self._range(failure.test),
            message=f"{name} failed: {failure.message[:MAX_MESSAGE].strip() or 'see its output'}",
            severity=types.DiagnosticSeverity.Error,
            code=CODE,
            source=SOURCE,
            related_information=related,
            data={"testId": failure.test_id},
        )

    def _range(self, at: _At) -> types.Range:
        lines = TextLines(at.text)
        row = min(at.line, len(lines)) - 1
        line = lines.line(row).rstrip("\r\n")
        start = lines.start(row) + len(line) - len(line.lstrip())
        end = max(start, lines.start(row) + len(line.rstrip()))
        encoding = self._server.documents.encoding
        return types.Range(
            start=types.Position(**lines.position(start, encoding)), end=types.Position(**lines.position(end, encoding))
        )


def _located(project: Project, failure: TestFailure, texts: Mapping[Path, str]) -> _Failure | None:
    """Where a failure is: the last line of its test's file in the traceback, and the last of other project code."""
    file = failure.test_id.partition("::")[0]
    line = failure.line if failure.file == file else 0
    raised: tuple[str, int] | None = None
    for match in _TRACE_LINE.finditer(failure.traceback):
        name, number = _relative(project, match["file"]), int(match["line"])
        if name == file:
            line = number
        elif name:
            raised = name, number
    test = _at(project, file, max(line, 1), texts)
    if test is None:
        return None
    return _Failure(failure.test_id, failure.message, test, _at(project, *raised, texts) if raised else None)


def _relative(project: Project, name: str) -> str:
    """A file of a traceback as a project's own file; empty for other people's code."""
    path = project.root / name
    if not path.is_relative_to(project.root) or ".." in path.parts or not path.is_file():
        return ""
    inner = path.relative_to(project.root)
    return "" if any(part.startswith(".") or part == "site-packages" for part in inner.parts) else inner.as_posix()


def _at(project: Project, file: str, line: int, texts: Mapping[Path, str]) -> _At | None:
    root_path, path = project.root / file, project.folder / file
    try:
        text = texts[root_path] if root_path in texts else read_source(root_path).text
    except (SourceError, OSError):
        return None
    buffer = project.buffers().get(root_path)
    return _At(path, buffer.uri if buffer else path.as_uri(), line, text)
