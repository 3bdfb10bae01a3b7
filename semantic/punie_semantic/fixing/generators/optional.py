"""Something that may be None where it must not: a guard as the file has them, a default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.generators.expression import Expression, expression_at, short, subject_of
from punie_semantic.fixing.generators.guards import guards, raised_before
from punie_semantic.fixing.place import Place

GENERATOR = "optional"
_DEFAULTS = {
    "str": '""',
    "int": "0",
    "float": "0.0",
    "bool": "False",
    "list": "[]",
    "dict": "{}",
    "tuple": "()",
    "bytes": 'b""',
}


async def generate(place: Place) -> list[Candidate]:
    """Guards as this file writes them, then defaults."""
    first = place.message.partition("\n")[0]
    # What a function returns is not what may be None here.
    if not re.search(r"(?<!-> )\bNone\b", first) or "implicitly" in first or "Overload[" in first:
        return []
    here = expression_at(place, place.start, place.end)
    subject = subject_of(place)
    if here is None or subject is None:
        return []
    found = list(raised_before(place, subject, GENERATOR))
    if not isinstance(subject.node, ast.Call | ast.Constant):
        found += [*guards(place, subject, GENERATOR), *_inline(place, here, subject)]
    found += [*_subscript(subject), *_default(place, subject)]
    return sorted(found, key=lambda candidate: -candidate.weight)[:14]


def _inline(place: Place, here: Expression, subject: Expression) -> Iterator[Candidate]:
    """`x is not None and …` in a condition, `… if x is not None else None` elsewhere."""
    whole = _condition_part(place, here)
    truthy = len(re.findall(r"\bif (\w+) and \1\b", place.text)) > place.text.count(" is not None and ")
    if whole is not None:
        start, end = place.tree.span(whole)
        inner = place.text[start:end]
        for lead, weight in ((subject.text, 0.42), (f"{subject.text} is not None", 0.45)):
            sure = weight + (0.2 if truthy == (lead == subject.text) else 0.1)
            text = f"({inner})" if isinstance(whole, ast.BoolOp) and isinstance(whole.op, ast.Or) else inner
            edit = Edit(start, end, f"{lead} and {text}")
            yield Candidate(f"Ask for {short(lead)} first", (edit,), "fix", GENERATOR, sure, "it may be None")
    elif isinstance(here.around, ast.expr) and place.code != "invalid-explicit-return":
        outer = _outermost(place, here.around)
        start, end = place.tree.span(outer)
        edit = Edit(end, end, f" if {subject.text} is not None else None")
        yield Candidate("Or else None", (edit,), "unsafe_fix", GENERATOR, 0.25, "it may be None")


def _condition_part(place: Place, here: Expression) -> ast.expr | None:
    """The part of a condition that has it: an operand of `and`, or the whole condition."""
    inner: ast.AST = here.around
    for outer in (here.around, *place.tree.parents(here.around)):
        if isinstance(outer, ast.If | ast.While | ast.IfExp) and inner is outer.test:
            return inner if isinstance(inner, ast.expr) else None
        if isinstance(outer, ast.comprehension) and any(inner is test for test in outer.ifs):
            return inner if isinstance(inner, ast.expr) else None
        if isinstance(outer, ast.BoolOp) and isinstance(inner, ast.expr) and inner is not outer:
            return inner
        if isinstance(outer, ast.stmt):
            return None
        inner = outer
    return None


def _outermost(place: Place, node: ast.expr) -> ast.expr:
    """The call or attribute chain that begins with a node."""
    while True:
        outer = place.tree.parent(node)
        if (isinstance(outer, ast.Attribute | ast.Subscript) and outer.value is node) or (
            isinstance(outer, ast.Call) and outer.func is node
        ):
            node = outer
        else:
            return node


def _subscript(subject: Expression) -> Iterator[Candidate]:
    """`d[k]` for `d.get(k)`."""
    match subject.node:
        case ast.Call(func=ast.Attribute(attr="get", value=owner), args=[key], keywords=[]):
            text = f"({subject.text}\n)"
            base, inside = ast.get_source_segment(text, owner) or "", ast.get_source_segment(text, key) or ""
            edit = Edit(subject.start, subject.end, f"{base}[{inside}]")
            title = f"Change {short(subject.text)} to {short(edit.text)}"
            yield Candidate(title, (edit,), "fix", GENERATOR, 0.55, "get() may give None")


def _default(place: Place, subject: Expression) -> Iterator[Candidate]:
    """`x or ""`, more likely where the file has it elsewhere."""
    told = " ".join(re.findall(r"`([^`]+)`", place.message.partition("\n")[0]))
    others = [part for part in type_text.parts(told.replace("` `", " | ")) if part != "None"]
    for name in dict.fromkeys(type_text.base(part).partition("[")[0].rpartition(" ")[2] for part in others):
        if name not in _DEFAULTS:
            continue
        default = _DEFAULTS[name]
        usual = f" or {default}" in place.text
        match = re.search(rf"{re.escape(subject.text)} or ([\w.\"'\[\]{{}}()]+)", place.text)
        text = match[0] if match else f"{subject.text} or {default}"
        alone = place.text[subject.end : subject.end + 1] in ("", "\n", ")", "]", ",", ":", "\r")
        edit = Edit(subject.start, subject.end, text if alone else f"({text})")
        kind: Kind = "fix" if match else "unsafe_fix"
        weight = 0.7 if match else 0.45 if usual else 0.3
        yield Candidate(f"Change it to {short(text)}", (edit,), kind, GENERATOR, weight, "it may be None")
