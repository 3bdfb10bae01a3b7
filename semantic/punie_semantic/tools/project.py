"""Questions about the project as a whole: its folders, who imports whom, how something is imported."""

from __future__ import annotations

import ast
import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from punie_semantic.dependencies import declared_packages
from punie_semantic.editable import editable_paths
from punie_semantic.exceptions import PathError, UnknownSymbol
from punie_semantic.materialise import CACHES, LINKED_FOLDERS
from punie_semantic.module_graph import ModuleGraph, components, module_graph, module_name, source_roots
from punie_semantic.paths import relative
from punie_semantic.places import python_file, versions
from punie_semantic.results import DependencyGraph, FolderInfo, ImportPath, ModuleImports, ProjectStructure
from punie_semantic.workspace import Workspace

if TYPE_CHECKING:
    from grimp import ImportGraph

SETTINGS = ("pyproject.toml", "setup.py", "setup.cfg", "ty.toml", "ruff.toml", "pytest.ini", "tox.ini", "conftest.py")
MAX_ENTRIES = 100_000
MAX_CYCLES = 100


async def project_structure(workspace: Workspace, depth: int = 2) -> ProjectStructure:
    """The project's folders down to a depth with their numbers of files, where imports start, and its settings.

    Example: `[f.path for f in project_structure(3).folders if f.package]`
    """
    return await asyncio.to_thread(_structure, workspace, max(depth, 0))


def _structure(workspace: Workspace, depth: int) -> ProjectStructure:
    root = workspace.root
    python: Counter[Path] = Counter()
    other: Counter[Path] = Counter()
    packages: set[Path] = set()
    seen = 0
    for name, folders, files in os.walk(root):
        here = Path(name)
        folders[:] = sorted(f for f in folders if not _is_left_out(here / f))
        shown = _ancestor(root, here, depth)
        packages |= {here} if "__init__.py" in files else set()
        count = sum(file.endswith((".py", ".pyi")) for file in files)
        for folder in (shown, *shown.parents):
            if folder.is_relative_to(root):
                python[folder] += count
                other[folder] += len(files) - count
        seen += len(files) + len(folders)
        if seen > MAX_ENTRIES:
            break
    roots = _roots(workspace)
    return ProjectStructure(
        state="partial" if seen > MAX_ENTRIES else "clean",
        reason=f"only the first {MAX_ENTRIES} entries were looked at" if seen > MAX_ENTRIES else "",
        versions=versions(workspace),
        name=root.name,
        python=str(workspace.interpreter.executable),
        source_roots=[relative(root, folder) for folder in roots],
        settings_files=[file for file in SETTINGS if (root / file).is_file()],
        dependencies=sorted(declared_packages(root)),
        folders=[
            FolderInfo(
                path=relative(root, folder),
                python_files=python[folder],
                other_files=other[folder],
                package=module_name(roots, folder / "__init__.py")[0] if folder in packages else "",
            )
            for folder in sorted(python)
        ],
        python_files=python[root],
    )


def _is_left_out(folder: Path) -> bool:
    return folder.name in CACHES | LINKED_FOLDERS or (folder / "pyvenv.cfg").exists()


def _ancestor(root: Path, folder: Path, depth: int) -> Path:
    return root.joinpath(*folder.relative_to(root).parts[:depth])


def _roots(workspace: Workspace) -> list[Path]:
    editable = editable_paths(workspace.root, workspace.interpreter)
    return source_roots(workspace.root, workspace.files.paths, editable)


async def dependency_graph(workspace: Workspace, module: str = "all", chain_to: str = "") -> DependencyGraph:
    """Who imports whom among the project's modules, with this turn's edits in view, and the import cycles.

    `module` is a dotted name or a file; `chain_to` asks for the shortest way of imports from it to another one.

    Example: `dependency_graph("shop.cart").dependents`
    """
    editable = editable_paths(workspace.root, workspace.interpreter)
    graph = await asyncio.to_thread(module_graph, workspace.files, workspace.overlay, editable)
    chosen = "" if module == "all" else _known(workspace, graph, module)
    if chain_to and not chosen:
        raise PathError("chain_to needs the module that the way begins at. Pass it as `module`.")
    target = _known(workspace, graph, chain_to) if chain_to else ""
    return await asyncio.to_thread(_graph, workspace, graph, chosen, target)


