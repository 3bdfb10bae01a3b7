"""Values across the sandbox border: results become named tuples, and nothing huge or deep gets through.

Shared references survive the border, so a value that is tiny in the sandbox can be endless when it is walked.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import Any

import pydantic_monty as monty
from pydantic import BaseModel

MAX_SIZE = 2_000_000
MAX_DEPTH = 100
ITEM_SIZE = 8
MAX_DIGITS_BITS = 10_000

_AS_TEXT = (bytes, complex, date, time, timedelta, Decimal, PurePath, range, slice, type)


@cache
def _record(model: type[BaseModel]) -> Any:  # noqa: ANN401 - a named tuple class
    return namedtuple(model.__name__, list(model.model_fields), module="builtins")


def to_sandbox(value: Any) -> Any:  # noqa: ANN401 - any tool result
    """A tool's result as the sandbox takes it: pydantic models become named tuples with the same attributes.

    What is shared stays shared. Raises TypeError for what a program cannot hold, ValueError for what is too deep.
    """
    return _Crossing().convert(value, 0)


class _Crossing:
    """One result on its way; remembers by identity what it has converted."""

    def __init__(self) -> None:
        self._done: dict[int, Any] = {}

    def convert(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if value is None or isinstance(value, bool | float | bytes):
            return value
        if isinstance(value, str):
            return _text(str(value.value) if isinstance(value, Enum) else str(value))
        if isinstance(value, int):
            return int(value)
        key = id(value)
        if key not in self._done:
            if depth > MAX_DEPTH:
                raise ValueError(f"the result is nested deeper than {MAX_DEPTH}")
            self._done[key] = self._convert(value, depth + 1)
        return self._done[key]

    def _convert(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if isinstance(value, BaseModel):
            model = type(value)
            return _record(model)(*(self.convert(getattr(value, name), depth) for name in model.model_fields))
        if isinstance(value, Mapping):
            return {self.convert(key, depth): self.convert(item, depth) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.convert(item, depth) for item in value]
        if isinstance(value, PurePath):
            return _text(str(value))
        raise TypeError(f"a {type(value).__name__} cannot be held by a program")


def _text(text: str) -> str:
    """A text without lone surrogates, which file names can have."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def check_size(value: Any, *, limit: int = MAX_SIZE) -> None:  # noqa: ANN401 - anything from the sandbox
    """Raise ValueError when a value, with all sharing expanded, is over `limit` bytes or too deep.

    Takes time in proportion to the distinct objects, however often they are shared.
    """
    sizes: dict[int, int] = {}
    depths: dict[int, int] = {}
    open_: set[int] = set()
    kept: list[Any] = []
    seen = 0
    stack: list[tuple[Any, list[Any] | None]] = [(value, None)]
    while stack:
        item, children = stack.pop()
        key = id(item)
        if children is not None:
            open_.discard(key)
            sizes[key] = ITEM_SIZE + sum(ITEM_SIZE + sizes[id(child)] for child in children)
            depths[key] = 1 + max((depths[id(child)] for child in children), default=0)
        elif key in open_:
            raise ValueError("the value contains itself")
        elif key in sizes:
            continue
        elif children := _children(item):
            kept.append(children)
            seen += len(children)
            if seen * ITEM_SIZE > limit:
                raise ValueError(f"the value is larger than {limit} bytes; return a summary")
            open_.add(key)
            stack.append((item, children))
            stack.extend((child, None) for child in children)
            continue
        else:
            sizes[key], depths[key] = _leaf_size(item), 0
        if sizes[key] > limit:
            raise ValueError(f"the value is larger than {limit} bytes; return a summary")
        if depths[key] > MAX_DEPTH:
            raise ValueError(f"the value is nested deeper than {MAX_DEPTH}")


def _children(item: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(item, monty.MontyClassProxy):
        return [item.attributes]
    if isinstance(item, Mapping):
        return [*item.keys(), *item.values()]
    if isinstance(item, BaseException):
        return list(item.args)
    return list(item) if isinstance(item, list | tuple | set | frozenset) else []


def _leaf_size(item: Any) -> int:  # noqa: ANN401
    if isinstance(item, str | bytes):
        return len(item)
    return item.bit_length() // 8 if isinstance(item, int) else 8


def to_plain(value: Any) -> Any:  # noqa: ANN401
    """A checked value as JSON can hold it; records and objects become objects with their field names."""
    if isinstance(value, monty.MontyClassProxy):
        return to_plain(value.attributes)
    fields = getattr(value, "_fields", None) if isinstance(value, tuple) else None
    if fields:
        return {name: to_plain(item) for name, item in zip(fields, value, strict=True)}
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(to_plain(key)): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item) for item in value]
    return _plain_leaf(value)


def _plain_leaf(value: Any) -> Any:  # noqa: ANN401
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        bits = value.bit_length()
        return value if bits < MAX_DIGITS_BITS else f"an integer of {bits} bits"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return repr(value) if isinstance(value, _AS_TEXT) else f"<{type(value).__name__}>"
