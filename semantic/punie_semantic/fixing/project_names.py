"""What the project's files import and define at their top, by name: where a name that a file lacks may come from."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

from punie_semantic.exceptions import SemanticError
from punie_semantic.imports import Import, absolute
from punie_semantic.outlines import module_name, unsaved
from punie_semantic.places import PYTHON_FILES
from punie_semantic.project_files import ProjectFiles
from punie_semantic.workspace import Workspace

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n\\]*(?:\\\r?\n[^\n\\]*)*)"
    r"|import[ \t]+(?P<plain>[^\n;]+))",
    re.M,
)
_DEFINED = re.compile(
    r"^(?:async[ \t]+def|def|class|type)[ \t]+(?P<name>\w+)|^(?P<value>[^\W\d]\w*)[ \t]*(?::[^=\n]*)?=(?!=)", re.M
)
_ITEM = re.compile(r"([\w.]+)(?:\s+as\s+(\w+))?")
_COMMENT = re.compile(r"#[^\n]*")
MOST_FILES = 3000
MOST_SEARCHED = 300


@dataclass(frozen=True)
class FileNames:
    """What one file imports, by the name that this gives it, and what it defines at its top."""

    imports: tuple[tuple[str, Import], ...]
    defines: frozenset[str]


@dataclass
class ProjectNames:
    """The names of the project's files."""

    root: Path
    files: dict[Path, FileNames] = field(default_factory=dict)

    @cached_property
    def modules(self) -> dict[Path, str]:
        """Each file's dotted name."""
        return {path: module_name(self.root, path) for path in self.files}

    @cached_property
    def packages(self) -> set[str]:
        """The project's top-level packages and modules."""
        return {name.partition(".")[0] for name in self.modules.values()}

    def importing(self, name: str) -> Counter[Import]:
        """How other files come to a name: absolute imports, with how many files have each."""
        found: Counter[Import] = Counter()
        for path, names in self.files.items():
            for bound, there in names.imports:
                if bound == name:
                    found[self.made_absolute(path, there)] += 1
        return found

    def defining(self, name: str) -> list[tuple[str, Path]]:
        """The modules that define a name at their top."""
        return [(self.modules[path], path) for path, names in self.files.items() if name in names.defines]

    def made_absolute(self, path: Path, there: Import) -> Import:
        """An import of a file as any other could write it."""
        if not there.module.startswith("."):
            return there
        module = absolute(there.module, self.modules.get(path, ""), path.stem == "__init__")
        return Import(module, there.name, there.alias)


_kept: WeakKeyDictionary[ProjectFiles, dict[Path, tuple[tuple[int, int], FileNames]]] = WeakKeyDictionary()


async def project_names(workspace: Workspace) -> ProjectNames:
    """The names in the overlay's present state."""
    return await asyncio.to_thread(_collect, workspace)


async def times_written(workspace: Workspace, words: Collection[str], path: Path) -> Counter[str]:
    """How often the project's other files spell some words, as parts of names and in comments."""
    return await asyncio.to_thread(_count, workspace, tuple(words), path)


def _count(workspace: Workspace, words: tuple[str, ...], own: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    # The files around come first.
    near = sorted(workspace.files.paths, key=lambda p: (p.parent != own.parent, len(p.parts)))
    for path in near[:MOST_SEARCHED]:
        if path != own:
            text = _text(workspace, path)
            found.update({word: text.count(word) for word in words})
    return found


def _text(workspace: Workspace, path: Path) -> str:
    try:
        return workspace.overlay.text(path).lower()
    except SemanticError:
        return ""


def _collect(workspace: Workspace) -> ProjectNames:
    kept = _kept.setdefault(workspace.files, {})
    own = unsaved(workspace)
    found = ProjectNames(workspace.root)
    for path in [*workspace.files.paths[:MOST_FILES], *own]:
        names = _read(workspace, path, kept, fresh=path in own)
        if names is not None:
            found.files[path] = names
    return found


def _read(
    workspace: Workspace, path: Path, kept: dict[Path, tuple[tuple[int, int], FileNames]], *, fresh: bool
) -> FileNames | None:
    try:
        if fresh:
            return names_of(workspace.overlay.text(path)) if path.suffix in PYTHON_FILES else None
        status = os.stat(path)  # noqa: PTH116 - a third of the time, for every file of the project
        stamp = (status.st_mtime_ns, status.st_size)
        known = kept.get(path)
        if known is None or known[0] != stamp:
            known = kept[path] = (stamp, names_of(workspace.overlay.text(path)))
    except (SemanticError, OSError):
        return None
    return known[1]


def names_of(text: str) -> FileNames:
    """The names of one text."""
    defines = frozenset(m["name"] or m["value"] for m in _DEFINED.finditer(text))
    return FileNames(tuple((found.binds, found) for found in _imports(text)), defines)


def _imports(text: str) -> Iterator[Import]:
    for match in _IMPORT.finditer(text):
        module = match["module"] or ""
        listed = _COMMENT.sub("", match["names"] if module else match["plain"])
        for name, alias in _ITEM.findall(listed):
            yield Import(module, name, alias) if module else Import(name, "", alias)
