"""Problems that a mistake hid: they show once it is mended, and nobody has made them with the edit."""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from punie_semantic.diagnostics import Diagnostic

Kind = tuple[str, str, str, str]
MOST = 256
# Of a name that nothing defines, and of a module or an attribute that is not there, ty knows no type: whatever depends
# on it is not checked.
_HIDES = frozenset(
    {"unresolved-reference", "F821", "import-not-found", "possibly-missing-import", "missing-attribute"}
    | {"missing-union-attribute"}
)
# Of ruff's rules those that need no meanings of names.
_BROKEN = "invalid-syntax"
_STYLE = ("F", "I", "E", "W", "invalid-syntax")
# What ruff says of a name because of the module that it comes from; of a module that lacks the name it cannot say it.
_OF_MODULES = frozenset({"UP035", "PYI025", "TID251"})
_NAMES = frozenset(
    {"unresolved-reference", "possibly-unresolved-reference", "import-not-found", "possibly-missing-import"}
    | {"possibly-missing-submodule", "invalid-syntax"}
)


class Revealed:
    """What texts of files are known to show, for edits that are very likely what is meant.

    It holds for exactly these texts, and the last of them. Files that depend on such a text may show more, too: they
    could not know the types of what it defines.
    """

    def __init__(self) -> None:
        self._kinds: OrderedDict[tuple[Path, bytes], Counter[Kind]] = OrderedDict()

    def remember(self, path: Path, text: str, shown: Iterable[Diagnostic]) -> None:
        """A text of a file shows these."""
        self._kinds[_key(path, text)] = Counter(d.kind for d in shown)
        while len(self._kinds) > MOST:
            self._kinds.popitem(last=False)

    def forget(self, path: Path, text: str) -> None:
        """What a text shows is not excused."""
        self._kinds.pop(_key(path, text), None)

    def knows(self, path: Path, text: str) -> bool:
        """Whether a text is one of these."""
        return _key(path, text) in self._kinds

    def split(
        self, path: Path, text: str, introduced: Sequence[Diagnostic]
    ) -> tuple[list[Diagnostic], list[Diagnostic]]:
        """What is new in such a text and nobody knows of, and what a mistake hid."""
        left = Counter(self._kinds.get(_key(path, text), ()))
        new, shown = [], []
        for finding in introduced:
            (shown if left[finding.kind] > 0 else new).append(finding)
            left[finding.kind] -= 1
        return new, shown


def split_dependent(introduced: Sequence[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """The same for a file that depends on such a text, and was not edited."""
    shown = [d for d in introduced if d.tool == "ty" and d.code not in _NAMES]
    return [d for d in introduced if d not in shown], shown


def can_hide(target: Diagnostic) -> bool:
    """Whether a problem can have hidden others."""
    return target.code in _HIDES or target.code == _BROKEN


def hid(target: Diagnostic, new: Sequence[Diagnostic], edited: Container[int]) -> bool:
    """Whether a problem can have hidden others.

    Those that need types, or meanings of names, which nobody knew; or those of lines that did not parse.

    Args:
        target: the problem.
        new: what is reported without it.
        edited: the 0-based lines that its fix wrote.
    """
    if not can_hide(target):
        return False
    if target.code == _BROKEN:
        # The parser goes on behind an error as well as it can: what it skipped was not checked.
        return all(d.tool == "ty" and d.line not in edited and d.code not in _NAMES for d in new)
    moved = target.code == "import-not-found"
    return all(
        d.code not in _NAMES
        if d.tool == "ty"
        else (moved and d.code in _OF_MODULES) or (d.line not in edited and not d.code.startswith(_STYLE))
        for d in new
    )


def _key(path: Path, text: str) -> tuple[Path, bytes]:
    return path, hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
