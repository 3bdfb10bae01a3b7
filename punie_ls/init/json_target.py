"""Settings files of JSON with comments: VS Code's, Zed's and the JetBrains IDEs'."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from punie_ls.init.exceptions import Broken
from punie_ls.init.jsonc import line_of, parse
from punie_ls.init.jsonc_edits import depth_of, find, is_bare, put, remove, replace
from punie_ls.init.targets import Change, Merged, State, TakenBack
from punie_ls.init.text_file import TextFile


@dataclass(frozen=True)
class Wish:
    """What a value should be. `value` gets the present one, or None, and gives the one wanted: the same if it is good.

    `own` marks settings that only Punie has: if one is there already, the file is not merely unconfigured.
    """

    path: tuple[str, ...]
    value: Callable[[Any], Any]
    own: bool = False


@dataclass(frozen=True)
class JsonTarget:
    """A JSON file. With `dotted`, a path is one key such as `python.languageServer`, also found as an object's key."""

    path: Path
    wishes: Sequence[Wish]
    dotted: bool = False
    kind: Literal["json"] = "json"

    def merge(self, file: TextFile, written: str | None) -> Merged:
        """Only the values that are not yet as wanted are written. Raises Broken."""
        text, changes = file.text, []
        state: State = "not configured"
        root = parse(text)
        if root is not None and root.members is None:
            raise Broken("the whole file must be an object in braces", line_of(text, root.start))
        for wish in self.wishes:
            path = _dotted(text, wish.path[0]) if self.dotted else wish.path
            node = find(text, path)
            present = None if node is None else node.value
            wanted = _wanted(wish, present, None if node is None else line_of(text, node.start))
            if wish.own and node is not None:
                state = "differs"
            if wanted == present and node is not None:
                continue
            before = None if node is None else text[node.start : node.end]
            depth = depth_of(text, path)
            text = put(text, path, wanted)
            changes.append(Change(path, before, json.dumps(wanted, ensure_ascii=False), depth))
        return Merged(text, tuple(changes), state if changes else "configured")


def _wanted(wish: Wish, present: Any, line: int | None) -> Any:  # noqa: ANN401 - JSON data
    try:
        return wish.value(present)
    except Broken as error:
        raise Broken(str(error), line) from error


def take_back(text: str, changes: Sequence[Change]) -> TakenBack:
    """The text with the earlier values, where the present ones are still Punie's. Raises Broken."""
    left = []
    for change in reversed(changes):
        name = ".".join(change.path)
        node = find(text, change.path)
        if node is None:
            continue
        if node.value != json.loads(change.after):
            left.append(f"{name} is left, because it was changed since")
        elif change.before is not None:
            text = replace(text, change.path, change.before)
        else:
            text = _removed(text, change)
    return TakenBack(text, tuple(left))


def _removed(text: str, change: Change) -> str:
    """Without the value, and without the objects that were made for it, if nothing else is in them by now."""
    text = remove(text, change.path)
    for length in range(len(change.path) - 1, change.depth, -1):
        if is_bare(text, change.path[:length]):
            text = remove(text, change.path[:length])
    return text


def _dotted(text: str, key: str) -> tuple[str, ...]:
    """Where a setting with dots in its name is, or goes. Raises Broken when another setting makes it meaningless."""
    words = key.split(".")
    for count in range(1, len(words)):
        begin = ".".join(words[:count])
        node = find(text, (begin,))
        if node is None:
            continue
        if node.members is None:
            reason = f'"{begin}" must be an object, or be absent: as it is, the editor ignores "{key}"'
            raise Broken(reason, line_of(text, node.start))
        rest = ".".join(words[count:])
        if find(text, (key,)) is None and find(text, (begin, rest)) is not None:
            return begin, rest
    return (key,)
