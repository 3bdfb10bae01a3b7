"""What a model is told of a problem: the code around it, types, definitions and who uses it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from punie_agent.suggestions.region import Region
from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.place import Place, Target
from punie_semantic.paths import relative
from punie_semantic.tools.navigation import find_references

MOST_NAMES = 8
MOST_DEFINITIONS = 3
DEFINITION_LINES = 25
MOST_REFERENCES = 5
MOST_PROBLEMS = 6

_TASK = """\
Mend one problem in a Python file. Change as little as you can, in the style of the code around it. Do not hide the
problem with a comment, `Any` or a cast, and do not delete what the program needs. Answer with the whole of lines
{first} to {last} as they must be, in one ```python block, and nothing else.
"""


async def describe(place: Place, region: Region) -> str:
    """The prompt: the problem, the lines, types of the names in the marked line, definitions and references."""
    problem = place.problem
    where = f"{problem.file}, line {problem.line + 1}"
    parts = [
        _TASK.format(first=region.first, last=region.last),
        f"Problem in {where} ({problem.tool} {problem.code}):\n{problem.message.strip()}",
    ]
    parts += _others(place, region)
    parts.append(f"Lines {region.first} to {region.last}:\n```python\n{region.text.rstrip()}\n```")
    names = _names(place)
    parts += await _types(place, names)
    parts += await _definitions(place, names, region)
    parts += await _references(place)
    return "\n\n".join(parts)


def _others(place: Place, region: Region) -> list[str]:
    near = [
        d
        for d in place.others
        if d.severity != "hint" and region.first <= d.line + 1 <= region.last and d.range != place.problem.range
    ]
    lines = [f"- line {d.line + 1}: {d.message.strip().splitlines()[0]}" for d in near[:MOST_PROBLEMS]]
    return ["Other problems there, which may have the same cause:\n" + "\n".join(lines)] if lines else []


def _names(place: Place) -> list[ast.Name | ast.Attribute]:
    """The names in the problem's statement, each once, those in the marked part first."""
    tree = place.tree
    start, end = tree.line_start(place.start), tree.line_end(place.end)
    found: dict[str, ast.Name | ast.Attribute] = {}
    for node in (*tree.nodes_in(place.start, place.end, ast.Name, ast.Attribute), *_in_line(place, start, end)):
        found.setdefault(tree.source(node), node)
    return list(found.values())[:MOST_NAMES]


def _in_line(place: Place, start: int, end: int) -> Iterable[ast.Name | ast.Attribute]:
    return place.tree.nodes_in(start, max(start, end - 1), ast.Name, ast.Attribute)


async def _types(place: Place, names: list[ast.Name | ast.Attribute]) -> list[str]:
    lines = []
    for node in names:
        shown = " ".join((await place.hover(place.tree.span(node)[1] - 1)).split())
        if shown:
            lines.append(f"- {place.tree.source(node)}: {shown[:200]}")
    return ["Types:\n" + "\n".join(lines)] if lines else []


async def _definitions(place: Place, names: list[ast.Name | ast.Attribute], region: Region) -> list[str]:
    found: dict[tuple[str, int], str] = {}
    for node in names:
        for target in (await place.definitions(place.tree.span(node)[1] - 1))[:1]:
            inside = target.path == place.file and region.start <= target.start < region.end
            if not inside and len(found) < MOST_DEFINITIONS and target.path.is_relative_to(place.workspace.root):
                found.setdefault((str(target.path), target.start), _definition(place, target))
    return [text for text in found.values() if text]


def _definition(place: Place, target: Target) -> str:
    tree = place.tree_of(target.path)
    node = tree.node_at(target.start, target.end) if tree else None
    if tree is None or node is None:
        return ""
    outer = tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef) or tree.statement(node) or node
    lines = tree.source(outer).splitlines()[:DEFINITION_LINES]
    return f"From {relative(place.workspace.root, target.path)}:\n```python\n" + "\n".join(lines) + "\n```"


async def _references(place: Place) -> list[str]:
    """Where the function around the problem is used."""
    tree = place.tree
    node = tree.node_at(place.start, place.end)
    function = tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef) if node is not None else None
    if function is None:
        return []
    start = tree.text.find(function.name, tree.span(function)[0])
    at = tree.lines.position(start, "utf-32")
    try:
        found = await find_references(
            place.workspace, place.problem.file, at["line"] + 1, at["character"] + 1, include_declaration=False
        )
    except SemanticError:
        return []
    lines = [f"- {place_.file}:{place_.line}: {place_.text}" for place_ in found.locations[:MOST_REFERENCES]]
    return [f"Uses of {function.name}:\n" + "\n".join(lines)] if lines else []
