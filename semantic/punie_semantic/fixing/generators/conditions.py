"""Conditions that went wrong about something that may be None or of another type: turned round, one part lost."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import Expression, exact, short, subject_of
from punie_semantic.fixing.generators.guards import leaving
from punie_semantic.fixing.place import Place

GENERATOR = "condition"
_ASKS = ("isinstance", "issubclass", "hasattr", "callable")


async def generate(place: Place) -> list[Candidate]:
    """The conditions around what is marked, and before it, turned round; what they could also ask."""
    first = place.message.partition("\n")[0]
    if "implicitly" in first:
        return []
    subject = subject_of(place)
    none = re.search(r"(?<!-> )\bNone\b", first) is not None and "Overload[" not in first
    if subject is None or not (none or "~" in first or "has no member" in first or "has no attribute" in first):
        return []
    found: list[Candidate] = []
    subjects = _subjects(place, subject) if none else [subject]
    for one in [one for one in subjects if isinstance(one.node, ast.Name | ast.Attribute | ast.Subscript)]:
        found += [*_turned_round(place, one, none=none)]
        found += [*_asked_too(place, one), *_other_name(place, one)] if none else []
    return sorted(found, key=lambda candidate: -candidate.weight)[:10]


def _subjects(place: Place, subject: Expression) -> list[Expression]:
    """What may be None: the elements for a tuple or list that has one."""
    node = exact(place, ast.Tuple, ast.List, ast.Dict) if isinstance(subject.node, ast.Tuple | ast.List) else None
    if not isinstance(node, ast.Tuple | ast.List):
        return [subject]
    plain = [element for element in node.elts if isinstance(element, ast.Name | ast.Attribute)]
    return [Expression(*place.tree.span(e), place.tree.source(e), e, e) for e in plain]


def _turned_round(place: Place, subject: Expression, *, none: bool) -> Iterator[Candidate]:
    seen: set[tuple[int, int]] = set()
    for test, weight in tests(place, subject):
        for node in ast.walk(test):
            if not isinstance(node, ast.Compare | ast.UnaryOp | ast.BoolOp | ast.Name | ast.Attribute | ast.Call):
                continue
            span = place.tree.span(node)
            text = turned(place, node, test, subject.text) if none else _asked_otherwise(place, node, subject.text)
            if text and span not in seen:
                seen.add(span)
                source = place.text[span[0] : span[1]]
                title = f"Change {short(source)} to {short(text)}"
                why = f"it is about {short(subject.text)}"
                # `isinstance(x, A) or x.a` is hardly ever meant, `not isinstance(x, A) or x.a` neither.
                sure = weight + 0.05 if isinstance(node, ast.BoolOp) and not none else weight
                yield Candidate(title, (Edit(*span, text),), "fix", GENERATOR, sure, why)


def tests(place: Place, subject: Expression) -> Iterator[tuple[ast.expr, float]]:
    """The conditions that decide whether a place is reached, the nearest first, each with how likely it is wrong."""
    inner: ast.AST = subject.around
    for outer in (subject.around, *place.tree.parents(subject.around)):
        if isinstance(outer, ast.If | ast.While | ast.IfExp):
            yield outer.test, 0.88
        elif isinstance(outer, ast.BoolOp):
            yield outer, 0.86
        elif isinstance(outer, ast.comprehension | ast.Assert):
            yield from ((test, 0.85) for test in (outer.ifs if isinstance(outer, ast.comprehension) else [outer.test]))
        if isinstance(outer, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            yield from ((test, 0.85) for generator in outer.generators for test in generator.ifs)
        for before in _before(outer, inner):
            guard = isinstance(before, ast.If) and (leaving(before.body) or _binds(place, before, subject.text))
            if isinstance(before, ast.If | ast.Assert) and (guard or isinstance(before, ast.Assert)):
                yield before.test, 0.86
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        inner = outer


def _binds(place: Place, statement: ast.If, subject: str) -> bool:
    """Whether an `if` gives the subject a value: `if x is None: x = []`."""
    targets = [target for part in statement.body if isinstance(part, ast.Assign) for target in part.targets]
    return any(place.tree.source(target) == subject for target in targets)


def _before(outer: ast.AST, inner: ast.AST) -> list[ast.stmt]:
    """The statements before one in its block."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(outer, name, None)
        if isinstance(block, list) and any(inner is statement for statement in block):
            return block[: next(i for i, statement in enumerate(block) if statement is inner)]
    return []


