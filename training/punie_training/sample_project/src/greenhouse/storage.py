"""Keeping texts: in memory, or in files."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Storage(Protocol):
    """Keeps texts by their key."""

    def save(self, key: str, text: str) -> None: ...

    def load(self, key: str) -> str: ...


class MemoryStorage:
    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def save(self, key: str, text: str) -> None:
        self._texts[key] = text

    def load(self, key: str) -> str:
        return self._texts[key]


class FileStorage:
    """One file for each key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, key: str, text: str) -> None:
        self.path_of(key).write_text(text, encoding="utf-8")

    def load(self, key: str) -> str:
        try:
            return self.path_of(key).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise KeyError(key)

    def path_of(self, key: str) -> Path:
        return self.folder / f"{key}.txt"


def copy_all(source: Storage, target: Storage, keys: list[str]) -> int:
    """Copy texts from one storage to another; gives how many."""
    for key in keys:
        target.save(key, source.load(key))
    return len(keys)
