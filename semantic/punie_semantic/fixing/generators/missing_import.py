"""A name that the file forgot to import: as the project's other files do it, from where it is defined, or standard."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from punie_semantic.dependencies import declared_packages
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.import_lines import by_kind, checked_only, module_of, with_import
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.project_names import ProjectNames, project_names
from punie_semantic.fixing.scope import bound_by
from punie_semantic.fixing.standard_names import CUSTOMARY, homes, is_module, telling
from punie_semantic.imports import Import

GENERATOR = "import"
MOST = 6


@dataclass(frozen=True)
class Origin:
    """Where a name may come from, how likely it is, and why."""

    wanted: Import
    weight: float
    why: str


async def generate(place: Place) -> list[Candidate]:
    """Imports that make the undefined name known, the likely ones first."""
    node = place.tree.node_at(place.start, place.end)
    name = place.source
    if not name.isidentifier() or node is None or _bound_at_top(place, name):
        return []
    project = await project_names(place.workspace)
    uses = _uses(place, name)
    best: dict[Import, Origin] = {}
    for origin in _origins(place, project, name, uses):
        known = best.get(origin.wanted)
        if known is None or known.weight < origin.weight:
            best[origin.wanted] = origin
    ordered = sorted(best.values(), key=lambda o: -o.weight)[:MOST]
    found: list[Candidate] = []
    types_only = _types_only(place, uses)
    others = _others(place, name)
    for origin in ordered:
        more = [other for other in others if _has(project, origin.wanted.module, other)] if origin.wanted.name else []
        if more and not origin.wanted.alias:
            names = ", ".join(sorted([name, *more], key=by_kind))
            together = Origin(Import(origin.wanted.module, names), min(origin.weight + 0.05, 0.96), origin.why)
            found += _candidates(place, project, together, types_only=types_only)
        found += _candidates(place, project, origin, types_only=types_only)
    found += _qualified(place, name, uses, [origin.wanted for origin in ordered])
    return found


def _qualified(place: Place, name: str, uses: list[ast.Name], wanted: list[Import]) -> Iterator[Candidate]:
    """`timedelta(1)` as `datetime.timedelta(1)`, where the file imports the module and takes its names from there."""
    body = place.tree.module.body
    modules = {alias.name: alias.asname or alias.name for s in body if isinstance(s, ast.Import) for alias in s.names}
    taken_apart = {module_of(s) for s in body if isinstance(s, ast.ImportFrom)}
    for origin in wanted:
        if len(uses) == 1 and origin.name == name and origin.module in modules and origin.module not in taken_apart:
            text = f"{modules[origin.module]}.{name}"
            start, end = place.tree.span(uses[0])
            why = f"the file imports {origin.module}"
            yield Candidate(f"Write {text}", (Edit(start, end, text),), "fix", GENERATOR, 0.9, why)


def _others(place: Place, name: str) -> list[str]:
    """What else the file lacks."""
    codes = ("unresolved-reference", "F821")
    found = {place.text[slice(*place.offsets(other))] for other in place.others if other.code in codes}
    return sorted(other for other in found - {name} if other.isidentifier())


def _has(project: ProjectNames, module: str, name: str) -> bool:
    """Whether a module is where a name usually comes from."""
    imported = any(wanted.module == module and wanted.name == name for wanted in project.importing(name))
    return imported or any(m == module for m, _ in project.defining(name)) or module in homes(name)[:1]


def _bound_at_top(place: Place, name: str) -> bool:
    imports = [s for s in place.tree.module.body if isinstance(s, ast.Import | ast.ImportFrom)]
    return any(name in bound_by(alias) for statement in imports for alias in statement.names)


def _uses(place: Place, name: str) -> list[ast.Name]:
    return [node for node in place.tree.nodes if isinstance(node, ast.Name) and node.id == name]


def _origins(place: Place, project: ProjectNames, name: str, uses: list[ast.Name]) -> Iterator[Origin]:
    own = project.modules.get(place.file, "")
    dotted = _is_dotted(place, uses)
    yield from _imported_elsewhere(project, name, own)
    yield from _defined_elsewhere(place, project, name, own)
    yield from _modules(project, name, own, dotted=dotted)
    yield from _standard(place, name, dotted=dotted)
    customary = CUSTOMARY.get(name)
    if customary is not None and dotted:
        known = customary.partition(".")[0] in declared_packages(place.workspace.root) or is_module(customary)
        wanted = Import(customary, "", name)
        yield Origin(wanted, 0.85 if known else 0.5, f"{name} is what {customary} is called by custom")


def _is_dotted(place: Place, uses: list[ast.Name]) -> bool:
    parents = [place.tree.parent(use) for use in uses]
    return bool(parents) and all(isinstance(parent, ast.Attribute) for parent in parents)


def _imported_elsewhere(project: ProjectNames, name: str, own: str) -> Iterator[Origin]:
    counted = project.importing(name)
    total = sum(counted.values())
    for wanted, times in counted.most_common(3):
        if (wanted.module == own and wanted.name) or f"{wanted.module}.{wanted.name}" == own:
            continue
        files = "another file imports" if times == 1 else f"{times} other files import"
        weight = 0.78 + 0.15 * times / total + (0.02 if times > 2 else 0)
        yield Origin(wanted, weight, f"{files} it so")


def _defined_elsewhere(place: Place, project: ProjectNames, name: str, own: str) -> Iterator[Origin]:
    found = [(module, path) for module, path in project.defining(name) if path != place.file]
    for module, path in found[:3]:
        strange = _is_test(module) and not _is_test(own)
        weight = (0.8 if len(found) == 1 else 0.6) - (0.4 if strange else 0) - (0.2 if name.startswith("_") else 0)
        weight += 0.05 * _shared(module, own)
        weight -= 0.1 if path.stem == "__init__" else 0
        yield Origin(Import(module, name), min(max(weight, 0.1), 0.9), f"{module} defines it")


def _modules(project: ProjectNames, name: str, own: str, *, dotted: bool) -> Iterator[Origin]:
    """Modules of that name: of the project, of the standard library."""
    for module in sorted(project.modules.values(), key=lambda m: -_shared(m, own)):
        package, _, last = module.rpartition(".")
        if last == name and module != own and dotted:
            wanted = Import(package, name) if package else Import(name)
            yield Origin(wanted, 0.72 + 0.03 * _shared(module, own), f"{module} is a module of the project")
            break
    if is_module(name):
        yield Origin(Import(name), 0.93 if dotted else 0.45, f"{name} is a module of the standard library")


def _standard(place: Place, name: str, *, dotted: bool) -> Iterator[Origin]:
    modules = homes(name)
    if not modules or not telling(name):
        return
    there = {module_of(s) for s in place.tree.nodes if isinstance(s, ast.ImportFrom)}
    sure = name[:1].isupper() or len(name) > 5
    for rank, module in enumerate(sorted(modules, key=lambda m: (m not in there, modules.index(m)))[:3]):
        weight = (0.82 if sure else 0.6) + (0.06 if module in there else 0) - 0.12 * rank - (0.1 if dotted else 0)
        yield Origin(Import(module, name), weight, f"{module} of the standard library has it")
        imported = any(isinstance(s, ast.Import) and s.names[0].name == module for s in place.tree.module.body)
        if imported:
            break


def _types_only(place: Place, uses: list[ast.Name]) -> bool:
    """Whether only annotations read the name, and none of them when the program runs."""
    lazy = any(isinstance(s, ast.ImportFrom) and s.module == "__future__" for s in place.tree.module.body)
    if not uses:
        return True
    return lazy and all(_in_annotation(place, use) for use in uses)


def _in_annotation(place: Place, node: ast.AST) -> bool:
    inner = node
    for outer in place.tree.parents(node):
        if inner in (getattr(outer, "annotation", None), getattr(outer, "returns", None)):
            return True
        if isinstance(outer, ast.stmt) and not isinstance(outer, ast.AnnAssign):
            return isinstance(outer, ast.If) and checked_only(place.tree, node)
        inner = outer
    return False


def _candidates(place: Place, project: ProjectNames, origin: Origin, *, types_only: bool) -> list[Candidate]:
    wanted = _as_written_here(place, project, origin.wanted)
    title = f"Import {wanted.name or wanted.module}" + (f" from {wanted.module}" if wanted.name else "")
    title += f" as {wanted.alias}" if wanted.alias else ""
    found = []
    for only in (True, False) if types_only else (False,):
        edit = with_import(place.tree, wanted, project.packages, types_only=only)
        if edit is not None:
            weight = origin.weight - (0.06 if found else 0)
            shown = f"{title} for type checkers" if only else title
            found.append(Candidate(shown, (edit,), "import", GENERATOR, min(weight, 0.96), origin.why))
    return found


def _as_written_here(place: Place, project: ProjectNames, wanted: Import) -> Import:
    """With dots where the file imports its own package with dots."""
    own = project.modules.get(place.file, "")
    package = own if place.file.stem == "__init__" else own.rpartition(".")[0]
    if not wanted.name or not package or wanted.module.partition(".")[0] != package.partition(".")[0]:
        return wanted
    if not with_dots(place, project, package):
        return wanted
    return Import(relative_to(package, wanted.module), wanted.name, wanted.alias)


def with_dots(place: Place, project: ProjectNames, package: str) -> bool:
    """Whether a file imports its own package with dots, or the package's files do when it has no such import."""
    statements = [s for s in place.tree.nodes if isinstance(s, ast.ImportFrom)]
    relative = sum(s.level > 0 for s in statements)
    plain = sum(not s.level and (s.module or "").partition(".")[0] == package.partition(".")[0] for s in statements)
    return relative >= plain and (relative > 0 or _usually_relative(project, package))


def _usually_relative(project: ProjectNames, package: str) -> bool:
    """Whether the files of a package import each other with dots."""
    top = package.partition(".")[0]
    dotted = plain = 0
    for path, names in project.files.items():
        if project.modules[path].partition(".")[0] == top:
            dotted += sum(i.module.startswith(".") for _, i in names.imports)
            plain += sum(i.module.partition(".")[0] == top for _, i in names.imports)
    return dotted > plain


def relative_to(package: str, module: str) -> str:
    """A module's name as files of a package write it, with dots."""
    here, there = package.split("."), module.split(".")
    same = _shared(package, module)
    return "." * (len(here) - same + 1) + ".".join(there[same:])


def _shared(one: str, other: str) -> int:
    """How many packages two modules have in common."""
    same = 0
    for a, b in zip(one.split("."), other.split("."), strict=False):
        if a != b:
            break
        same += 1
    return same


def _is_test(module: str) -> bool:
    return any(part in ("tests", "test", "conftest") or part.startswith("test_") for part in module.split("."))
