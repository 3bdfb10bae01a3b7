"""An import that leads nowhere: its module or name misspelt, moved, renamed, or too many or too few dots."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.missing_import import relative_to, with_dots
from punie_semantic.fixing.import_lines import module_of, with_import
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.project_names import ProjectNames, project_names
from punie_semantic.fixing.scope import BUILTINS
from punie_semantic.fixing.standard_names import RENAMED, homes
from punie_semantic.fixing.syntax.foreign import IMPORT_FIRST, from_first
from punie_semantic.imports import Import, absolute

GENERATOR = "wrong import"
Statement = ast.Import | ast.ImportFrom


async def generate(place: Place) -> list[Candidate]:
    """For a module that cannot be found, or a name that a module does not have."""
    tree = place.tree
    node = tree.node_at(place.start, place.end)
    statement = tree.enclosing(node, ast.Import, ast.ImportFrom) if node is not None else None
    if statement is None:
        return _turned(place)
    alias = next((a for a in statement.names if tree.span(a)[0] == place.start), None)
    project = await project_names(place.workspace)
    if isinstance(statement, ast.ImportFrom) and alias is not None:
        return await _name(place, project, statement, alias)
    wrong = alias.name if alias is not None else place.source  # ty marks `name as other` as a whole
    return await _module(place, project, statement, wrong)


def _turned(place: Place) -> list[Candidate]:
    """`import Path from pathlib`: nothing is found there, and once it is, its types show what was hidden."""
    lines = place.tree.lines
    line = lines.line(place.problem.line)
    start = lines.start(place.problem.line) + len(line) - len(line.lstrip())
    found = IMPORT_FIRST.match(place.text, start)
    if found is None:
        return []
    new = from_first(found)
    edit = Edit(start, found.end(), new)
    return [Candidate(f"Change it to {new}", (edit,), "fix", GENERATOR, 0.97, "`from` comes first in Python")]


async def _name(place: Place, project: ProjectNames, statement: ast.ImportFrom, alias: ast.alias) -> list[Candidate]:
    """The module is there and lacks the name: it is misspelt, or somewhere else."""
    wrong = alias.name
    start = place.start
    end = start + len(wrong)
    members = await place.completions(start, place.text[:start] + place.text[end:])
    found = []
    undefined = _undefined(place)
    public = [m.name for m in members if wrong.startswith("_") or not m.name.startswith("_")]
    names = alike(wrong, [*public, *(n for n in undefined if n in {m.name for m in members})])
    for name, value in names:
        wanted = name in undefined
        weight = min(0.9 * value + (0.2 if wanted else 0.0), 0.97)
        why = f"the file reads {name}" if wanted else f"{module_of(statement)} has {name}"
        found.append(_change(wrong, name, (Edit(start, end, name),), weight, why))
        renamed = [] if wanted or alias.asname else _uses(place, wrong)
        if renamed:
            edits = (Edit(start, end, name), *(Edit(*span, name) for span in renamed))
            found.append(_change(wrong, name, edits, weight - 0.2, f"{why}, and the file uses it"))
    together = _together(place, project, statement)
    found += together
    for module, weight, why in _homes(place, project, statement, wrong):
        edits = _moved(place, project, statement, alias, module)
        title = f"Import {wrong} from {module}"
        if edits:
            # One module has all that this one lacks: one name alone is not what is meant.
            found.append(Candidate(title, edits, "fix", GENERATOR, weight * (0.6 if together else 1.0), why))
    return sorted(found, key=lambda c: -c.weight)


def _together(place: Place, project: ProjectNames, statement: ast.ImportFrom) -> list[Candidate]:
    """Another module that has all the names that this one lacks, when these are several."""
    lacking = [place.offsets(d) for d in (place.problem, *place.others) if d.code == place.code]
    names = [a.name for a in statement.names if any(start == place.tree.span(a)[0] for start, _ in lacking)]
    span = _module_span(place, statement)
    if len(names) < 2 or span is None:
        return []
    having = [[module for module, _, _ in _homes(place, project, statement, name)] for name in names]
    modules = [module for module in having[0] if all(module in others for others in having)]
    if modules[:1] == ["collections.abc"]:
        modules = modules[:1]  # typing only has old names of the same.
    why = f"it has {', '.join(names[:3])}"
    old = module_of(statement)
    return [_change(old, module, (Edit(*span, module),), 0.93 - 0.1 * n, why) for n, module in enumerate(modules[:2])]


def _change(wrong: str, right: str, edits: tuple[Edit, ...], weight: float, why: str) -> Candidate:
    return Candidate(f"Change {wrong} to {right}", edits, "fix", GENERATOR, weight, why)


def _undefined(place: Place) -> set[str]:
    """The names that the file reads and does not have."""
    codes = ("unresolved-reference", "F821", "F822")
    found = {place.text[slice(*place.offsets(other))] for other in place.others if other.code in codes}
    return found - BUILTINS


def _uses(place: Place, name: str) -> list[tuple[int, int]]:
    found = [n for n in place.tree.nodes if isinstance(n, ast.Name) and n.id == name]
    spans = [place.tree.span(node) for node in found]
    return [span for span in spans if place.text[slice(*span)] == name]


def _homes(
    place: Place, project: ProjectNames, statement: ast.ImportFrom, name: str
) -> Iterator[tuple[str, float, str]]:
    """The modules that have the name, as this file would write them."""
    own = project.modules.get(place.file, "")
    package = own if place.file.stem == "__init__" else own.rpartition(".")[0]
    seen = {module_of(statement), own}
    for wanted, times in project.importing(name).most_common(4):
        if wanted.name == name and not wanted.alias and wanted.module not in seen:
            seen.add(wanted.module)
            here = absolute(module_of(statement), own, place.file.stem == "__init__") == wanted.module
            if not here:
                module = relative_to(package, wanted.module) if statement.level and package else wanted.module
                yield module, 0.86, f"other files import it from there ({times})"
    for module, path in project.defining(name)[:3]:
        if module not in seen and path != place.file:
            seen.add(module)
            written = relative_to(package, module) if statement.level and package else module
            yield written, 0.8, f"{module} defines it"
    for rank, module in enumerate(homes(name)[:3]):
        if module not in seen:
            yield module, 0.84 - 0.15 * rank, f"{module} of the standard library has it"


def _moved(
    place: Place, project: ProjectNames, statement: ast.ImportFrom, alias: ast.alias, module: str
) -> tuple[Edit, ...]:
    """The statement with another module; with several names, only the wrong one moves."""
    tree = place.tree
    if len(statement.names) == 1:
        span = _module_span(place, statement)
        return (Edit(*span, module),) if span else ()
    added = with_import(tree, Import(module, alias.name, alias.asname or ""), project.packages)
    spans = [tree.span(a) for a in statement.names]
    index = next(n for n, one in enumerate(statement.names) if one is alias)
    if index + 1 < len(spans):
        gone = Edit(spans[index][0], spans[index + 1][0], "")
    else:
        gone = Edit(spans[index - 1][1], spans[index][1], "")
    if added is None or gone.start <= added.start < gone.end:
        return ()
    return (added, gone)


def _module_span(place: Place, statement: ast.ImportFrom) -> tuple[int, int] | None:
    """Where a from-import has its module, dots included."""
    start, end = place.tree.span(statement)
    text = place.text[start:end]
    at = text.find("from") + 4
    at += len(text[at:]) - len(text[at:].lstrip(" \t\\\r\n"))
    module = module_of(statement)
    return (start + at, start + at + len(module)) if text.startswith(module, at) else None


async def _module(place: Place, project: ProjectNames, statement: Statement, wrong: str) -> list[Candidate]:
    """The module cannot be found."""
    level = statement.level if isinstance(statement, ast.ImportFrom) else 0
    start, end = place.start, place.start + len(wrong)
    found = []
    if level == 0 and wrong in RENAMED:
        right = RENAMED[wrong]
        plain = isinstance(statement, ast.Import) and all(a.asname is None for a in statement.names)
        uses = _uses(place, wrong) if plain else []
        edits = (Edit(start, end, right), *(Edit(*use, right) for use in uses))
        found.append(_change(wrong, right, edits, 0.85, "it was renamed"))
    found += await _misspelt(place, wrong)
    found += _elsewhere(place, project, statement, wrong)
    if isinstance(statement, ast.ImportFrom):
        found += _by_names(place, project, statement)
    return sorted(found, key=lambda c: -c.weight)


async def _misspelt(place: Place, wrong: str) -> list[Candidate]:
    """The first part that is not there, like one that is; ty tells the parts."""
    parts = wrong.split(".")
    at = place.start
    undefined = _undefined(place)
    found: list[Candidate] = []
    for part in parts:
        end = at + len(part)
        members = await place.completions(at, place.text[:at] + place.text[end:])
        names = [m.name for m in members if m.kind in (0, 9) and m.name.isidentifier() and not m.imports]
        for name, value in alike(part, names) if part not in names else ():
            weight = 0.95 * value + (0.15 if name in undefined else 0.05 if value > 0.8 else 0)
            weight -= 0.2 if name.startswith("_") and not part.startswith("_") else 0
            edit = Edit(at, end, name)
            found.append(_change(part, name, (edit,), min(weight, 0.97), f"there is a module {name}"))
        if part not in names:
            break
        at = end + 1
    return found


def _elsewhere(place: Place, project: ProjectNames, statement: Statement, wrong: str) -> Iterator[Candidate]:
    """A module of the project with the same last part, in another package or by other dots."""
    own = project.modules.get(place.file, "")
    package = own if place.file.stem == "__init__" else own.rpartition(".")[0]
    last = wrong.rpartition(".")[2]
    level = statement.level if isinstance(statement, ast.ImportFrom) else 0
    for module in sorted(set(project.modules.values())):
        same = module == wrong or module.endswith(f".{wrong}")
        if module == own or not (same or module.rpartition(".")[2] == last):
            continue
        weight = 0.85 if same else 0.6
        if isinstance(statement, ast.ImportFrom):
            span = _module_span(place, statement)
            near = module.partition(".")[0] == package.partition(".")[0] and bool(package)
            dotted = near and (level or with_dots(place, project, package))
            ways = [relative_to(package, module)] if dotted else [module]
            if near and not dotted and module.rpartition(".")[0] == package:
                # A dot may have been lost.
                ways.append(relative_to(package, module))
            for number, written in enumerate(ways):
                if span is not None and written != module_of(statement):
                    why = f"{module} is of the project"
                    edit = Edit(*span, written)
                    yield _change(module_of(statement), written, (edit,), weight - 0.05 * number, why)
        elif module != wrong:
            edit = Edit(place.start, place.start + len(wrong), module)
            yield _change(wrong, module, (edit,), weight, f"{module} is of the project")


def _by_names(place: Place, project: ProjectNames, statement: ast.ImportFrom) -> Iterator[Candidate]:
    """The modules from which other files, or the standard library, have all the names."""
    names = [alias.name for alias in statement.names]
    span = _module_span(place, statement)
    homes_of = [dict.fromkeys((m for m, _, _ in _homes(place, project, statement, name)), 1) for name in names]
    for module in homes_of[0] if homes_of and span else ():
        if span and module != module_of(statement) and all(module in others for others in homes_of):
            yield _change(
                module_of(statement), module, (Edit(*span, module),), 0.66, f"{module} has {', '.join(names[:3])}"
            )
