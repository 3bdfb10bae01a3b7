"""A name that is bound, but not here or not yet: `as` left out, `global` missing, statements in the wrong order."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import Scope, bound_by, names_of, scope_of, visible
from punie_semantic.fixing.spots import body_start, siblings

GENERATOR = "where it is bound"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


async def generate(place: Place) -> list[Candidate]:
    """For a name that is not defined, or not yet."""
    node = place.tree.node_at(place.start, place.end)
    name = place.source
    if not name.isidentifier() or node is None:
        return []
    if place.code == "possibly-unresolved-reference":
        return _initialised(place, node, name)
    return [*_as(place, node, name), *_outer(place, node, name), *_earlier(place, node, name), *_alias(place, name)]


def _as(place: Place, node: ast.AST, name: str) -> list[Candidate]:
    """`except E:` or `with open(x):` without `as name`, around a body that reads it."""
    tree = place.tree
    inner = node
    for outer in tree.parents(node):
        if isinstance(outer, ast.ExceptHandler) and outer.name is None and outer.type and inner in outer.body:
            end = tree.span(outer.type)[1]
            # Behind the parenthesis of a tuple, which is part of its span.
            why = "the handler reads it and does not bind it"
            return [Candidate(f"Add “as {name}”", (Edit(end, end, f" as {name}"),), "fix", GENERATOR, 0.9, why)]
        if isinstance(outer, ast.With | ast.AsyncWith) and inner in outer.body:
            free = [item for item in outer.items if item.optional_vars is None]
            if free:
                end = _closed(place, tree.span(free[-1].context_expr))
                why = "the block reads it and does not bind it"
                return [Candidate(f"Add “as {name}”", (Edit(end, end, f" as {name}"),), "fix", GENERATOR, 0.72, why)]
        if isinstance(outer, _FUNCTIONS):
            break
        inner = outer
    return []


def _closed(place: Place, span: tuple[int, int]) -> int:
    """The end of an expression with the parentheses around it."""
    start, end = span
    while (before := re.compile(r".*\(\s*\Z", re.S).match(place.text[max(0, start - 200) : start])) and (
        after := re.compile(r"\s*\)(?=\s*[:,)])").match(place.text, end)
    ):
        start, end = start - len(before[0]) + before[0].rindex("("), after.end()
    return end


def _outer(place: Place, node: ast.AST, name: str) -> list[Candidate]:
    """A function that changes a name of the module, or of the function around, without saying so."""
    tree = place.tree
    function = scope_of(tree, node)
    if not isinstance(function, _FUNCTIONS):
        return []
    own = names_of(function).get(name)
    if own is None or own.parameter:
        return []
    around = next((s for s in tree.parents(function) if isinstance(s, _FUNCTIONS) and name in names_of(s)), None)
    module = name in names_of(tree.module)
    if around is None and not module:
        return []
    word = "nonlocal" if around is not None else "global"
    declared = [s for s in function.body if isinstance(s, ast.Nonlocal if word == "nonlocal" else ast.Global)]
    if declared:
        end = tree.span(declared[0])[1]
        edit = Edit(end, end, f", {name}")
    else:
        first = body_start(function)
        if first.lineno == function.lineno:
            return []
        at = tree.line_start(tree.span(first)[0])
        edit = Edit(at, at, f"{tree.indent(first)}{word} {name}\n")
    augmented = any(isinstance(tree.parent(binding), ast.AugAssign) for binding in own.bindings)
    why = f"{function.name} changes a {name} from {'around it' if around is not None else 'the module'}"
    return [Candidate(f"Add “{word} {name}”", (edit,), "fix", GENERATOR, 0.9 if augmented else 0.75, why)]


def _earlier(place: Place, node: ast.AST, name: str) -> list[Candidate]:
    """The statement that binds the name comes right after the one that reads it: they are in the wrong order."""
    tree = place.tree
    scope = scope_of(tree, node)
    for statement in [n for n in (node, *tree.parents(node)) if isinstance(n, ast.stmt)]:
        if statement is scope:
            break
        block = siblings(tree, statement)
        index = next((n for n, one in enumerate(block) if one is statement), -1)
        later = [n for n in range(index + 1, len(block)) if name in _binds(block[n])] if index >= 0 else []
        if later:
            edits = _moved(place, block, later[0], index)
            distance = later[0] - index
            weight = 0.85 if distance == 1 else 0.5 - 0.02 * min(distance, 10)
            title = f"Move the line that binds {name} up"
            why = f"{name} is bound {'in the next statement' if distance == 1 else 'later'}"
            return [Candidate(title, edits, "fix", GENERATOR, weight, why)] if edits else []
    return []


def _binds(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    return [name for node in ast.walk(statement) for name in bound_by(node)]


def _moved(place: Place, block: list[ast.stmt], source: int, target: int) -> tuple[Edit, ...]:
    """Whole lines of one statement before those of another."""
    start, end = _lines(place, block[source])
    at, at_end = _lines(place, block[target])
    lines = place.text[start:end]
    if not lines.endswith(("\n", "\r")) or at_end > start or _lines(place, block[source - 1])[1] > start:
        return ()
    if isinstance(block[source], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        # With the blank lines before it, which then come after it.
        gap = place.text[_lines(place, block[source - 1])[1] : start]
        if gap.strip():
            return ()
        return (Edit(at, at, lines + gap), Edit(start - len(gap), end, ""))
    return (Edit(at, at, lines), Edit(start, end, ""))


def _lines(place: Place, statement: ast.stmt) -> tuple[int, int]:
    tree = place.tree
    start, end = tree.span(statement)
    for decorator in getattr(statement, "decorator_list", []):
        start = min(start, tree.span(decorator)[0])
    return tree.line_start(start), tree.line_end(end)


def _alias(place: Place, name: str) -> list[Candidate]:
    """An import that nobody reads, whose `as name` was left out."""
    tree = place.tree
    known = visible(tree, tree.module)
    found = []
    for alias in [a for s in tree.nodes if isinstance(s, ast.Import | ast.ImportFrom) for a in s.names]:
        bound = bound_by(alias)[0]
        unread = bound in known and not known[bound].reads
        if not unread or alias.asname is not None or alias.name == "*" or not abbreviates(name, alias.name):
            continue
        end = tree.span(alias)[1]
        why = f"nobody reads {bound}"
        found.append(Candidate(f"Add “as {name}”", (Edit(end, end, f" as {name}"),), "fix", GENERATOR, 0.8, why))
    return found[:2]


def abbreviates(short: str, full: str) -> bool:
    """Whether the letters of a name come in another one in this order: np for numpy, ET for ElementTree."""
    letters = iter(full.lower())
    return short[:1].lower() in full.lower() and all(letter in letters for letter in short.lower().strip("_"))


def _initialised(place: Place, node: ast.AST, name: str) -> list[Candidate]:
    """The name gets a value before the statement that may or may not bind it."""
    tree = place.tree
    scope: Scope = scope_of(tree, node)
    body = scope.body if isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
    binding = next((s for s in body if name in _binds(s)), None)
    if binding is None or isinstance(scope, ast.ClassDef):
        return []
    at = _lines(place, binding)[0]
    title = f"Set {name} to None before"
    edit = Edit(at, at, f"{tree.indent(binding)}{name} = None\n")
    return [Candidate(title, (edit,), "unsafe_fix", GENERATOR, 0.4, "not every way through binds it")]
