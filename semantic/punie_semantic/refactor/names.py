"""Names for what a refactoring makes: the user's wish checked, or a suggestion that collides with nothing."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.base import is_name

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VERBS = re.compile(r"^(?:get|make|create|build|compute|calculate|find|load|read|fetch|parse|to|as|from|new)_(?=\w)")
_TAKEN = frozenset(dir(builtins)) | frozenset(keyword.softkwlist) | frozenset(keyword.kwlist)


def choose(wish: str, suggestion: str, taken: Collection[str]) -> str:
    """The wish, which must be free, or the suggestion with a number when that is taken. Raises RefactorError."""
    if wish:
        if not is_name(wish) or (wish.startswith("__") and not wish.endswith("__")):
            raise RefactorError(f"{wish!r} cannot be the name of a variable or function here. Pass another name.")
        if wish in taken:
            raise RefactorError(f"{wish} already means something here. Pass another name.")
        return wish
    name, number = suggestion, 2
    while name in taken or name in _TAKEN:
        name, number = f"{suggestion}_{number}", number + 1
    return name


def suggested(node: cst.BaseExpression, otherwise: str = "value") -> str:
    """A name from what an expression calls or reads."""
    word = ""
    match node:
        case cst.Await():
            return suggested(node.expression, otherwise)
        case cst.Call():
            word = _last_word(node.func)
        case cst.Attribute():
            word = node.attr.value
        case cst.Subscript():
            word = _key(node)
        case cst.ListComp() | cst.List():
            word = "items"
    word = _VERBS.sub("", _WORD_START.sub("_", word).lower().strip("_"))
    return word if len(word) > 1 and is_name(word) else otherwise


def _last_word(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _key(node: cst.Subscript) -> str:
    if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        key = node.slice[0].slice.value
        if isinstance(key, cst.SimpleString) and isinstance(key.evaluated_value, str):
            return re.sub(r"\W", "_", key.evaluated_value)
    return "item"
