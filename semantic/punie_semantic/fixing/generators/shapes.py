"""Things that are called, indexed, iterated or unpacked and cannot be: wrong brackets, a call too many or too few."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.conversions import reached
from punie_semantic.fixing.generators.expression import (
    Expression,
    exact,
    expression_at,
    expression_of,
    short,
    source_in,
    subject_of,
)
from punie_semantic.fixing.generators.literals import Value
from punie_semantic.fixing.generators.values import best, candidate_for, right_values
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible

GENERATOR = "shape"
_FUNCTION = ("bound method ", "def ", "Overload[", "(")


async def generate(place: Place) -> list[Candidate]:
    """What a message that something is not callable, not subscriptable or not iterable leads to."""
    here = expression_at(place, place.start, place.end)
    told = re.findall(r"`([^`]+)`", place.message.partition("\n")[0])
    if here is None or not told:
        return []
    if place.code == "not-callable":
        values = [*_not_callable(here, told[0]), *await _module_member(place, here, told[0])]
    elif place.code == "not-subscriptable":
        values = list(_not_subscriptable(here, told[0]))
    else:
        values = list(_not_iterable(place, here, told[0]))
    found = [candidate_for(place, here, value, GENERATOR) for value in best(values, here.text)]
    owner = subject_of(place)
    if owner is not None:
        expected = {"not-callable": "() -> object", "not-iterable": "Iterable"}.get(place.code, "Sequence")
        values = list(reached(owner, expected, told[0])) if place.code == "not-iterable" else []
        found += [candidate_for(place, owner, value, GENERATOR) for value in best(values, owner.text)]
        found += await right_values(place, owner, expected, told[0], GENERATOR, convert=False)
        if place.code == "not-callable" and isinstance(owner.node, ast.Attribute):
            found += await _callable_sibling(place, owner)
    return sorted(found, key=lambda candidate: -candidate.weight)[:16]


async def _callable_sibling(place: Place, owner: Expression) -> list[Candidate]:
    """Another attribute of the same object that can be called, one that nobody uses first."""
    assert isinstance(owner.node, ast.Attribute)
    name = owner.node.attr
    found = []
    for member in await place.members_at(owner.end - len(name) - 1):
        known = member.detail.startswith((*_FUNCTION, "type[", "<class "))
        if not (known or member.detail in ("Any", "Unknown")) or member.name.startswith("__"):
            continue
        stem = owner.text[: -len(name)]
        uses = len(re.findall(rf"\.{re.escape(member.name)}\b", place.text))
        stored = len(re.findall(rf"\.{re.escape(member.name)}\s*(?::[^=\n]+)?=[^=]", place.text))
        weight = 0.2 + 0.4 * likeness(name, member.name) + (0.4 if uses and uses == stored else 0.0)
        found.append(candidate_for(place, owner, Value(f"{stem}{member.name}", weight, "it can be called"), GENERATOR))
    return sorted(found, key=lambda candidate: -candidate.weight)[:4]


def _not_callable(here: Expression, found: str) -> Iterator[Value]:
    """Brackets for parentheses, no parentheses, an operator between."""
    if not isinstance(here.node, ast.Call):
        return
    owner = source_in(here.text, here.node.func)
    behind = here.text[len(owner) :]
    indexed = found.startswith(("list", "dict", "tuple", "Sequence", "Mapping", "defaultdict", "str"))
    if len(here.node.args) == 1 and not here.node.keywords:
        argument = source_in(here.text, here.node.args[0])
        weight = 0.9 if indexed else 0.35
        yield Value(f"{owner}[{argument}]", weight, "it is indexed, not called")
        if type_text.base(found) == "str" and "%" in owner:
            yield Value(f"{owner} % {behind}", 0.93, "the % is missing")
        if type_text.base(found) in ("int", "float"):
            yield Value(f"{owner} * {behind}", 0.4, "the * is missing")
    if not here.node.args and not here.node.keywords:
        yield Value(owner, 0.9, "it is no function")
    else:
        yield Value(owner, 0.3, "it is no function")


async def _module_member(place: Place, here: Expression, found: str) -> list[Value]:
    """`datetime.datetime(…)` for `datetime(…)`."""
    module = re.match(r"<module '([\w.]+)'>", found)
    if module is None or not isinstance(here.node, ast.Call):
        return []
    owner = source_in(here.text, here.node.func)
    last = module[1].rpartition(".")[2]
    members = await place.members_at(here.start + len(owner))
    names = [m.name for m in members if m.name.lower() == last.lower() or m.name.lower() == last.lower().rstrip("s")]
    behind = here.text[len(owner) :]
    return [Value(f"{owner}.{name}{behind}", 0.9, f"the module has {name}") for name in names[:3]]


def _not_subscriptable(here: Expression, found: str) -> Iterator[Value]:
    """Parentheses for brackets, a call before them, nothing."""
    if not isinstance(here.node, ast.Subscript):
        return
    owner = source_in(here.text, here.node.value)
    inside = source_in(here.text, here.node.slice)
    if found.startswith((*_FUNCTION, "<class ", "type[")) or "Cannot specialize" in found or found.isidentifier():
        function = found.startswith(_FUNCTION)
        takes = "()" not in found
        yield Value(f"{owner}({inside})", (0.92 if takes else 0.5) if function else 0.5, "it is called, not indexed")
        if function:
            result = type_text.called(found)
            sure = 0.9 if result and not takes else 0.5
            yield Value(f"{owner}()[{inside}]", sure, "what it returns is indexed")
    yield Value(owner, 0.55, "it cannot be indexed")
    if isinstance(here.node.value, ast.Attribute):
        outer = source_in(here.text, here.node.value.value)
        yield Value(f"{outer}[{inside}]", 0.4, f"without .{here.node.value.attr}")


def _not_iterable(place: Place, here: Expression, found: str) -> Iterator[Value]:
    """`range(n)`, `range(len(x))`, `x.items()`, `enumerate(x)`."""
    plain = type_text.base(found)
    if plain == "int":
        yield Value(f"range({here.text})", 0.85, "it is a number")
        match here.node:
            case ast.Call(func=ast.Name(id="len"), args=[inner]):
                yield Value(source_in(here.text, inner), 0.7, "its elements are wanted")
    if plain in ("int", "str", "float", "bool"):
        yield Value(f"[{here.text}]", 0.3, "it is one element")
    if here.text in visible(place.tree, here.around) and found.startswith("<class"):
        yield Value(f"{here.text}()", 0.4, "an instance is wanted")


async def unpacking(place: Place) -> list[Candidate]:
    """Too many or too few names for what is unpacked: `items()` or `enumerate` missing, a name too many or too few."""
    told = re.match(r"(Too many|Not enough) values to unpack: Expected (?:at least )?(\d+)", place.message)
    iterated = place.code == "not-iterable"
    if told is None and not iterated:
        return []
    marked = place.tree.node_at(place.start, place.end)
    node = exact(place, ast.Tuple, ast.List)
    around = (marked, *place.tree.parents(marked)) if marked is not None else ()
    loop = next((one for one in around if isinstance(one, ast.comprehension | ast.For | ast.AsyncFor)), None)
    found: list[Candidate] = list(_iterated(place, loop)) if loop is not None else []
    if told is not None and isinstance(node, ast.Tuple | ast.List):
        found += _targets(place, node, too_many=told[1] == "Too many")
    return sorted(found, key=lambda candidate: -candidate.weight)


def _iterated(place: Place, loop: ast.comprehension | ast.For | ast.AsyncFor) -> Iterator[Candidate]:
    """What is iterated, with its items or numbers."""
    if not isinstance(loop.target, ast.Tuple) or place.tree.span(loop.iter)[1] < place.start:
        return
    here = expression_of(place, loop.iter)
    names = [source.id for source in loop.target.elts if isinstance(source, ast.Name)]
    counts = bool(names) and names[0] in ("i", "j", "n", "index", "idx", "number", "count", "line", "lineno", "pos")
    values = [
        Value(f"{here.atomic}.items()", 0.55 if counts else 0.85, "keys and values are wanted"),
        Value(f"enumerate({here.text})", 0.92 if counts else 0.6, "numbers and elements are wanted"),
    ]
    if isinstance(here.node, ast.Call) and isinstance(here.node.func, ast.Attribute) and not here.node.args:
        owner = source_in(here.text, here.node.func.value)
        values += [Value(f"{owner}.items()", 0.88, "keys and values are wanted"), Value(owner, 0.3, "")]
    for value in values:
        yield candidate_for(place, here, value, GENERATOR)


def _targets(place: Place, node: ast.Tuple | ast.List, *, too_many: bool) -> Iterator[Candidate]:
    """One name less, or a placeholder more."""
    elements = node.elts
    if too_many:
        end = place.tree.span(elements[-1])[1]
        yield Candidate("Add _", (Edit(end, end, ", _"),), "fix", GENERATOR, 0.5, "one more value comes")
        start = place.tree.span(elements[0])[0]
        yield Candidate("Add _ first", (Edit(start, start, "_, "),), "fix", GENERATOR, 0.35, "one more value comes")
        last = place.tree.span(elements[-1])[0]
        yield Candidate("Take all others", (Edit(last, last, "*"),), "fix", GENERATOR, 0.3, "more values come")
        return
    names = visible(place.tree, node)
    for index, element in reversed(list(enumerate(elements))):
        if len(elements) < 2:
            return
        name = element.id if isinstance(element, ast.Name) else ""
        unread = name == "_" or (name in names and not names[name].reads)
        start, end = place.tree.span(element)
        edit = (
            Edit(place.tree.span(elements[index - 1])[1], end, "")
            if index
            else Edit(start, place.tree.span(elements[1])[0], "")
        )
        weight = 0.7 if unread else 0.25
        yield Candidate(f"Drop {short(name or 'one')}", (edit,), "fix", GENERATOR, weight, "a value less comes")
