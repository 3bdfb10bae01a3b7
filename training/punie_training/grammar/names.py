"""The names that a program may use: of tools and their results from the live registry, and what Python gives itself.

Must not know how a grammar is written.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from punie_semantic.registry import Tool


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KEYWORDS = _words(
    "False None True and as assert async await break class continue def del elif else except finally for from global"
    " if import in is lambda nonlocal not or pass raise return try while with yield"
)

BUILTINS = _words(
    "abs all any bool dict divmod enumerate filter float format frozenset getattr hasattr int isinstance iter len list"
    " map max min next print range repr reversed round set sorted str sum tuple type zip Counter defaultdict deque Path"
    " OrderedDict RuntimeError ValueError KeyError TypeError"
)

MODULES = _words(
    "asyncio collections datetime functools itertools json math operator os.path pathlib re statistics string"
)

# Of strings, lists, dictionaries and sets, and of the modules above.
METHODS = _words(
    "add append clear copy count difference discard encode endswith extend find format get index insert intersection"
    " isdigit isidentifier isupper items join keys lower lstrip most_common partition pop remove removeprefix"
    " removesuffix replace rfind rpartition rsplit rstrip setdefault sort split splitlines startswith strip title union"
    " update upper values basename compile dirname dumps escape findall finditer fullmatch gather group groups join"
    " loads match mean search splitext sub"
)


def result_fields(tools: Iterable[Tool]) -> tuple[str, ...]:
    """Every field of what the tools return, and of what stands in there, sorted."""
    fields: set[str] = set()
    seen: set[type] = set()
    for tool in tools:
        for model in _models(tool.signature.return_annotation):
            _collect(model, fields, seen)
    return tuple(sorted(fields))


def parameters(tool: Tool) -> Mapping[str, inspect.Parameter]:
    """A tool's parameters by name, without the workspace."""
    return tool.signature.parameters


def _collect(model: type[BaseModel], fields: set[str], seen: set[type]) -> None:
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        fields.add(name)
        for inner in _models(field.annotation):
            _collect(inner, fields, seen)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
