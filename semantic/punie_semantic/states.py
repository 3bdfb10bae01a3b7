"""States of an overlay: texts by path.

A file that a turn creates is in its state with its text, one that it deletes or renames with `GONE`; files that are
not in it are as in the base.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

State = Mapping[Path, str]


class _Gone(str):
    """The type of `GONE`."""

    __slots__ = ()


# The text of a file that a state lacks: empty, and told from an empty file by identity (`text is GONE`).
GONE: Final = _Gone()


@dataclass(frozen=True)
class Layout:
    """How a state's files differ from those on disk: which there are more, and which are gone."""

    created: frozenset[Path] = frozenset()
    deleted: frozenset[Path] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.created or self.deleted)


AS_ON_DISK = Layout()


def state_key(state: State) -> str:
    """A short name for a state: equal edits have equal keys."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted(state):
        digest.update(str(path).encode("utf-8", "surrogateescape") + b"\0")
        digest.update(b"\0gone" if state[path] is GONE else state[path].encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()
