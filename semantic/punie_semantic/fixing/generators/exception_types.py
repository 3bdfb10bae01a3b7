"""What `except` catches and `raise` raises: bare handlers, lists for tuples, instances, strings, misspelt classes."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter

from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.generators.caught import guesses
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible
from punie_semantic.fixing.tree import Tree

GENERATOR = "exceptions"
BUILTIN = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)


async def generate(place: Place) -> list[Candidate]:
    """The handler or the statement at the problem with what it was to have."""
    node = place.tree.node_at(place.start, place.end)
    if node is None:
        return []
    handler = place.tree.enclosing(node, ast.ExceptHandler)
    statement = place.tree.statement(node)
    if place.code == "E722":
        return _bare(place, handler)
    if place.code == "BLE001":
        return _blind(place, handler, node)
    if isinstance(statement, ast.Raise):
        return _raised(place, statement, handler)
    return _caught(place, node) if isinstance(node, ast.expr) and handler is not None else []


def _bare(place: Place, handler: ast.ExceptHandler | None) -> list[Candidate]:
    """`except:` with a class: Exception, or the only one that the block can be about."""
    outer = place.tree.parent(handler) if handler is not None else None
    if handler is None or handler.type is not None or not isinstance(outer, ast.Try):
        return []
    at = place.tree.span(handler)[0] + len("except")
    found = [("Exception", 0.8, "it leaves exits and interrupts alone")]
    raises = any(isinstance(s, ast.Raise) and s.exc is None for s in handler.body)
    if raises:
        found.insert(0, ("BaseException", 0.82, "what it catches is raised again"))
    known = visible(place.tree, handler)
    sure = [_catch(name, Edit(at, at, f" {name}"), weight, why) for name, weight, why in found]
    for name, weight, why in guesses(place.tree, outer):
        if all(part in known for part in re.findall(r"\w+", name)):
            # What a guess leaves out would go through.
            kind: Kind = "fix" if weight > 0.7 else "unsafe_fix"
            sure.append(_catch(name, Edit(at, at, f" {name}"), weight, why, kind))
    return sure


def _blind(place: Place, handler: ast.ExceptHandler | None, node: ast.AST) -> list[Candidate]:
    outer = place.tree.parent(handler) if handler is not None else None
    if handler is None or handler.type is None or not isinstance(outer, ast.Try) or not isinstance(node, ast.Name):
        return []
    known = visible(place.tree, handler)
    near = [guess for guess in guesses(place.tree, outer) if guess[0] in known]
    return [_catch(n, Edit(*place.tree.span(node), n), min(w, 0.6), why, "unsafe_fix") for n, w, why in near]


def _catch(name: str, edit: Edit, weight: float, why: str, kind: Kind = "fix") -> Candidate:
    return Candidate(f"Catch {name}", (edit,), kind, GENERATOR, weight, why)


def _caught(place: Place, node: ast.expr) -> list[Candidate]:
    """A handler's class that is none: each part of a tuple by itself."""
    start, end = place.tree.span(node)
    match node:
        case ast.BoolOp(values=values) if all(isinstance(v, ast.Name | ast.Attribute) for v in values):
            text = f"({', '.join(map(place.tree.source, values))})"
            return [_catch(text, Edit(start, end, text), 0.95, "several are caught as a tuple")]
        case ast.List(elts=[only]) | ast.Set(elts=[only]):
            name = place.tree.source(only)
            return [_catch(name, Edit(start, end, name), 0.95, "a class is caught, not a list")]
        case ast.List() | ast.Set():
            edits = (Edit(start, start + 1, "("), Edit(end - 1, end, ")"))
            why = "several are caught as a tuple"
            return [Candidate("Change the brackets to parentheses", edits, "fix", GENERATOR, 0.95, why)]
        case ast.Tuple(elts=elements):
            return [one for element in elements for one in _one(place, element)][:6]
        case _:
            return _one(place, node)


def _one(place: Place, node: ast.expr) -> list[Candidate]:
    start, end = place.tree.span(node)
    match node:
        case ast.Constant(value=str(name)) if name in BUILTIN:
            return [_catch(name, Edit(start, end, name), 0.93, "it is the name of an exception")]
        case ast.Call(func=ast.Name() | ast.Attribute() as called):
            name = place.tree.source(called)
            return [_catch(name, Edit(start, end, name), 0.93, "a class is caught, not an instance")]
        case ast.Name(id=name) if name not in BUILTIN:
            return _similar(place, node, name, "Catch")
    return []


def _similar(place: Place, node: ast.expr, wrong: str, verb: str) -> list[Candidate]:
    """Exceptions in scope that are like a name."""
    known = [n for n in visible(place.tree, node) if n in BUILTIN or n.endswith(("Error", "Exception", "Warning"))]
    edit = place.tree.span(node)
    near = {f"{wrong}Error": 0.92, f"{wrong}Exception": 0.9, **dict(alike(wrong, known))}
    return [
        Candidate(f"{verb} {name}", (Edit(*edit, name),), "fix", GENERATOR, 0.9 * value, f"{name} is an exception")
        for name, value in near.items()
        if name in known
    ]


