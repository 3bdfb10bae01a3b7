"""Which files may subclass a class or name an attribute: an index of the project's texts, kept while they stay.

It knows spelling only, and rather gives too much: what a name means, ty is asked.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from punie_semantic.outlines import text_of, unsaved
from punie_semantic.places import PYTHON_FILES
from punie_semantic.project_files import OUTPUT_FOLDERS, ProjectFiles
from punie_semantic.workspace import Workspace

_CLASS = re.compile(r"(?:^|\r)[ \t\f]*class(?:[ \t\f]|\\\r?\n)+(\w+)(?=[ \t\f]*[(\[\\])", re.M)
_AS = re.compile(r"\b(\w+)\s+as\s+(\w+)")
_ASSIGNED = re.compile(
    r"(?:^|[\r;:])[ \t\f]*(?:type[ \t]+)?(\w+)[ \t]*(?:\[[^\]\n]*\])?(?::[^=\n]*)?=(?!=)([^\n]*)", re.M
)
_ATTRIBUTE = re.compile(r"\.\s*([^\W\d]\w*)")
_STARRED = re.compile(r"\b(\w+)\s*\((?:[^()]|\([^()]*\))*\*\*\s*[^\W\d({]")
_WORD = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*")
_OPEN, _CLOSED = "([{", ")]}"
MAX_HEADER = 4000


@dataclass(frozen=True)
class Names:
    """What a text spells.

    Attributes:
        classes: where the names of its classes begin, as offsets, and all words in their heads.
        others: other names that something is given, by `as` or by an assignment, with the words it is taken from.
        attributes: all that follows a dot.
        starred: what is called with `**` among its arguments.
    """

    classes: tuple[tuple[int, frozenset[str]], ...]
    others: tuple[tuple[str, frozenset[str]], ...]
    attributes: frozenset[str]
    starred: frozenset[str] = frozenset()


class NameIndex:
    """What the Python files of a project spell, by file."""

    def __init__(self, texts: Mapping[Path, Names]) -> None:
        self._texts = texts
        self._heads: dict[str, list[tuple[Path, int]]] = {}
        self._given: dict[str, set[str]] = {}
        for path, names in texts.items():
            for at, words in names.classes:
                for word in words:
                    self._heads.setdefault(word, []).append((path, at))
            for new, olds in names.others:
                for old in olds:
                    self._given.setdefault(old, set()).add(new)

    def heads_with(self, name: str) -> list[tuple[Path, int]]:
        """Classes that may have a class of that name as a base, under any name that it is given; by file and offset."""
        wanted, waiting = {name}, [name]
        while waiting:
            fresh = self._given.get(waiting.pop(), set()) - wanted
            wanted |= fresh
            waiting += fresh
        return sorted({head for word in wanted & self._heads.keys() for head in self._heads[word]})

    def naming(self, attribute: str) -> list[Path]:
        """Files with such a name after a dot."""
        return [path for path, names in self._texts.items() if attribute in names.attributes]

    def starring(self, function: str) -> list[Path]:
        """Files that call what is so called with arguments that only the run will tell."""
        return [path for path, names in self._texts.items() if function in names.starred]


@dataclass
class _Kept:
    """What is remembered of a project between questions."""

    names: dict[Path, tuple[tuple[int, int], Names]] = field(default_factory=dict)
    whole: tuple[dict[Path, Names], NameIndex] | None = None
    output: set[Path] = field(default_factory=set)


_kept: WeakKeyDictionary[ProjectFiles, _Kept] = WeakKeyDictionary()


async def name_index(workspace: Workspace) -> NameIndex | None:
    """The index of the present state; None when not all files are known."""
    return await asyncio.to_thread(_index, workspace)


def names_of(text: str) -> Names:
    """What one text spells."""
    classes = tuple((m.start(1), _head(text, m.end(1))) for m in _CLASS.finditer(text)) if "class" in text else ()
    others = [(new, frozenset((old,))) for old, new in _AS.findall(text) if old != new]
    others += [(new, frozenset(_WORD.findall(value))) for new, value in _ASSIGNED.findall(text)]
    starred = frozenset(_STARRED.findall(text)) if "**" in text else frozenset[str]()
    return Names(classes, tuple(others), frozenset(_ATTRIBUTE.findall(text)), starred)


def _index(workspace: Workspace) -> NameIndex | None:
    files = workspace.files
    if not files.complete:
        return None
    kept = _kept.setdefault(files, _Kept())
    own = unsaved(workspace)
    texts: dict[Path, Names] = {}
    for path in files.paths:
        if path not in own and (names := _read(workspace, path, kept)) is not None:
            texts[path] = names
    texts |= {path: names_of(text_of(workspace, path)) for path in own if path.suffix in PYTHON_FILES}
    # Equal names are the same objects, so this comparison is quick.
    if kept.whole is None or kept.whole[0] != texts:
        kept.whole = (texts, NameIndex(texts))
        kept.output = _output_folders(texts)
    # ty looks into folders of build output, and the index does not.
    return None if any(folder.is_dir() for folder in kept.output) else kept.whole[1]


def _read(workspace: Workspace, path: Path, kept: _Kept) -> Names | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - a third of the time, for every file of the project
    except OSError:
        return None
    stamp = (status.st_mtime_ns, status.st_size)
    known = kept.names.get(path)
    if known is None or known[0] != stamp:
        known = kept.names[path] = (stamp, names_of(text_of(workspace, path)))
    return known[1]


def _head(text: str, start: int) -> frozenset[str]:
    """The words between a class's name and the colon of its head."""
    head = _QUOTED.sub(lambda m: m[0][1:-1] if m[0][0] != "#" else "", text[start : start + MAX_HEADER])
    depth = 0
    for at, character in enumerate(head):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSED:
            depth -= 1
        elif character == ":" and depth <= 0:
            return frozenset(_WORD.findall(head[:at]))
    return frozenset(_WORD.findall(head))


def _output_folders(texts: Mapping[Path, Names]) -> set[Path]:
    """Where build output would be."""
    folders = {path.parent for path in texts}
    return {folder / name for folder in folders for name in OUTPUT_FOLDERS} - folders