def turned(place: Place, node: ast.AST, test: ast.expr, subject: str) -> str:
    """A condition about None and the subject turned round; empty for one that is not about it."""
    source = place.tree.source(node)
    match node:
        case ast.Compare(left=left, ops=[sign], comparators=[ast.Constant(value=None)]) if isinstance(
            sign, ast.Is | ast.IsNot | ast.Eq | ast.NotEq
        ):
            if place.tree.source(left) != subject:
                return ""
            return f"{subject} {'is' if isinstance(sign, ast.IsNot | ast.NotEq) else 'is not'} None"
        case ast.UnaryOp(op=ast.Not(), operand=operand) if place.tree.source(operand) == subject:
            return subject
        case ast.BoolOp() if _about(source, subject):
            return other_sign(place, node)
        case ast.Name() | ast.Attribute() if node is test and source == subject:
            return f"not {subject}"
    return ""


def _about(source: str, subject: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(subject)}(?!\w)", source) is not None


def _asked_otherwise(place: Place, node: ast.AST, subject: str) -> str:
    """`isinstance(x, …)` and the like about the subject with `not` or without it."""
    source = place.tree.source(node)
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id=name), args=[first, *_]) as call):
            return place.tree.source(call) if name in _ASKS and place.tree.source(first) == subject else ""
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _ASKS:
            outer = place.tree.parent(node)
            negated = isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
            return f"not {source}" if place.tree.source(first) == subject and not negated else ""
        case ast.BoolOp(values=values):
            asked = any(
                _asked_otherwise(place, value, subject) for value in values if not isinstance(value, ast.BoolOp)
            )
            return other_sign(place, node) if asked else ""
    return ""


def other_sign(place: Place, node: ast.BoolOp) -> str:
    """`a and b` as `a or b`, and the reverse."""
    start, end = place.tree.span(node)
    source = place.text[start:end]
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for one, other in reversed(list(pairwise(node.values))):
        left, right = place.tree.span(one)[1], place.tree.span(other)[0]
        between = place.text[left:right].replace(old, new)
        source = source[: left - start] + between + source[right - start :]
    return source


def _asked_too(place: Place, subject: Expression) -> Iterator[Candidate]:
    """The condition around, which may have asked for this too."""
    inner: ast.AST = subject.around
    for outer in place.tree.parents(subject.around):
        if isinstance(outer, ast.If) and any(inner is statement for statement in outer.body):
            start, end = place.tree.span(outer.test)
            source = place.text[start:end]
            if isinstance(outer.test, ast.BoolOp) and isinstance(outer.test.op, ast.Or):
                return
            # When the condition is about it already, in a way that None would pass, it asks for None first.
            about = _about(source, subject.text) and f"{subject.text} is not None" in place.text
            late = not about and _late(place, outer.test, subject)
            asked = f"{subject.text} is not None" if "is not None" in source or about else subject.text
            weight = 0.78 if about else 0.72 if "is not None" in source else 0.5
            for first, sure in ((not late, weight), (late, weight - 0.12)):
                edit = Edit(start, start, f"{asked} and ") if first else Edit(end, end, f" and {asked}")
                title = f"Ask for {short(asked)} too"
                yield Candidate(title, (edit,), "fix", GENERATOR, sure, "the condition does not ask for it")
            return
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        inner = outer


def _late(place: Place, test: ast.expr, subject: Expression) -> bool:
    """Whether the subject is bound or named behind what the condition asks for."""
    function = place.tree.function_of(test)
    head = place.text[slice(place.tree.span(function)[0], place.tree.span(test)[0])] if function is not None else ""
    names = [node.id for node in ast.walk(test) if isinstance(node, ast.Name)]
    places = [head.find(name) for name in names if name in head]
    return bool(places) and head.find(subject.text) > min(places)


def _other_name(place: Place, subject: Expression) -> Iterator[Candidate]:
    """`y is not None` where `x` is meant."""
    for test, _ in tests(place, subject):
        for node in ast.walk(test):
            match node:
                case ast.Compare(left=ast.Name() | ast.Attribute() as left, ops=[ast.Is() | ast.IsNot()]) if (
                    place.tree.source(left) != subject.text
                ):
                    edit = Edit(*place.tree.span(left), subject.text)
                    title = f"Ask for {short(subject.text)}, not {short(place.tree.source(left))}"
                    yield Candidate(title, (edit,), "fix", GENERATOR, 0.6, "the condition is about something else")