def _raised(place: Place, statement: ast.Raise, handler: ast.ExceptHandler | None) -> list[Candidate]:
    if place.code == "B904":
        return _cause(place, statement, handler)
    if statement.cause is not None and place.tree.span(statement.cause)[0] <= place.start:
        return _wrong_cause(place, statement, statement.cause, handler)
    value = statement.exc
    if value is None:
        return []
    start, end = place.tree.span(value)
    called = value.func if isinstance(value, ast.Call) else value
    match called:
        case ast.Name(id="NotImplemented"):
            edit = Edit(*place.tree.span(called), "NotImplementedError")
            return [
                Candidate("Raise NotImplementedError", (edit,), "fix", GENERATOR, 0.95, "NotImplemented is a value")
            ]
        case ast.Constant(value=str()) | ast.JoinedStr():
            usual = _usual(place.tree)
            edits = (Edit(start, start, f"{usual}("), Edit(end, end, ")"))
            why = "a text cannot be raised"
            return [Candidate(f"Raise {usual} with it", edits, "fix", GENERATOR, 0.7, why)]
        case ast.Name(id=name):
            return [*_without_base(place, name), *_similar(place, called, name, "Raise")]
    return []


def _usual(tree: Tree) -> str:
    """The exception that the file raises most, with a text."""
    raised = [n.exc.func for n in tree.nodes if isinstance(n, ast.Raise) and isinstance(n.exc, ast.Call)]
    names = Counter(f.id for f in raised if isinstance(f, ast.Name) and f.id != "NotImplementedError")
    return names.most_common(1)[0][0] if names else "RuntimeError"


def _without_base(place: Place, name: str) -> list[Candidate]:
    """A class of this file that is raised and has no base."""
    for node in place.tree.nodes:
        if isinstance(node, ast.ClassDef) and node.name == name and not node.bases and not node.keywords:
            at = place.text.index(name, place.tree.span(node)[0]) + len(name)
            brackets = re.compile(r"\(\s*\)").match(place.text, at)
            edit = Edit(at, brackets.end() if brackets else at, "(Exception)")
            why = f"{name} is raised"
            return [Candidate(f"Derive {name} from Exception", (edit,), "fix", GENERATOR, 0.92, why)]
    return []


def _cause(place: Place, statement: ast.Raise, handler: ast.ExceptHandler | None) -> list[Candidate]:
    """`from` the exception that is being handled, or from None, as the file does it elsewhere."""
    if handler is None or handler.type is None:
        return []
    end = place.tree.span(statement)[1]
    hidden = _from(place.tree, none=True)
    shown = _from(place.tree, none=False)
    none = 0.9 if hidden > shown else 0.75 if hidden else 0.6
    nothing = Candidate(
        "Raise it from None", (Edit(end, end, " from None"),), "fix", GENERATOR, none, "without a cause"
    )
    if handler.name:
        edits = (Edit(end, end, f" from {handler.name}"),)
        named = Candidate(f"Raise it from {handler.name}", edits, "fix", GENERATOR, 0.92, "it is the cause")
        return [named, nothing]
    name = _usual_name(place.tree)
    at = place.tree.span(handler.type)[1]
    after = re.compile(r"\s*\)").match(place.text, at)
    at = after.end() if after and not place.text.startswith(")", at - 1) else at
    edits = (Edit(at, at, f" as {name}"), Edit(end, end, f" from {name}"))
    named = Candidate(f"Raise it from {name}", edits, "fix", GENERATOR, 0.78, "it keeps the cause")
    return sorted([named, nothing], key=lambda c: -c.weight)


def _from(tree: Tree, *, none: bool) -> int:
    causes = [n.cause for n in tree.nodes if isinstance(n, ast.Raise) and n.cause is not None]
    return sum((isinstance(cause, ast.Constant) and cause.value is None) == none for cause in causes)


def _usual_name(tree: Tree) -> str:
    names = Counter(n.name for n in tree.nodes if isinstance(n, ast.ExceptHandler) and n.name)
    return names.most_common(1)[0][0] if names else "error"


def _wrong_cause(
    place: Place, statement: ast.Raise, cause: ast.expr, handler: ast.ExceptHandler | None
) -> list[Candidate]:
    end = place.tree.span(statement)[1]
    before = place.tree.span(statement.exc)[1] if statement.exc is not None else end
    found = []
    if handler is not None and handler.name:
        edit = Edit(*place.tree.span(cause), handler.name)
        found.append(Candidate(f"Raise it from {handler.name}", (edit,), "fix", GENERATOR, 0.9, "it is being handled"))
    without = Edit(before, end, "")
    found.append(Candidate("Raise it without a cause", (without,), "unsafe_fix", GENERATOR, 0.5, "it is no exception"))
    return found
