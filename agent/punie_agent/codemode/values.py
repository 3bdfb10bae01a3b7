"""Values across the sandbox border: results become named tuples, and nothing huge or deep gets through.

Shared references survive the border, so a value that is tiny in the sandbox can be endless when it is walked.
"""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import Any

from pydantic import BaseModel

MAX_SIZE = 2_000_000
MAX_DEPTH = 100


@cache
def _record(model: type[BaseModel]) -> Any:  # noqa: ANN401 - a named tuple class
    return namedtuple(model.__name__, list(model.model_fields))


def to_sandbox(value: Any) -> Any:  # noqa: ANN401 - any tool result
    """A tool's result as the sandbox takes it: pydantic models become named tuples with the same attributes."""
    if isinstance(value, BaseModel):
        model = type(value)
        return _record(model)(*(to_sandbox(getattr(value, name)) for name in model.model_fields))
    if isinstance(value, dict):
        return {str(key): to_sandbox(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_sandbox(item) for item in value]
    return value


def check_size(value: Any, *, limit: int = MAX_SIZE) -> None:  # noqa: ANN401 - anything from the sandbox
    """Raise ValueError when a value, with all sharing expanded, is over `limit` bytes or too deep.

    Takes time in proportion to the distinct objects, however often they are shared.
    """
    sizes: dict[int, int] = {}
    depths: dict[int, int] = {}
    open_: set[int] = set()
    stack: list[tuple[Any, bool]] = [(value, False)]
    while stack:
        item, visited = stack.pop()
        key = id(item)
        children = _children(item)
        if visited:
            open_.discard(key)
            sizes[key] = 8 + sum(sizes[id(child)] for child in children)
            depths[key] = 1 + max((depths[id(child)] for child in children), default=0)
            if sizes[key] > limit:
                raise ValueError(f"the value is larger than {limit} bytes; return a summary")
            if depths[key] > MAX_DEPTH:
                raise ValueError(f"the value is nested deeper than {MAX_DEPTH}")
        elif not children:
            sizes[key], depths[key] = _leaf_size(item), 0
            if sizes[key] > limit:
                raise ValueError(f"the value is larger than {limit} bytes; return a summary")
        elif key in open_:
            raise ValueError("the value contains itself")
        elif key not in sizes:
            open_.add(key)
            stack.append((item, True))
            stack.extend((child, False) for child in children)


def _children(item: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    return list(item) if isinstance(item, list | tuple | set | frozenset) else []


def _leaf_size(item: Any) -> int:  # noqa: ANN401
    if isinstance(item, str | bytes):
        return len(item)
    return item.bit_length() // 8 if isinstance(item, int) else 8


def to_plain(value: Any) -> Any:  # noqa: ANN401
    """A checked value as JSON can hold it; records become objects with their field names."""
    fields = getattr(value, "_fields", None)
    if isinstance(value, tuple) and fields:
        return {name: to_plain(item) for name, item in zip(fields, value, strict=True)}
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
