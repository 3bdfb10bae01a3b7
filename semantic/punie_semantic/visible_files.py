"""The files that a search looks at: not what git ignores, not hidden ones, no environments, no symlinks."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pathspec import GitIgnoreSpec

from punie_semantic.regular_files import read_regular

ALWAYS_SKIPPED = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules", "site-packages"})
MAX_FILES = 50_000
MAX_SECONDS = 10.0


@dataclass
class VisibleFiles:
    """One walk; `complete` is false once it was cut short.

    Args:
        root: the workspace.
        below: the file or folder to look at, in the workspace; a file that is named is never ignored.
        include: gitignore-style globs, separated by commas; a file must match one, if there are any.
        exclude: the same, for what is left out.
        hidden: whether names that begin with a dot are looked at.
    """

    root: Path
    below: Path
    include: str = ""
    exclude: str = ""
    hidden: bool = False
    complete: bool = True
    _rules: list[tuple[Path, GitIgnoreSpec]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Path]:
        if not self.below.is_dir():
            yield from (self.below,) if self.below.is_file() else ()
            return
        self._rules = [rule for folder in _above(self.root, self.below) for rule in _rules_in(folder)]
        deadline = time.monotonic() + MAX_SECONDS
        for count, path in enumerate(self._walk(self.below)):
            if count >= MAX_FILES or time.monotonic() > deadline:
                self.complete = False
                return
            yield path

    def accepts(self, path: Path) -> bool:
        """Whether a file that may exist in the overlay only is looked at."""
        if path == self.below:
            return True
        if not path.is_relative_to(self.below):
            return False
        parts = [part for part in (path, *path.parents) if part.is_relative_to(self.below) and part != self.below]
        self._rules = [rule for folder in _above(self.root, path.parent) for rule in _rules_in(folder)]
        return self._chosen(path) and not any(self._skipped(part, folder=part != path) for part in parts)

    def _walk(self, folder: Path) -> Iterator[Path]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return
        if folder != self.below:
            rules = _rules_in(folder)
            self._rules += rules
        else:
            rules = []
        for entry in entries:
            path = folder / entry.name
            try:
                mode = entry.stat(follow_symlinks=False).st_mode
            except OSError:
                continue
            if stat.S_ISDIR(mode) and not self._skipped(path, folder=True):
                yield from self._walk(path)
            elif stat.S_ISREG(mode) and self._chosen(path) and not self._skipped(path, folder=False):
                yield path
        del self._rules[len(self._rules) - len(rules) :]

    def _skipped(self, path: Path, *, folder: bool) -> bool:
        name = path.name
        if name in ALWAYS_SKIPPED or (name.startswith(".") and not self.hidden):
            return True
        if folder and (path / "pyvenv.cfg").is_file():
            return True
        for base, spec in reversed(self._rules):
            if path.is_relative_to(base):
                ignored = spec.check_file(path.relative_to(base).as_posix() + ("/" if folder else "")).include
                if ignored is not None:
                    return ignored
        return False

    def _chosen(self, path: Path) -> bool:
        name = path.relative_to(self.root).as_posix()
        included, excluded = _globs(self.include), _globs(self.exclude)
        return (not included or included.match_file(name)) and not (excluded and excluded.match_file(name))


def _globs(text: str) -> GitIgnoreSpec | None:
    patterns = [part.strip() for part in text.split(",") if part.strip()]
    return GitIgnoreSpec.from_lines(patterns) if patterns else None


def _above(root: Path, folder: Path) -> list[Path]:
    """The folder and those above it, topmost first: from the repository's top on, or from the workspace's."""
    chain = [folder, *folder.parents]
    top = next((parent for parent in chain if (parent / ".git").exists()), root)
    return chain[chain.index(top) :: -1]


def _rules_in(folder: Path) -> list[tuple[Path, GitIgnoreSpec]]:
    """What a folder's own files say is ignored; the later rule wins."""
    rules = []
    for name in (".git/info/exclude", ".gitignore", ".ignore"):
        try:
            lines = read_regular(folder / name).decode(errors="replace").splitlines()
        except OSError:
            continue
        rules.append((folder, GitIgnoreSpec.from_lines(lines)))
    return rules