def _graph(workspace: Workspace, graph: ModuleGraph, chosen: str, target: str) -> DependencyGraph:
    importers = graph.imported_by()
    imports = _import_graph(graph)
    rings = components(graph.imports)
    cycles = [_cycle(imports, graph, ring) for ring in rings if not chosen or chosen in ring][:MAX_CYCLES]
    complete = workspace.files.complete
    return DependencyGraph(
        state="clean" if complete else "partial",
        reason="" if complete else "the workspace has more files than are looked at",
        versions=versions(workspace),
        modules=[
            ModuleImports(
                module=name,
                file=relative(workspace.root, path),
                imports=sorted(graph.imports[name]),
                imported_by=sorted(importers[name]),
            )
            for name, path in sorted(graph.files.items())
            if chosen in ("", name)
        ],
        cycles=cycles,
        depends_on=sorted(imports.find_upstream_modules(chosen)) if chosen else [],
        dependents=sorted(imports.find_downstream_modules(chosen)) if chosen else [],
        chain=list(imports.find_shortest_chain(chosen, target) or ()) if target else [],
        total=len(graph.files),
    )


def _import_graph(graph: ModuleGraph) -> ImportGraph:
    from grimp import ImportGraph  # costs more time than most programs that never ask for it would like

    found = ImportGraph()
    for name in graph.files:
        found.add_module(name)
    for importer, names in graph.imports.items():
        for name in names:
            found.add_import(importer=importer, imported=name)
    return found


def _cycle(imports: ImportGraph, graph: ModuleGraph, ring: list[str]) -> list[str]:
    """The shortest way from the first module of a ring back to it."""
    first = ring[0]
    ways = (imports.find_shortest_chain(name, first) for name in sorted(graph.imports[first]) if name in ring)
    return [first, *min((way for way in ways if way), key=len)]


def _known(workspace: Workspace, graph: ModuleGraph, name: str) -> str:
    """A module's dotted name, from it or from its file."""
    if name in graph.files:
        return name
    if name.endswith((".py", ".pyi")) or "/" in name:
        path = python_file(workspace, name).with_suffix("")
        modules = (module for module, file in graph.files.items() if file.with_suffix("") == path)
        if found := next(modules, ""):
            return found
    near = [module for module in graph.files if module.rpartition(".")[2] == name.rpartition(".")[2]]
    hint = f" Did you mean {', '.join(near[:5])}?" if near else " dependency_graph() lists all."
    raise UnknownSymbol(f"The project has no module {name}.{hint}", near[:5])


async def import_path_of(workspace: Workspace, path: str, symbol: str = "") -> ImportPath:
    """How a file of the project is imported, or with `symbol` a name at the top of it.

    Example: `import_path_of("src/shop/cart.py", "Cart").statement`
    """
    file = python_file(workspace, path)
    roots = await asyncio.to_thread(_roots, workspace)
    module, start = module_name(roots, file)
    importable = bool(module) and all(part.isidentifier() for part in module.split("."))
    if symbol:
        _refuse_unknown(workspace.overlay.text(file), symbol, path)
    plain = f"import {module}"
    return ImportPath(
        module=module,
        file=relative(workspace.root, file),
        source_root=relative(workspace.root, start),
        statement="" if not importable else f"from {module} import {symbol}" if symbol else plain,
    )


def _refuse_unknown(text: str, symbol: str, path: str) -> None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UnknownSymbol(f"{path} has a syntax error, so its names are not known. Correct it first.") from error
    names = {name for node in tree.body for name in _bound(node)}
    if symbol not in names:
        near = sorted(name for name in names if name.lower() == symbol.lower())
        raise UnknownSymbol(f"{path} has no {symbol} at its top level. document_symbols lists what it has.", near)


def _bound(node: ast.stmt) -> list[str]:
    """Names that a top-level statement binds; those of nested blocks count, those of functions and classes do not."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    names = [part.id for part in ast.iter_child_nodes(node) if isinstance(part, ast.Name)]
    names += [n.id for target in getattr(node, "targets", []) for n in ast.walk(target) if isinstance(n, ast.Name)]
    return names + [name for part in ast.iter_child_nodes(node) if isinstance(part, ast.stmt) for name in _bound(part)]
