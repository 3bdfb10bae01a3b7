"""Fields of a class that cannot stay as they are: out of order in a dataclass, final ones, those of a frozen class."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.importing import imported
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import decorators, removed

GENERATOR = "class fields"
_DEFAULTS = {"str": '""', "int": "0", "float": "0.0", "bool": "False", "bytes": 'b""', "tuple": "()"}
_FACTORIES = ("list", "dict", "set", "deque", "defaultdict")


async def generate(place: Place) -> list[Candidate]:
    """By what the message says is wrong."""
    node = place.tree.node_at(place.start, place.end)
    owner = place.tree.enclosing(node, ast.ClassDef) if node is not None else None
    statement = place.tree.statement(node) if node is not None else None
    if place.code == "invalid-dataclass-field-order":
        return _order(place, owner, statement) if owner is not None and isinstance(statement, ast.AnnAssign) else []
    if "read-only" in place.message and owner is not None and isinstance(statement, ast.Assign | ast.AugAssign):
        return _frozen(place, owner, statement)
    if "`Final`" in place.message or "final attribute" in place.message:
        return _final(place)
    return []


def _order(place: Place, owner: ast.ClassDef, field: ast.AnnAssign) -> list[Candidate]:
    """A field without a default after one that has it: a default for it, its place before, none for the other."""
    fields = [s for s in owner.body if isinstance(s, ast.AnnAssign)]
    before = [s for s in fields if s.lineno < field.lineno and s.value is not None]
    behind = [s for s in fields if s.lineno >= field.lineno]
    if not before:
        return []
    found = [*_default(place, field), *_moved(place, before[0], field)]
    required = sum(s.value is None for s in behind)
    if len(before) == 1 and before[0].value is not None:
        start, end = place.tree.span(before[0].annotation)[1], place.tree.span(before[0].value)[1]
        weight = 0.8 if required > 1 else 0.5
        why = f"{required} fields after it have none"
        title = f"Take off the default of {place.tree.source(before[0].target)}"
        kind: Kind = "fix" if required > 1 else "unsafe_fix"
        found.append(Candidate(title, (Edit(start, end, ""),), kind, GENERATOR, weight, why))
    marked = decorators(owner).get("dataclass")
    if marked is not None:
        end = place.tree.span(marked)[1]
        call = isinstance(marked, ast.Call)
        inner = ", kw_only=True)" if call and (marked.keywords or marked.args) else "kw_only=True)"
        edit = Edit(end - 1, end, inner) if call else Edit(end, end, f"({inner}")
        why = "then the order does not matter"
        found.append(Candidate("Pass fields by name only", (edit,), "unsafe_fix", GENERATOR, 0.4, why))
    return sorted(found, key=lambda candidate: -candidate.weight)


def _default(place: Place, field: ast.AnnAssign) -> list[Candidate]:
    annotation = place.tree.source(field.annotation).strip("\"'")
    plain = re.split(r"[\[.]", annotation.rpartition(".")[2] if "[" not in annotation else annotation)[0]
    end = place.tree.span(field)[1]
    name = place.tree.source(field.target)
    needed: tuple[Edit, ...] = ()
    if re.search(r"\bNone\b|^(?:typing\.)?Optional\b", annotation):
        text, weight = "None", 0.88
    elif plain in _FACTORIES:
        spelled, needed = imported(place.tree, "dataclasses", "field")
        text, weight = f"{spelled}(default_factory={plain})", 0.75
    elif plain in _DEFAULTS:
        text, weight = _DEFAULTS[plain], 0.55
    else:
        return []
    kind: Kind = "fix" if weight > 0.6 else "unsafe_fix"
    edits = (*needed, Edit(end, end, f" = {text}"))
    return [Candidate(f"Give {name} the default {text}", edits, kind, GENERATOR, weight, f"it is {annotation}")]


def _moved(place: Place, first: ast.AnnAssign, field: ast.AnnAssign) -> list[Candidate]:
    """The field before the first one with a default, with its line."""
    taken = removed(place.tree, field)
    if taken is None or taken.text:
        return []
    at = place.tree.line_start(place.tree.span(first)[0])
    line = place.text[taken.start : taken.end]
    edits = (Edit(at, at, line if line.endswith("\n") else f"{line}\n"), taken)
    why = "fields without a default come first"
    title = f"Move {place.tree.source(field.target)} before {place.tree.source(first.target)}"
    return [Candidate(title, edits, "fix", GENERATOR, 0.68, why)]


def _frozen(place: Place, owner: ast.ClassDef, statement: ast.Assign | ast.AugAssign) -> list[Candidate]:
    """An attribute of a frozen dataclass is set: as its own methods may, or the class is not frozen."""
    marked = decorators(owner).get("dataclass")
    if not isinstance(marked, ast.Call):
        return []
    found = []
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    function = place.tree.function_of(statement)
    if isinstance(target, ast.Attribute) and isinstance(statement, ast.Assign) and isinstance(target.value, ast.Name):
        text = f'object.__setattr__({target.value.id}, "{target.attr}", {place.tree.source(statement.value)})'
        weight = 0.88 if function is not None and function.name == "__post_init__" else 0.5
        kind: Kind = "fix" if weight > 0.6 else "unsafe_fix"
        edit = Edit(*place.tree.span(statement), text)
        why = f"{owner.name} is frozen"
        found.append(Candidate("Set it with object.__setattr__", (edit,), kind, GENERATOR, weight, why))
    for keyword in marked.keywords:
        if keyword.arg == "frozen":
            start, end = place.tree.span(keyword)
            comma = re.compile(r",\s*").match(place.text, end)
            alone = len(marked.keywords) == 1
            whole = (place.tree.span(marked.func)[1], place.tree.span(marked)[1])
            edit = Edit(*whole, "") if alone else Edit(start, comma.end() if comma else end, "")
            why = f"{owner.name} changes its own attributes"
            found.append(Candidate("Do not freeze the class", (edit,), "unsafe_fix", GENERATOR, 0.55, why))
    return found


def _final(place: Place) -> list[Candidate]:
    """A final name that is bound again is not final."""
    match = re.search(r"symbol `(\w+)`", place.message)
    node = place.tree.node_at(place.start, place.end)
    name = match[1] if match else node.attr if isinstance(node, ast.Attribute) else ""
    found = []
    for statement in place.tree.nodes:
        if not isinstance(statement, ast.AnnAssign) or place.tree.source(statement.target).rpartition(".")[2] != name:
            continue
        start, end = place.tree.span(statement.annotation)
        text = place.tree.source(statement.annotation)
        inner = re.fullmatch(r"(?:typing\.)?Final(?:\[(.*)\])?", text, re.S)
        if inner:
            edit = Edit(start, end, inner[1]) if inner[1] else Edit(place.tree.span(statement.target)[1], end, "")
            title = f"Do not declare {name} final"
            found.append(Candidate(title, (edit,), "unsafe_fix", GENERATOR, 0.45, "it is bound again"))
    return found
