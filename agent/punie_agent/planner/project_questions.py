"""Questions about the project as a whole: folders, modules, who imports whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.asking import FIND
from punie_agent.planner.file_questions import one
from punie_agent.planner.recipe import Recipe, Slots
from punie_agent.planner.telling import caveat, code, count, joined, listed

_GRAPH = """
seen = dependency_graph()
inner = [m for m in seen.modules if m.imports or m.imported_by]
ranked = sorted(inner, key=lambda m: (0 - len(m.imported_by), m.module))
{
    "state": seen.state,
    "reason": seen.reason,
    "modules": [
        {
            "module": m.module,
            "file": m.file,
            "imports": m.imports[:8],
            "more": len(m.imports) - 8,
            "by": len(m.imported_by),
        }
        for m in ranked[:20]
    ],
    "connected": len(ranked),
    "total": seen.total,
    "cycles": seen.cycles[:20],
    "cycle_count": len(seen.cycles),
}
"""

_MODULE = """
if "/" in module or module.endswith((".py", ".pyi")):
    module = found(module)
else:
    names = [m.module for m in dependency_graph().modules]
    ends = [m for m in names if m == module or m.endswith("." + module)]
    module = module if module in names else ends[0] if len(ends) == 1 else module
seen = dependency_graph(module)
here = seen.modules[0]
{
    "state": seen.state,
    "reason": seen.reason,
    "module": here.module,
    "file": here.file,
    "imports": here.imports,
    "imported_by": here.imported_by,
    "dependents": seen.dependents,
    "depends_on": seen.depends_on,
}
"""

_STRUCTURE = """
seen = project_structure(depth)
{
    "state": seen.state,
    "reason": seen.reason,
    "name": seen.name,
    "python": seen.python,
    "roots": seen.source_roots,
    "settings": seen.settings_files,
    "dependencies": seen.dependencies,
    "folders": seen.folders[:40],
    "total": len(seen.folders),
    "files": seen.python_files,
}
"""


def _cycle_lines(result: Mapping[str, Any]) -> list[str]:
    return [" → ".join(code(m) for m in cycle) for cycle in result["cycles"]]


def _tell_graph(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["connected"]:
        return joined(f"None of the project's {count(result['total'], 'module')} imports another.", caveat(result))
    lines = []
    for m in result["modules"]:
        more = f" and {m['more']} more" if m["more"] > 0 else ""
        imports = f"imports {', '.join(code(n) for n in m['imports'])}{more}" if m["imports"] else "imports no other"
        lines.append(f"{code(m['module'])} {imports}; imported by {m['by'] or 'none'}")
    head = f"The project has {count(result['total'], 'module')}; {result['connected']} import others or are imported:"
    cycles = joined(
        f"{count(result['cycle_count'], 'import cycle')}:", listed(_cycle_lines(result), result["cycle_count"])
    )
    none = "There are no import cycles." if not caveat(result) else ""
    return joined(head, listed(lines, result["connected"]), cycles if result["cycle_count"] else none, caveat(result))


def _tell_cycles(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["cycle_count"]:
        return joined(f"No import cycles among {count(result['total'], 'module')}.", caveat(result))
    head = f"There {'is' if result['cycle_count'] == 1 else 'are'} {count(result['cycle_count'], 'import cycle')}:"
    return joined(head, listed(_cycle_lines(result), result["cycle_count"]), caveat(result))


def _tell_importers(slots: Slots, result: Mapping[str, Any]) -> str:
    name, direct = code(result["module"]), result["imported_by"]
    others = sorted(set(result["dependents"]) - set(direct) - {result["module"]})
    if not direct:
        return joined(f"No module of the project imports {name}.", caveat(result))
    head = f"{name} is imported by {count(len(direct), 'module')}:"
    through = f"{count(len(others), 'other')} through these." if others else ""
    return joined(head, listed([code(m) for m in direct]), through, caveat(result))


def _tell_imports(slots: Slots, result: Mapping[str, Any]) -> str:
    name, direct = code(result["module"]), result["imports"]
    others = sorted(set(result["depends_on"]) - set(direct) - {result["module"]})
    if not direct:
        return joined(f"{name} imports no other module of the project.", caveat(result))
    head = f"{name} imports {count(len(direct), 'module')} of the project:"
    through = f"{count(len(others), 'other')} through these." if others else ""
    return joined(head, listed([code(m) for m in direct]), through, caveat(result))


def _tell_structure(slots: Slots, result: Mapping[str, Any]) -> str:
    folders = []
    for f in result["folders"]:
        package = f", package {code(f['package'])}" if f["package"] else ""
        other = f", {count(f['other_files'], 'other file')}" if f["other_files"] else ""
        folders.append(f"{code(f['path'])}: {count(f['python_files'], 'Python file')}{other}{package}")
    about = [
        f"Imports start at {', '.join(code(r) for r in result['roots'])}" if result["roots"] else "",
        f"Settings: {', '.join(code(s) for s in result['settings'])}" if result["settings"] else "",
        f"Dependencies: {', '.join(code(d) for d in result['dependencies'])}" if result["dependencies"] else "",
    ]
    head = f"{code(result['name'])} has {count(result['files'], 'Python file')}."
    return joined(head, listed([a for a in about if a]), listed(folders, result["total"]), caveat(result))


RECIPES = (
    Recipe(
        name="dependency_graph",
        does="The modules and who imports whom",
        phrases=(
            (
                f"[{FIND}] [a|the] [module|modules] (dependency graph|import graph|dependencies|module "
                "graph|dependency tree|imports graph) [of the project|of this project]"
            ),
            "(what|how) (do|are) [the] modules (depend on|import) each other",
            "who imports whom",
        ),
        example="show the dependency graph",
        step=one(_GRAPH, _tell_graph),
    ),
    Recipe(
        name="importers",
        does="Who imports a module",
        phrases=(
            (
                "(who|what|which modules|which files|which module|what modules) (imports|import|depends "
                "on|depend on|needs|uses module|use module) {module}"
            ),
            "where is {module} imported",
            f"[{FIND}] [all] [the] (importers|dependents) of {{module}}",
        ),
        example="who imports shop.cart?",
        step=one(_MODULE, _tell_importers, module=""),
    ),
    Recipe(
        name="imports_of",
        does="What a module imports",
        phrases=(
            "(what|which modules) does {module} (import|depend on|need)",
            f"[{FIND}] [the] (dependencies|imports) of {{module}}",
        ),
        example="what does shop.cart import?",
        step=one(_MODULE, _tell_imports, module=""),
        weight=1,
    ),
    Recipe(
        name="import_cycles",
        does="Modules that import each other in a circle",
        phrases=(
            (
                f"{FIND} [any] (import cycles|circular imports|cyclic imports|dependency cycles|circular "
                "dependencies|cycles|import cycle)"
            ),
            (
                "(are there|is there|do we have|check for|any) [any|a] (import cycles|circular imports|cyclic "
                "imports|dependency cycles|circular dependencies|import cycle|circular import|cycles)"
            ),
        ),
        example="are there import cycles?",
        step=one(_GRAPH, _tell_cycles),
        weight=1,
    ),
    Recipe(
        name="project_structure",
        does="Folders, packages, settings",
        phrases=(
            f"{FIND} [project] (structure|layout|overview) [of the project|of this project]",
            f"{FIND} project (structure|layout|overview)",
            "project (structure|layout|overview)",
            "how is (this|the) (project|repo|codebase|code) (organised|structured|laid out)",
            "(describe|explain|summarise|summarize) (this|the) (project|repo|codebase)",
        ),
        example="show the project structure",
        step=one(_STRUCTURE, _tell_structure, depth=2),
        weight=1,
    ),
)
