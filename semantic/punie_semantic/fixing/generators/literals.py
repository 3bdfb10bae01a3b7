"""Another literal for one of the wrong type: a misspelt member, quotes too many or too few, the wrong brackets.

Knows no workspace.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Kind
from punie_semantic.fixing.generators.expression import Expression, source_in
from punie_semantic.fixing.likeness import alike

_EMPTY = {"str": '""', "int": "0", "float": "0.0", "bool": "False", "list": "[]", "dict": "{}", "tuple": "()"}


@dataclass(frozen=True)
class Value:
    """What an expression could be instead, how likely that is, and why."""

    text: str
    weight: float
    why: str
    kind: Kind = "fix"


def other_literals(here: Expression, expected: str) -> Iterator[Value]:
    """Other literals in the place of a literal, for a type as ty writes it."""
    wanted = type_text.parts(type_text.base(expected))
    match here.node:
        case ast.Constant(value=str(value)):
            yield from _member_like(value, expected, here.text)
            yield from _instead_of_text(here, value, wanted)
        case ast.Constant(value=bytes()) if "str" in wanted and here.text[:1] == "b":
            yield Value(here.text[1:], 0.88, "it needs text, not bytes")
        case ast.Constant(value=bool() | int() | float()):
            yield from _instead_of_number(here, here.node.value, wanted)
        case ast.Constant(value=None):
            for name in wanted:
                if name.partition("[")[0] in _EMPTY:
                    yield Value(_EMPTY[name.partition("[")[0]], 0.35, f"an empty {name}", "unsafe_fix")
        case ast.List() | ast.Tuple() | ast.Set():
            yield from _brackets(here, wanted)


def _instead_of_text(here: Expression, value: str, wanted: list[str]) -> Iterator[Value]:
    if value.lstrip("-").isdigit() and "int" in wanted:
        yield Value(value, 0.88, "it needs a number, not text")
    if _is_number(value) and "float" in wanted:
        yield Value(value, 0.85, "it needs a number, not text")
    if value in ("True", "False", "None") and {"bool", "None"} & set(wanted):
        yield Value(value, 0.85, f"it needs {value}, not text")
    if "bytes" in wanted and value.isascii() and here.text[:1] in "\"'":
        yield Value(f"b{here.text}", 0.85, "it needs bytes")
    if value.isidentifier():
        yield Value(value, 0.5, f"`{value}` without quotes is a name")


def _instead_of_number(here: Expression, value: object, wanted: list[str]) -> Iterator[Value]:
    truth = isinstance(value, bool)
    if "str" in wanted:
        yield Value(f'"{here.text}"', 0.3 if truth else 0.66, "it needs text")
    elif truth and "bool" not in wanted:
        yield Value(str(int(value)), 0.5, "it needs a number")
    elif not truth and "bool" in wanted and value in (0, 1):
        yield Value(str(bool(value)), 0.6, "it needs a truth value")


def _member_like(value: str, expected: str, text: str) -> Iterator[Value]:
    """Literal members and paths of an enumeration that are like a wrong one."""
    members = {m[1:-1]: m for m in type_text.literals(expected) if m[:1] in "\"'"}
    quote = text[-1]
    for name, likeness in alike(value, members):
        yield Value(f"{quote}{name}{quote}", 0.95 * likeness, f'"{name}" is one of those allowed')
    if not alike(value, members):
        for name in list(members)[:4]:
            yield Value(f"{quote}{name}{quote}", 0.5 / max(len(members), 1), f'"{name}" is one of those allowed')


def _brackets(here: Expression, wanted: list[str]) -> Iterator[Value]:
    assert isinstance(here.node, ast.List | ast.Tuple | ast.Set)
    elements = here.node.elts
    inner = here.text[1:-1] if here.text[:1] in "([{" else here.text
    heads = {name.partition("[")[0] for name in wanted}
    if len(elements) == 1:
        yield Value(source_in(here.text, elements[0]), 0.6, "it needs the element itself")
    if heads & {"list", "Sequence", "MutableSequence"} and not isinstance(here.node, ast.List):
        yield Value(f"[{inner.rstrip().rstrip(',') if len(elements) == 1 else inner}]", 0.85, "it needs a list")
    if "tuple" in heads and not isinstance(here.node, ast.Tuple):
        comma = "," if len(elements) == 1 and not inner.rstrip().endswith(",") else ""
        yield Value(f"({inner}{comma})", 0.88, "it needs a tuple")
    if heads & {"set", "AbstractSet"} and not isinstance(here.node, ast.Set) and elements:
        yield Value(f"{{{inner}}}", 0.85, "it needs a set")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
