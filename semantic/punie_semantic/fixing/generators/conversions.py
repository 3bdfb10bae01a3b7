"""What an expression of the wrong type may have been: one without its conversion, or with one too many.

Knows no workspace: it looks at the expression and at the two types as ty writes them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.generators.expression import Expression, source_in
from punie_semantic.fixing.generators.literals import Value, other_literals

_CONVERTERS = frozenset(
    {"str", "int", "float", "bool", "bytes", "list", "tuple", "set", "frozenset", "dict", "repr", "len", "iter", "next"}
)
_BUILDS = {
    "list": ("list", "Iterable", "Sequence", "Collection", "MutableSequence"),
    "tuple": ("tuple",),
    "set": ("set", "AbstractSet", "MutableSet"),
    "frozenset": ("frozenset",),
    "dict": ("dict",),
}
_ITERABLE = ("list", "tuple", "set", "frozenset", "dict", "Generator", "Iterator", "Iterable", "range", "map", "filter")


def conversions(here: Expression, expected: str, found: str) -> Iterator[Value]:
    """Texts instead of an expression, the likely ones first."""
    yield from other_literals(here, expected)
    yield from _without_call(here, expected)
    yield from _without_part(here)
    yield from _wrapped(here, expected, found)
    yield from _gathered(here, expected, found)
    yield from reached(here, expected, found)


def _without_call(here: Expression, expected: str) -> Iterator[Value]:
    """The same without its conversion or call."""
    text = here.text
    match here.node:
        case ast.Call(func=ast.Name(id=name), args=[ast.expr() as inner], keywords=[]):
            if not isinstance(inner, ast.Starred):
                yield Value(source_in(text, inner), 0.8 if name in _CONVERTERS else 0.45, f"without {name}()")
        case ast.Call(func=ast.Attribute(value=owner) as method, args=[], keywords=[]):
            yield Value(source_in(text, owner), 0.5, f"without .{method.attr}()")
            yield Value(source_in(text, method), 0.4, f"{method.attr} itself, not what it returns")
        case ast.Call(func=ast.Name() as function, args=[], keywords=[]):
            yield Value(source_in(text, function), 0.5, "itself, not what it returns")
        case ast.Call(func=ast.Attribute(value=owner) as method):
            yield Value(source_in(text, owner), 0.25, f"without .{method.attr}()")
            if expected.startswith(("(", "Callable")):
                yield Value(source_in(text, method), 0.7, "the function itself is wanted")


def _without_part(here: Expression) -> Iterator[Value]:
    """The same without its subscript, attribute, operator or condition."""
    match here.node:
        case ast.Attribute(value=part) | ast.Subscript(value=part) | ast.Await(value=part) | ast.Starred(value=part):
            text = source_in(here.text, part)
            yield Value(text, 0.15 if text in ("self", "cls") else 0.5, "without what follows it or is before it")
        case ast.UnaryOp(operand=part):
            yield Value(source_in(here.text, part), 0.4, "without the operator")
        case ast.BoolOp(values=[part, *_]) | ast.IfExp(body=part):
            yield Value(source_in(here.text, part), 0.3, "without the alternative")


def _wrapped(here: Expression, expected: str, found: str) -> Iterator[Value]:
    """The same with a conversion to one thing around it."""
    wanted = set(type_text.parts(type_text.base(expected)))
    plain = {type_text.base(part) for part in type_text.parts(found)}
    if "None" in plain:
        return
    if "str" in wanted and "str" not in plain and "bytes" not in plain:
        yield Value(f"str({here.text})", 0.6 if len(wanted) < 3 else 0.25, "it needs text")
    if "Path" in wanted:
        yield Value(f"Path({here.text})", 0.8, "it needs a Path")
    numbers = ("int", "float") if plain <= {"str", "float", "bytes"} else ()
    for name in numbers:
        if name in wanted and name not in plain:
            yield Value(f"{name}({here.text})", 0.62, f"it needs {name}")
    if wanted == {"bool"}:
        yield Value(f"bool({here.text})", 0.5, "it needs a truth value")
    if "int" in wanted and found.partition("[")[0] in _ITERABLE:
        yield Value(f"len({here.text})", 0.5, "its number is wanted")


def _gathered(here: Expression, expected: str, found: str) -> Iterator[Value]:
    """The same as a list, tuple, set or iterator."""
    heads = {name.partition("[")[0] for name in type_text.parts(type_text.base(expected))}
    for build, names in _BUILDS.items():
        if heads & set(names):
            yield from _collected(here, found, build)
    if heads & {"Iterator", "Generator"} and not found.startswith(("Iterator", "Generator")):
        yield Value(f"iter({here.text})", 0.6, "it needs an iterator")
    if "type" in heads:
        yield Value(f"type({here.text})", 0.35, "it needs the class")


def _collected(here: Expression, found: str, build: str) -> Iterator[Value]:
    head = found.partition("[")[0].rpartition(".")[2]
    if head in _ITERABLE or head.startswith("dict_"):
        yield Value(f"{build}({here.text})", 0.72 if build != "dict" else 0.4, f"it needs a {build}")
    elif build == "list":
        yield Value(f"[{here.text}]", 0.6, "it needs a list of it")
        yield Value(f"list({here.text})", 0.4, "it needs a list")
    elif build == "tuple":
        yield Value(f"({here.text},)", 0.55, "it needs a tuple of it")
        yield Value(f"tuple({here.text})", 0.5, "it needs a tuple")
    elif build == "set":
        yield Value(f"{{{here.text}}}", 0.5, "it needs a set of it")
        yield Value(f"set({here.text})", 0.5, "it needs a set")


def reached(here: Expression, expected: str, found: str) -> Iterator[Value]:
    """What it gives when it is called, indexed, encoded or decoded."""
    wanted = set(type_text.parts(type_text.base(expected)))
    plain = type_text.base(found)
    result = type_text.called(found)
    if result:
        sure = {True: 0.92, False: 0.1, None: 0.7}[type_text.fits(result, expected)]
        yield Value(f"{here.atomic}()", sure, "it is a function: what it returns is wanted")
    if plain == "str" and wanted & {"bytes", "Buffer"}:
        yield Value(f"{here.atomic}.encode()", 0.8, "it needs bytes")
    if plain in ("bytes", "bytearray") and "str" in wanted:
        yield Value(f"{here.atomic}.decode()", 0.8, "it needs text")
    if found.startswith(("<class ", "type[")):
        yield Value(f"{here.atomic}()", 0.6, "an instance is wanted, not the class")
    if found.partition("[")[0] in ("list", "tuple", "Sequence", "dict"):
        inside = type_text.parts(found.partition("[")[2][:-1], ", ")
        fitting = type_text.fits(inside[0], expected) if inside else None
        if found.startswith("dict") and len(inside) > 1:
            yield Value(f"{here.atomic}.values()", 0.3, "its values")
            yield Value(f"{here.atomic}.keys()", 0.25, "its keys")
        elif fitting is not False:
            yield Value(f"{here.atomic}[0]", 0.5 if fitting else 0.2, "its first element fits")
