"""Something that is defined twice: a function, a dictionary's key, an enum's value, a loop's name."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.misspelt import wanted_names
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.occurrences import name_span, renamed
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import scope_of
from punie_semantic.fixing.spots import decorators, removed

GENERATOR = "redefinition"


async def generate(place: Place) -> list[Candidate]:
    """The one of both that is misspelt, or one less when they are the same."""
    node = place.tree.node_at(place.start, place.end)
    if node is None:
        return []
    if place.code in ("F601", "F602"):
        return _key(place, node)
    if place.code in ("F402", "B020", "PLW2901", "PLR1704"):
        return _loop_name(place, node)
    return _definition(place, node)


def _definition(place: Place, node: ast.AST) -> list[Candidate]:
    """A function or class: an exact double goes; one whose name is missed elsewhere gets that name."""
    second = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    outer = place.tree.parent(second) if second is not None else None
    if second is None or outer is None or isinstance(second, ast.Import | ast.ImportFrom):
        return []
    body = list(getattr(outer, "body", []))
    same = [s for s in body if getattr(s, "name", None) == second.name and s.lineno < second.lineno]
    found: list[Candidate] = []
    for first in same[-1:]:
        if ast.dump(first) == ast.dump(second):
            taken = removed(place.tree, second)
            if taken is not None and not second.decorator_list:
                why = "it is the same as the one before"
                found.append(Candidate(f"Delete the double {second.name}", (taken,), "fix", GENERATOR, 0.9, why))
        if isinstance(second, ast.FunctionDef | ast.AsyncFunctionDef) and _is_property(first):
            found += _accessor(place, second)
        for definition, less in ((second, 0.0), (first, 0.05)):
            span = name_span(place.tree, definition, second.name)
            for name, times in wanted_names(place).items():
                value = likeness(second.name, name)
                if span and value > 0.3:
                    why = f"{name} is missed {times} times"
                    title = f"Rename it to {name}"
                    weight = 0.5 + 0.45 * value - less
                    found.append(Candidate(title, (Edit(*span, name),), "fix", GENERATOR, weight, why))
    return found


def _is_property(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and bool({"property", "cached_property"} & set(decorators(node)))


def _accessor(place: Place, second: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Candidate]:
    """The setter or deleter of a property without its decorator."""
    if second.decorator_list:
        return []
    count = len(second.args.args)
    kind = {2: "setter", 1: "deleter"}.get(count)
    if kind is None:
        return []
    at = place.tree.line_start(place.tree.span(second)[0])
    edit = Edit(at, at, f"{place.tree.indent(second)}@{second.name}.{kind}\n")
    why = f"{second.name} is a property"
    return [Candidate(f"Add @{second.name}.{kind}", (edit,), "fix", GENERATOR, 0.95 if count == 2 else 0.5, why)]


def _key(place: Place, node: ast.AST) -> list[Candidate]:
    """A dictionary's key: an exact double entry goes; a key that others of its kind show to be misspelt changes."""
    outer = place.tree.parent(node)
    if not isinstance(outer, ast.Dict) or not any(key is node for key in outer.keys):
        return []
    index = next(number for number, key in enumerate(outer.keys) if key is node)
    key, value = outer.keys[index], outer.values[index]
    earlier = next((n for n, k in enumerate(outer.keys[:index]) if k and key and ast.dump(k) == ast.dump(key)), None)
    if earlier is None or key is None:
        return []
    found: list[Candidate] = []
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        found += _key_of_value(place, outer, (earlier, index))
    start, end = place.tree.span(key)[0], place.tree.span(value)[1]
    comma = re.compile(r"[ \t]*,[ \t]*(?:\r?\n)?").match(place.text, end)
    before = place.text.rfind(",", 0, start)
    edit = Edit(start, comma.end(), "") if comma else Edit(before, end, "")
    line = place.tree.line_start(start)
    if comma and not place.text[line:start].strip() and comma[0].endswith("\n"):
        edit = Edit(line, comma.end(), "")
    if ast.dump(outer.values[earlier]) == ast.dump(value):
        why = "it is the same as the one before"
        found.append(Candidate("Delete the double entry", (edit,), "fix", GENERATOR, 0.9, why))
    else:
        why = "only the last one counts"
        found.append(Candidate("Delete the later entry", (edit,), "unsafe_fix", GENERATOR, 0.35, why))
    return found


def _key_of_value(place: Place, outer: ast.Dict, places: tuple[int, int]) -> list[Candidate]:
    """`{"name": name, "nmae": age}`: the key that is spelled as its value, when the others are."""
    keys = {k.value for k in outer.keys if isinstance(k, ast.Constant)}
    found = []
    for index in reversed(places):
        key, value = outer.keys[index], outer.values[index]
        last = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
        if last and last not in keys and key is not None:
            source = place.tree.source(key)
            quote = source[-1]
            edit = Edit(*place.tree.span(key), f"{quote}{last}{quote}")
            why = f"its value is {last}"
            found.append(Candidate(f"Change the key to {last}", (edit,), "fix", GENERATOR, 0.75, why))
    return found


def _loop_name(place: Place, node: ast.AST) -> list[Candidate]:
    """A loop's name that hides another one: `item` of `items`, or with an underscore."""
    if not isinstance(node, ast.Name):
        return []
    loop = place.tree.enclosing(node, ast.For, ast.AsyncFor)
    names = [f"{node.id}_"]
    if loop is not None and isinstance(loop.iter, ast.Name | ast.Attribute):
        many = place.tree.source(loop.iter).rpartition(".")[2]
        names = [one for one in (many.removesuffix("s"), *names) if one not in (many, node.id)]
    scope = scope_of(place.tree, node)
    found = []
    for number, name in enumerate(names):
        if loop is not None and name.isidentifier():
            edits = renamed(place.tree, scope, node.id, name)
            inside = tuple(e for e in edits if _within(place, loop, e))
            if inside:
                why = f"{node.id} means something else already"
                found.append(
                    Candidate(f"Rename it to {name} in the loop", inside, "fix", GENERATOR, 0.7 - 0.05 * number, why)
                )
    return found


def _within(place: Place, loop: ast.For | ast.AsyncFor, edit: Edit) -> bool:
    """Whether an edit is in a loop, but not in what it goes over, which is read before."""
    start, end = place.tree.span(loop)
    inner = place.tree.span(loop.iter)
    return start <= edit.start < end and not inner[0] <= edit.start < inner[1]
