"""Names that servers chose, as Python identifiers: never ours, never a keyword, the same each time."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection

# What APIs of models take.
MOST_NAME = 64

_SEPARATORS = re.compile(r"[^0-9A-Za-z]+")


def identifier(text: str, fallback: str) -> str:
    """ASCII letters, digits and single underscores; accents go, and what is no word at all is `fallback`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = _SEPARATORS.sub("_", plain).strip("_")[:MOST_NAME].strip("_")
    if not name:
        return fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def unique(name: str, taken: Collection[str]) -> str:
    """The name, or the first of `name_2`, `name_3`, ... that is not taken."""
    number, found = 1, name[:MOST_NAME]
    while found in taken:
        number += 1
        end = f"_{number}"
        found = f"{name[: MOST_NAME - len(end)].rstrip('_')}{end}"
    return found


def camel(text: str) -> str:
    """A name in the form of a class's."""
    return "".join(part[:1].upper() + part[1:] for part in text.split("_"))
