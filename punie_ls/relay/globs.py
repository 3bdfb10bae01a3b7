"""LSP's glob patterns: `*`, `**`, `?`, `{a,b}`, `[a-z]` and `[!a-z]`, over paths with slashes."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from punie_ls.relay.session import path_of

_PART = re.compile(r"\*\*/|\*\*|\*|\?|\{|\}|,|\[!?[^\]/]+\]|[^*?{},\[]+|\[")
_SIMPLE = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class Watcher:
    """One `FileSystemWatcher` as a child registered it.

    Args:
        watcher: `globPattern`, relative to a folder or not, and `kind`.
        folders: what a pattern that is neither relative nor absolute is about.
    """

    def __init__(self, watcher: dict[str, Any], folders: list[Path]) -> None:
        pattern = watcher.get("globPattern")
        self._kind: int = watcher.get("kind") or 7
        if isinstance(pattern, dict):
            base = pattern.get("baseUri")
            folder = path_of(base.get("uri") if isinstance(base, dict) else base)
            self.bases = [folder] if folder else []
            self._pattern = translate(str(pattern.get("pattern")))
        else:
            absolute = str(pattern).startswith("/")
            self.bases = [_literal_folder(str(pattern))] if absolute else list(folders)
            self._pattern = translate(str(pattern).removeprefix(f"{self.bases[0]}/") if absolute else str(pattern))

    def wants(self, path: Path, change: int) -> bool:
        """Whether the child asked for this change (1 created, 2 changed, 3 deleted)."""
        if not self._kind & (1 << (change - 1)):
            return False
        return any(
            self._pattern.fullmatch(path.relative_to(base).as_posix())
            for base in self.bases
            if path != base and path.is_relative_to(base)
        )


@lru_cache
def translate(pattern: str) -> re.Pattern[str]:
    """A glob pattern as a regular expression for whole paths."""
    depth = 0
    translated = []
    for part in _PART.findall(pattern):
        if part == "{":
            depth += 1
            translated.append("(?:")
        elif part == "}" and depth:
            depth -= 1
            translated.append(")")
        elif part == "," and depth:
            translated.append("|")
        elif part.startswith("[") and len(part) > 1:
            translated.append(_character_class(part))
        else:
            translated.append(_SIMPLE.get(part) or re.escape(part))
    return re.compile("".join(translated) + ")" * depth, re.DOTALL)


def _character_class(part: str) -> str:
    inner = part[1:-1]
    negation = "^" if inner.startswith("!") else ""
    return f"[{negation}" + re.escape(inner.removeprefix("!")).replace(r"\-", "-") + "]"


def _literal_folder(pattern: str) -> Path:
    """The folder before the first wildcard of an absolute pattern."""
    literal = re.split(r"[*?{\[]", pattern, maxsplit=1)[0]
    return Path(literal.rsplit("/", 1)[0] or "/")
