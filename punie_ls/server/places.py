"""From a command's arguments to a place in a file, as prompts name it: lines and columns from 1, in code points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from pygls.exceptions import JsonRpcInvalidParams

from punie_semantic.exceptions import SourceError
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.commands.arguments import Position, Range
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer


@dataclass(frozen=True)
class Place:
    """A file of a project, and a place or a selection in it; `line` 0 is the whole file.

    `start` and `end` are offsets in `text`.
    """

    uri: str
    path: Path
    project: Project
    file: str
    text: str
    start: int = 0
    end: int = 0
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    @property
    def selected(self) -> str:
        """The selected text."""
        return self.text[self.start : self.end]


def place_of(
    server: PunieServer,
    command: str,
    uri: str | None,
    span: Range | None = None,
    position: Position | None = None,
) -> Place:
    """The place that a command is about: as given, or where the user worked last. Raises JsonRpcInvalidParams."""
    where = _span(span, position)
    if uri is None:
        focus = server.focus.get(server.documents.version)
        if focus is None:
            raise JsonRpcInvalidParams(
                f"{command} does not know which file you mean: call it with an object that has its uri."
            )
        uri, where = focus.uri, where or focus.span
    path = path_of(uri)
    if path is None:
        raise JsonRpcInvalidParams(f"{uri} is no file on disk.")
    if reason := server.projects.refusal(path):
        raise JsonRpcInvalidParams(reason)
    project = server.projects.of(path)
    try:
        text = server.text(uri, path)
    except SourceError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    return _place(server, Place(uri, path, project, path.relative_to(project.folder).as_posix(), text), where)


def project_of(server: PunieServer, command: str, uri: str | None) -> Project:
    """The project of a document, or the one worked on last. Raises JsonRpcInvalidParams."""
    return server.usual_project(command) if uri is None else place_of(server, command, uri).project


def _span(span: Range | None, position: Position | None) -> Mapping[str, Any] | None:
    if span is not None:
        return msgspec.to_builtins(span)
    if position is not None:
        point = msgspec.to_builtins(position)
        return {"start": point, "end": point}
    return None


def _place(server: PunieServer, whole: Place, span: Mapping[str, Any] | None) -> Place:
    if span is None:
        return whole
    lines = TextLines(whole.text)
    start = lines.offset(span["start"], server.documents.encoding)
    end = max(start, lines.offset(span["end"], server.documents.encoding))
    first, last = lines.position(start, "utf-32"), lines.position(end, "utf-32")
    chosen = end > start
    return Place(
        whole.uri,
        whole.path,
        whole.project,
        whole.file,
        whole.text,
        start,
        end,
        first["line"] + 1,
        first["character"] + 1,
        last["line"] + 1 if chosen else 0,
        last["character"] + 1 if chosen else 0,
    )
