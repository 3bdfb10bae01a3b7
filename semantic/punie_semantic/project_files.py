"""The Python files of a workspace: which there are, which changed on disk, and who imports whom."""

from __future__ import annotations

import os
import re
import stat
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.regular_files import read_regular
from punie_semantic.sources import MAX_SOURCE_BYTES

SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache"}
    | {".ruff_cache", ".pytest_cache", ".eggs", "site-packages", ".hypothesis", ".idea"}
)
OUTPUT_FOLDERS = frozenset({"build", "dist"})  # unless they are packages
MAX_FILES = 20_000
MAX_SECONDS = 3.0

# Unsaved texts by path; None for a file that is deleted.
Texts = Mapping[Path, str | None]

# LSP FileChangeType
CREATED, CHANGED, DELETED = 1, 2, 3

# An import may follow a `;` or a `:` on its line, go on after a backslash, and have comments in its parentheses.
_IMPORT = re.compile(
    r"(?:^|[;:\r])[ \t\f]*"
    r"(?:from[ \t]*(\.*[\w.]*)[ \t]+import[ \t]*(\((?:[^)#]|#[^\n]*)*\)|(?:[^\r\n#;\\]|\\\r?\n)+)"
    r"|import[ \t]+((?:[^\r\n#;\\]|\\\r?\n)+))",
    re.M,
)
_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True)
class _Stamp:
    mtime_ns: int
    size: int


class ProjectFiles:
    """A remembered scan of the folder. `complete` is false when the folder was too large to scan."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.complete = True
        self._stamps: dict[Path, _Stamp] = {}
        self._imports: dict[Path, tuple[_Stamp, frozenset[str]]] = {}

    def scan(self) -> list[tuple[Path, int]]:
        """Look at the disk again; gives what changed since the last look, with LSP FileChangeType."""
        seen: dict[Path, _Stamp] = {}
        deadline = time.monotonic() + MAX_SECONDS
        self.complete = True
        for path, status in walk(self.root):
            seen[path] = _Stamp(status.st_mtime_ns, status.st_size)
            if len(seen) >= MAX_FILES or time.monotonic() > deadline:
                self.complete = False
                break
        before = self._stamps
        self._stamps = seen
        self._imports = {path: known for path, known in self._imports.items() if path in seen}
        changes = [(p, CHANGED if p in before else CREATED) for p, s in seen.items() if before.get(p) != s]
        return changes + [(p, DELETED) for p in before if p not in seen]

    @property
    def paths(self) -> list[Path]:
        """All Python files, sorted."""
        return sorted(self._stamps)

    def dependents(self, changes: Mapping[Path, frozenset[str] | None], texts: Texts) -> list[Path]:
        """Files that may see the changes through their imports; rather too many than too few.

        A file that imports a changed one, directly or through others, sees the change if it imports a changed
        name, takes it as an attribute (`module.name`), or imports `*`. Whatever imports such a file may see it too.

        Args:
            changes: absolute paths with the names that changed; None when anything may have.
            texts: unsaved texts that count instead of the disk's; None for a file that is deleted.
        """
        importers = self._importers(texts)
        found: set[Path] = set()
        for path, names in changes.items():
            reached = self._reach({path}, importers)
            if names is not None:
                seeing = self._seeing(path, names, reached, texts, importers) if names else set()
                reached = seeing | self._reach(seeing, importers)
            found |= reached
        return sorted(found - changes.keys())

    def packages(self, texts: Texts) -> set[str]:
        """Top-level names that the project's files import."""
        return {name.partition(".")[0] for name in self._importers(texts)}

    def _seeing(
        self,
        path: Path,
        names: frozenset[str],
        reached: set[Path],
        texts: Texts,
        importers: Mapping[str, set[Path]],
    ) -> set[Path]:
        attribute = re.compile(rf"\.\s*(?:{'|'.join(map(re.escape, sorted(names)))})\b")
        seeing = {file for file in reached if attribute.search(self._text(file, texts))}
        for imported, files in importers.items():
            module, _, name = imported.rpartition(".")
            if module and name in names:
                seeing |= files & reached
        return seeing.union(*(importers.get(f"{module}.*", set()) for module in module_names(self.root, path)))

    def _reach(self, start: set[Path], importers: Mapping[str, set[Path]]) -> set[Path]:
        """Everything that imports one of `start`, directly or through others."""
        found: set[Path] = set()
        queue = deque(start)
        while queue:
            for name in module_names(self.root, queue.popleft()):
                fresh = importers.get(name, set()) - found - start
                found |= fresh
                queue.extend(fresh)
        return found

    def _text(self, path: Path, texts: Texts) -> str:
        if path in texts:
            return texts[path] or ""
        try:
            return read_regular(path, MAX_SOURCE_BYTES).decode(errors="replace")
        except OSError:
            return ""

    def _importers(self, texts: Texts) -> dict[str, set[Path]]:
        importers: dict[str, set[Path]] = {}
        for path, names in self.imports(texts).items():
            for name in names:
                importers.setdefault(name, set()).add(path)
        return importers

    def imports(self, texts: Texts) -> dict[Path, frozenset[str]]:
        """The dotted names that each file's imports may refer to, new files included."""
        found = {path: self._cached(path, stamp) for path, stamp in sorted(self._stamps.items()) if path not in texts}
        for path, text in texts.items():
            if text is not None and path.suffix in (".py", ".pyi"):
                found[path] = imported_names(text, self.root, path)
        return found

    def _cached(self, path: Path, stamp: _Stamp) -> frozenset[str]:
        known = self._imports.get(path)
        if known and known[0] == stamp:
            return known[1]
        names = imported_names(self._text(path, {}), self.root, path)
        self._imports[path] = (stamp, names)
        return names


def walk(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The Python files below a folder that belong to the project, with their lstat; symlinks are left out."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if not _is_skipped(folder, f))
        for name in files:
            if name.endswith((".py", ".pyi")):
                path = Path(folder, name)
                try:
                    status = path.lstat()
                except OSError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield path, status


def _is_skipped(parent: str, name: str) -> bool:
    if name in OUTPUT_FOLDERS:
        return not Path(parent, name, "__init__.py").exists()
    return name in SKIPPED_FOLDERS or Path(parent, name, "pyvenv.cfg").exists()


def module_names(root: Path, path: Path) -> list[str]:
    """All dotted names by which a file may be imported: any parent folder can be on the import path."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return [".".join(parts[start:]) for start in range(len(parts))]


def imported_names(text: str, root: Path, path: Path) -> frozenset[str]:
    """Dotted names that the imports of a source text may refer to, relative ones made absolute."""
    names: set[str] = set()
    for origin, targets, plain in _IMPORT.findall(text):
        if plain:
            for item in _items(plain):
                parts = item.split(".")
                names.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
            continue
        module = _absolute(origin, root, path)
        if module:
            names.add(module)
        names.update(f"{module}.{item}" if module else item for item in _items(targets))
    return frozenset(names)


def _items(targets: str) -> list[str]:
    """The names in a comma-separated list, without `as` names, comments and parentheses."""
    plain = _COMMENT.sub("", targets).strip("() \t\r\n").replace("\\", " ")
    return [item.split()[0] for item in plain.split(",") if item.split()]


def _absolute(origin: str, root: Path, path: Path) -> str:
    level = len(origin) - len(origin.lstrip("."))
    if not level:
        return origin
    package = list(path.relative_to(root).parts[:-1])
    package = package[: len(package) - (level - 1)] if level > 1 else package
    tail = origin.lstrip(".")
    return ".".join([*package, *([tail] if tail else [])])
