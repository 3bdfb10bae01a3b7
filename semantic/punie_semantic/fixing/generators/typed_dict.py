"""Keys of TypedDicts: misspelt where they are used or where they are declared, missing in a constructor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import exact
from punie_semantic.fixing.likeness import alike, likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible
from punie_semantic.fixing.tree import Tree
from punie_semantic.paths import relative

GENERATOR = "typed dict"


async def generate(place: Place) -> list[Candidate]:
    """Keys like the wrong one; the declaration when nobody uses it as it is written; the missing key."""
    told = re.search(
        r"key ['\"](.*?)['\"] .*?TypedDict `(\w+)`|required keys? (.*?) in TypedDict `(\w+)`", place.message
    )
    if told is None:
        return []
    name = told[2] or told[4]
    owner = await _declaration(place, name)
    if owner is None:
        return []
    tree, node, file = owner
    keys = {s.target.id: s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)}
    if told[2]:
        return [
            *_alike(place, told[1], keys),
            *_declared(place, tree, told[1], keys, file),
            *_more(place, tree, node, told[1], file),
        ]
    return list(_missing(place, re.findall(r"['\"](\w+)['\"]", told[0]), keys))


async def _declaration(place: Place, name: str) -> tuple[Tree, ast.ClassDef, str] | None:
    own = _class(place.tree, name)
    if own is not None:
        return place.tree, own, ""
    for node in place.tree.nodes:
        if (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.alias) and node.name == name):
            for target in await place.definitions(place.tree.span(node)[0]):
                tree = place.tree_of(target.path)
                found = _class(tree, name) if tree is not None else None
                if tree is not None and found is not None and target.path.is_relative_to(place.workspace.root):
                    return tree, found, relative(place.workspace.root, target.path)
            return None
    return None


def _class(tree: Tree | None, name: str) -> ast.ClassDef | None:
    nodes = tree.nodes if tree is not None else ()
    return next((node for node in nodes if isinstance(node, ast.ClassDef) and node.name == name), None)


def _alike(place: Place, wrong: str, keys: dict[str, ast.AnnAssign]) -> Iterator[Candidate]:
    marked = place.source
    at = place.start + marked.find(wrong)
    taken = _beside(place)
    free = [key for key in keys if key not in taken]
    likely = dict(alike(wrong, free))
    for key in (*likely, *(key for key in free if key not in likely)):
        weight = 0.95 * likely[key] if key in likely else 0.6 if len(free) == 1 else 0.25
        edit = Edit(at, at + len(wrong), key)
        why = f'"{key}" is a key'
        yield Candidate(f'Change "{wrong}" to "{key}"', (edit,), "fix", GENERATOR, weight, why)


def _beside(place: Place) -> set[str]:
    """The keys that the same constructor or display has already."""
    node = place.tree.node_at(place.start, place.end)
    outer = place.tree.enclosing(node, ast.Dict, ast.Call) if node is not None else None
    if isinstance(outer, ast.Dict):
        return {str(key.value) for key in outer.keys if isinstance(key, ast.Constant)}
    return {keyword.arg or "" for keyword in outer.keywords} if isinstance(outer, ast.Call) else set()


def _declared(place: Place, tree: Tree, wrong: str, keys: dict[str, ast.AnnAssign], file: str) -> Iterator[Candidate]:
    """The declaration is misspelt: several places use this key, and none the declared one."""
    used = len(re.findall(rf"[\"']{re.escape(wrong)}[\"']", place.text))
    for key, statement in keys.items():
        value = likeness(wrong, key)
        if value < 0.6 or re.search(rf"[\"']{re.escape(key)}[\"']", place.text) or re.search(rf"\b{key}=", place.text):
            continue
        start = tree.span(statement)[0]
        weight = min(0.5 + 0.15 * used, 0.95) * value
        why = f'"{wrong}" is used {used} times and "{key}" never'
        edit = Edit(start, start + len(key), wrong)
        yield Candidate(f"Change {key} to {wrong} in its declaration", (edit,), "fix", GENERATOR, weight, why, file)


def _more(place: Place, tree: Tree, node: ast.ClassDef, wrong: str, file: str) -> Iterator[Candidate]:
    """The declaration lacks the key."""
    used = len(re.findall(rf"[\"']{re.escape(wrong)}[\"']", place.text))
    last = node.body[-1]
    if wrong.isidentifier() and isinstance(last, ast.AnnAssign):
        end, kind = tree.span(last)[1], tree.source(last.annotation)
        edit = Edit(end, end, f"\n{tree.indent(last)}{wrong}: {kind}")
        weight = min(0.1 + 0.08 * used, 0.4)
        yield Candidate(f"Declare {wrong}", (edit,), "unsafe_fix", GENERATOR, weight, f"it is used {used} times", file)


def _missing(place: Place, missing: list[str], keys: dict[str, ast.AnnAssign]) -> Iterator[Candidate]:
    """The keys that a constructor lacks, with values of the same names."""
    node = exact(place, ast.Dict, ast.Call)
    names = visible(place.tree, node) if node is not None else {}
    if node is None or not missing:
        return
    for key in keys:
        for given in _beside_of(node):
            if given not in keys and likeness(given, key) >= 0.6 and key in missing:
                return  # a misspelt key is another problem, with a fix of its own
    if isinstance(node, ast.Dict) and node.values and all(key in names for key in missing):
        end = place.tree.span(node.values[-1])[1]
        text = "".join(f', "{key}": {key}' for key in missing)
        yield Candidate(
            f"Give {', '.join(missing)}", (Edit(end, end, text),), "fix", GENERATOR, 0.7, "the scope has them"
        )
    if isinstance(node, ast.Call) and all(key in names for key in missing):
        end = place.tree.span(node)[1] - 1
        text = ", ".join(f"{key}={key}" for key in missing)
        lead = ", " if node.args or node.keywords else ""
        yield Candidate(
            f"Give {', '.join(missing)}", (Edit(end, end, lead + text),), "fix", GENERATOR, 0.7, "the scope has them"
        )


def _beside_of(node: ast.Dict | ast.Call) -> list[str]:
    if isinstance(node, ast.Dict):
        return [str(key.value) for key in node.keys if isinstance(key, ast.Constant)]
    return [keyword.arg or "" for keyword in node.keywords]
