"""The modules of a project and their imports, with the overlay's texts. Needs no import of the project's code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.overlay import GONE, Overlay
from punie_semantic.project_files import ProjectFiles


@dataclass(frozen=True)
class ModuleGraph:
    """Files by module name, and each module's direct imports."""

    files: Mapping[str, Path]
    imports: Mapping[str, frozenset[str]]

    def imported_by(self) -> dict[str, set[str]]:
        """The other way round."""
        found: dict[str, set[str]] = {name: set() for name in self.files}
        for importer, names in self.imports.items():
            for name in names:
                found[name].add(importer)
        return found


def source_roots(root: Path, paths: Sequence[Path], editable: Sequence[Path]) -> list[Path]:
    """Folders that imports start from, innermost first: editable installs, `src` folders, and the workspace."""
    found = {root, *editable}
    for path in paths:
        relative = path.relative_to(root).parts
        if "src" in relative[:-1]:
            found.add(root.joinpath(*relative[: relative.index("src") + 1]))
    plain = (folder for folder in found if folder == root or not (folder / "__init__.py").exists())
    return sorted(plain, key=lambda folder: (-len(folder.parts), folder))


def module_name(roots: Sequence[Path], path: Path) -> tuple[str, Path]:
    """The dotted name of a file, and the folder that its import starts from."""
    start = next((root for root in roots if path.is_relative_to(root) and path != root / "__init__.py"), roots[-1])
    parts = list(path.relative_to(start).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) or start.name, start  # the workspace itself may be a package


def module_graph(files: ProjectFiles, overlay: Overlay, editable: Sequence[Path]) -> ModuleGraph:
    """The graph in the overlay's present state. Imports in functions, and those for types only, count too."""
    unsaved = {p: b.text for p, b in overlay.buffers.items()} | dict(overlay.state)
    imports = files.imports({path: None if text is GONE else text for path, text in unsaved.items()})
    roots = source_roots(files.root, list(imports), editable)
    names: dict[Path, str] = {}
    by_name: dict[str, Path] = {}
    for path in sorted(imports, key=lambda path: (path.suffix != ".py", path)):
        name, _ = module_name(roots, path)
        if name in by_name and by_name[name].with_suffix("") != path.with_suffix(""):
            name = _dotted(files.root, path)
        names[path] = name
        by_name.setdefault(name, path)
    known = {_dotted(files.root, path): name for path, name in names.items()} | {name: name for name in by_name}
    edges: dict[str, set[str]] = {name: set() for name in by_name}
    for path, mentioned in imports.items():
        edges[names[path]] |= {*_targets(mentioned, known, _siblings(path, names))} - {names[path]}
    return ModuleGraph(by_name, {name: frozenset(found) for name, found in edges.items()})


def _dotted(root: Path, path: Path) -> str:
    return module_name([root], path)[0]


def _siblings(path: Path, names: Mapping[Path, str]) -> dict[str, str]:
    """Modules beside a script, which it can import by their file's name; not those beside a package's module."""
    if path.with_name("__init__.py") in names:
        return {}
    return {p.stem: name for p in (path.parent.glob("*.py")) if (name := names.get(p))}


def _targets(mentioned: frozenset[str], known: Mapping[str, str], siblings: Mapping[str, str]) -> Iterator[str]:
    """The modules among dotted names. A package counts when a name of its own is imported, or nothing below it."""
    for name in mentioned:
        target = known.get(name) or siblings.get(name)
        if target is None:
            continue
        below = [other for other in mentioned if other.startswith(f"{name}.")]
        if not below or any(other.count(".") == name.count(".") + 1 and other not in known for other in below):
            yield target


def components(imports: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Modules that import each other, directly or through others: Tarjan's strongly connected components."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for start in sorted(imports):
        work = [(start, iter(sorted(imports[start])))] if start not in order else []
        while work:
            name, rest = work[-1]
            if name not in order:
                order[name] = low[name] = len(order)
                stack.append(name)
                on_stack.add(name)
            follow = next((n for n in rest if n not in order or n in on_stack), None)
            if follow is not None and follow not in order:
                work.append((follow, iter(sorted(imports[follow]))))
                continue
            if follow is not None:
                low[name] = min(low[name], low[follow])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[name])
            if low[name] == order[name]:
                place = stack.index(name)
                found.append(sorted(stack[place:]))
                on_stack -= set(stack[place:])
                del stack[place:]
    return [component for component in found if len(component) > 1]
