"""What navigation is asked about, and LSP's locations as results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_semantic.outlines import outline
from punie_semantic.places import PYTHON_FILES, Range, Texts, ask, position, shown
from punie_semantic.results import Location
from punie_semantic.symbols import locate
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace


@dataclass(frozen=True)
class Target:
    """A place to ask ty about, as LSP has it."""

    file: Path
    position: dict[str, int]


async def target(workspace: Workspace, path: str, line: int, column: int, symbol: str) -> Target:
    """The place that a tool's arguments mean; a name leads to its definition. Raises what `locate` raises."""
    if line and column:
        return Target(*position(workspace, path, line, column))
    found = await locate(workspace, symbol=symbol, path=path, line=line, column=column)
    return Target(found.file, found.position)


def end_of(place: Location) -> tuple[str, int, int]:
    """Where a name ends, which tells names apart: ty's definition of an attribute begins at `self`."""
    return place.file, place.end_line, place.end_column


async def definition_places(workspace: Workspace, place: Target) -> set[tuple[str, int, int]]:
    """`end_of` all names that define what is at a place: overloads, setters, branches."""
    answer = await ask(workspace, place.file, "textDocument/definition", {"position": place.position})
    ends = set()
    for item in answer or []:
        path = path_of(item["uri"])
        spans = [item["range"]]
        if path is not None and path.is_relative_to(workspace.root) and path.suffix in PYTHON_FILES:
            symbols = await outline(workspace, path)
            names = {s.qualified_name for s in symbols if s.name_range == item["range"]}
            spans += [s.name_range for s in symbols if s.qualified_name in names]
        file = item["uri"] if path is None else shown(workspace, path)
        ends |= {(file, span["end"]["line"] + 1, span["end"]["character"] + 1) for span in spans}
    return ends


def locations_of(workspace: Workspace, answer: Any) -> list[Location]:  # noqa: ANN401 - wire data
    """LSP's Location, list of them or null as places, by file and line, each once."""
    items = answer if isinstance(answer, list) else [answer] if answer else []
    texts = Texts(workspace)
    places = {location(workspace, item["uri"], item["range"], texts): None for item in items}
    return sorted(places, key=lambda p: (p.external, p.file, p.line, p.column))


def location(workspace: Workspace, uri: str, span: Range, texts: Texts) -> Location:
    """One place; ty's own typeshed may have no file, and then the URI stands for it."""
    path = path_of(uri)
    start, end = span["start"], span["end"]
    return Location(
        file=uri if path is None else shown(workspace, path),
        line=start["line"] + 1,
        column=start["character"] + 1,
        end_line=end["line"] + 1,
        end_column=end["character"] + 1,
        text="" if path is None else texts.line(path, start["line"]),
        external=path is None or not path.is_relative_to(workspace.root),
    )
