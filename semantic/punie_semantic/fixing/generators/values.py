"""An expression of the wrong type: what would have the right one at its place. Serves arguments, returns, assignments.

Proposals from the text alone come from `conversions`; here ty is asked for the types of names and attributes at hand.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.conversions import conversions
from punie_semantic.fixing.generators.expression import Expression, in_async, short
from punie_semantic.fixing.generators.literals import Value
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Member, Place
from punie_semantic.fixing.scope import Name, visible

MOST_NAMES = 16
MOST = 12
_NO_VALUES = ("TypeVar", "ParamSpec", "TypeVarTuple", "object", "TypeAliasType")
_SURE = {True: 1.0, None: 0.7, False: 0.0}


async def right_values(
    place: Place, here: Expression, expected: str, found: str, generator: str, wish: str = "", *, convert: bool = True
) -> list[Candidate]:
    """Candidates that put something of the expected type in the place of an expression, the best first.

    Args:
        place: the problem.
        here: the expression.
        expected: the type that is wanted, as ty writes it.
        found: its type.
        generator: who asks, for the candidates.
        wish: a name that would fit well, as the parameter's; empty for none.
        convert: whether it may be something else made of the same expression.
    """
    proposed = [*_awaited(place, here, expected, found), *conversions(here, expected, found)] if convert else []
    proposed += await _attributes(place, here, expected)
    proposed += await _names(place, here, expected, wish)
    return [candidate_for(place, here, value, generator) for value in best(proposed, here.text)]


def candidate_for(place: Place, here: Expression, value: Value, generator: str) -> Candidate:
    """A value as a candidate."""
    title = f"Change {short(here.text)} to {short(value.text)}"
    edit = Edit(here.start, here.end, value.text)
    return Candidate(title, (edit,), value.kind, generator, value.weight, value.why)


def best(values: Iterable[Value], text: str, most: int = MOST) -> list[Value]:
    """The likeliest of some values, each text once."""
    found: dict[str, Value] = {}
    for value in values:
        if value.text and value.text != text and value.weight > found.get(value.text, Value("", 0.0, "")).weight:
            found[value.text] = value
    return sorted(found.values(), key=lambda value: -value.weight)[:most]


def _awaited(place: Place, here: Expression, expected: str, found: str) -> list[Value]:
    result = type_text.awaited(found)
    if not result:
        return []
    sure = 0.95 if in_async(place, here.around) else 0.5
    return [Value(f"await {here.text}", sure * _SURE[type_text.fits(result, expected)], "it is a coroutine")]


async def _attributes(place: Place, here: Expression, expected: str) -> list[Value]:
    """Attributes of the expression, and those of its owner that are like its own."""
    if not here.atom or isinstance(here.node, ast.Constant | ast.JoinedStr | ast.List | ast.Dict | ast.Set):
        return []
    found = list(_fitting(place, here.atomic, await place.members_at(here.end), expected))
    if isinstance(here.node, ast.Attribute):
        name = here.node.attr
        owner_end = here.end - len(name) - 1
        owner = here.text[: -len(name) - 1]
        siblings = _fitting(place, owner, await place.members_at(owner_end), expected)
        found += [_closer(value, name, value.text[len(owner) + 1 :].removesuffix("()")) for value in siblings]
    return best(found, here.text, 8)


def _closer(value: Value, name: str, other: str) -> Value:
    return Value(value.text, min(value.weight + 0.35 * likeness(name, other), 0.9), value.why)


def _fitting(place: Place, text: str, members: list[Member], expected: str) -> Iterable[Value]:
    public = [m for m in members if not m.name.startswith("_")]
    for member in public:
        used = 0.2 if f".{member.name}" in place.text else 0.0
        fitting = type_text.fits(member.detail, expected)
        if fitting:
            yield Value(f"{text}.{member.name}", _weight(member.name, 0.4) + used, f"its {member.name} fits")
        elif type_text.fits(type_text.called(member.detail), expected) and "(" + ")" in member.detail:
            yield Value(f"{text}.{member.name}()", 0.22 + used, f"what its {member.name}() returns fits")


def _weight(name: str, weight: float) -> float:
    return weight + 0.2 if name in ("value", "name", "id", "path", "text") else weight


async def _names(place: Place, here: Expression, expected: str, wish: str) -> list[Value]:
    """Names that can be seen at the place and have the type."""
    target = _target(place, here)
    names = [name for name in visible(place.tree, here.around).values() if _is_variable(name)]
    names = [name for name in names if name.name != here.text and name.depth < 9]
    names.sort(key=lambda name: (-_liking(name, here.text, wish), name.depth))
    names = [name for name in names if _bound_before(place, name, here)][:MOST_NAMES]
    types = await place.types_of(here.start, here.end, [name.name for name in names])
    found = []
    for name, found_type in zip(names, types, strict=True):
        fitting = type_text.fits(found_type, expected)
        liking = _liking(name, here.text, wish)
        sure = fitting or (fitting is None and (liking >= 0.2 or name.name == target))
        if sure and found_type and found_type not in _NO_VALUES:
            weight = (0.42 + liking + 0.2 * (name.name == target)) * (1.0 if fitting else 0.6)
            if place.vocabulary.names[name.name] == 1 and likeness(name.name, here.text) >= 0.75:
                weight *= 0.7  # it is rather misspelt where it is set
            found.append(Value(name.name, min(weight, 0.93), f"`{name.name}` is in scope and fits"))
    return found


def _target(place: Place, here: Expression) -> str:
    """The name that the statement assigns to, when the expression is a part of what is assigned: `n = int(n)`."""
    match place.tree.statement(here.around):
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if place.tree.span(value) != (here.start, here.end):
            return name
    return ""


def _is_variable(name: Name) -> bool:
    plain = (ast.Name, ast.arg, ast.ExceptHandler)
    return name.scope is not None and bool(name.bindings) and all(isinstance(node, plain) for node in name.bindings)


def _bound_before(place: Place, name: Name, here: Expression) -> bool:
    return name.depth > 0 or any(
        isinstance(node, ast.arg) or place.tree.span(node)[0] < here.start for node in name.bindings
    )


def _liking(name: Name, text: str, wish: str) -> float:
    """How much speaks for a name: nobody reads it, it is like what is there, or like what is wanted."""
    unread = 0.3 if not name.reads and name.depth == 0 and not name.name.startswith("_") else 0.0
    like = 0.3 * likeness(name.name, text) if text.isidentifier() else 0.0
    wished = 0.35 if wish and name.name == wish else 0.1 * likeness(name.name, wish) if wish else 0.0
    return unread + like + wished - 0.05 * min(name.depth, 3)
