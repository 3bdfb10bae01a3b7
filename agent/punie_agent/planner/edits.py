"""Edits that cross files: rename, move, add an import. The session re-checks them."""

from __future__ import annotations

import keyword
from unicodedata import normalize

from punie_agent.planner.asking import name_of, where
from punie_agent.planner.programs import PLACE, POINT, program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import code, count, joined, listed, sentence, trouble

# A new name may belong elsewhere among the imports. Only what the edit itself made untidy is put right.
_TIDY = """\
for file, code in sorted(set([(p.file, p.code) for p in verify_edits(start).introduced if p.fixable])):
    ruff_fix(file, code)
"""

# rename_symbol looks at the uses; a definition beside it that has the new name already is looked for here.
_RENAME = (
    """
at = goto_definition(path, line, column, symbol=symbol).locations
if at and not at[0].external:
    beside = document_symbols(at[0].file).symbols
    own = [s for s in beside if s.line == at[0].line and s.column == at[0].column]
    taken = [s for s in beside if own and s.name == new_name and s.container == own[0].container]
    if taken and new_name != own[0].name:
        here = at[0].file + ", line " + str(taken[0].line)
        raise ValueError(new_name + " is defined already in " + here + ". Choose another name.")
start = checkpoint()
done = rename_symbol(new_name, symbol, path, line, column)
"""
    + _TIDY
    + """
{"changed": done.changed, "files": done.files, "note": done.note}
"""
)

_MOVE = (
    """
if "/" not in path and not path.endswith((".py", ".pyi")):
    module = path
    path = dependency_graph(module).modules[0].file
    parts = path.split("/")
    own = module.split(".")
    if path.endswith("/__init__.py"):
        parts = parts[:-1]
    suffix = "" if path.endswith("/__init__.py") else "." + path.split(".")[-1]
    if "/" not in new_path and not new_path.endswith((".py", ".pyi")):
        new_path = "/".join(parts[:len(parts) - len(own)] + new_path.split(".")) + suffix
    path = "/".join(parts)
else:
    folders = [f.path for f in project_structure(20).folders]
    path = path.rstrip("/") if path.rstrip("/") in folders else found(path)
    if new_path.endswith("/") or new_path in folders:
        new_path = new_path.rstrip("/") + "/" + path.split("/")[-1]
    elif "/" not in new_path and "/" in path and keep_folder:
        new_path = "/".join(path.split("/")[:-1]) + "/" + new_path
start = checkpoint()
done = rename_file(path, new_path)
"""
    + _TIDY
    + """
{"changed": done.changed, "files": done.files, "note": done.note, "path": path, "new_path": new_path}
"""
)

_ADD_IMPORT = """
path = found(path)
done = add_import(path, module, name, alias)
{"changed": done.changed, "note": done.note, "file": path}
"""


def refused(result: object) -> Answer | None:
    """What to say when an edit was not made; None when the tool did it."""
    bad = trouble(result)
    return Answer(joined(bad.text, "Nothing was changed.")) if bad else None


def _step_rename(slots: Slots, results: Results) -> Step:
    if not results:
        steps = PLACE if slots.get("path") else ""
        steps += POINT if slots.get("line") and not slots.get("column") else ""
        return program(steps + _RENAME, **where(slots), new_name=slots["new_name"])
    if bad := refused(results[-1]):
        return bad
    result, name = results[-1], code(name_of(slots))
    if not result["changed"]:
        return Answer(joined(f"{name} has that name already.", result["note"]))
    head = f"Renamed {name} to {code(slots['new_name'])} in {count(len(result['files']), 'file')}:"
    return Answer(joined(head, listed([code(f) for f in result["files"]]), sentence(result["note"])))


def _good_name(slots: Slots) -> Slots | str:
    owner, _, _ = str(slots.get("symbol", "")).rpartition(".")
    name = str(slots["new_name"]).removeprefix(f"{owner}." if owner else "")
    # Python reads some letters, such as ligatures, as others: the name would not be the one that was asked for.
    if not name.isidentifier() or keyword.iskeyword(name) or normalize("NFKC", name) != name:
        return f"{code(name)} is no name that Python takes. Say for example: `rename Cart to Basket`."
    return {**slots, "new_name": name}


def _step_move(slots: Slots, results: Results) -> Step:
    if not results:
        keep = slots.get("verb") == "rename"
        return program(_MOVE, path=slots["path"], new_path=slots["new_path"], keep_folder=keep)
    if bad := refused(results[-1]):
        return bad
    result = results[-1]
    others = [f for f in result["files"] if f not in (result["path"], result["new_path"])]
    head = f"Moved {code(result['path'])} to {code(result['new_path'])}."
    follow = (
        joined(
            f"{count(len(others), 'other file')} {'follows' if len(others) == 1 else 'follow'}:",
            listed([code(f) for f in others]),
        )
        if others
        else ""
    )
    return Answer(joined(head, follow, sentence(result["note"])))


def _step_import(slots: Slots, results: Results) -> Step:
    if not results:
        named = {k: slots.get(k, "") for k in ("path", "module", "name", "alias")}
        return program(_ADD_IMPORT, **named)
    if bad := refused(results[-1]):
        return bad
    result, name = results[-1], slots.get("name")
    what = f"from {slots['module']} import {name}" if name else f"import {slots['module']}"
    said = f"Added {code(what)} to" if result["changed"] else f"{code(what)} is already in"
    return Answer(joined(f"{said} {code(result['file'])}.", sentence(result["note"])))


_TO = "(to|into|as|in)"

RECIPES = (
    Recipe(
        name="rename",
        does="Renames a symbol everywhere",
        phrases=(
            f"rename {{symbol}} {_TO} {{new_name}}",
            "rename {symbol} {new_name}",
            f"rename {{symbol}} {_TO} {{new_name}} (in|inside) {{file}}",
            "change [the] name of {symbol} (to|into) {new_name}",
            "give {symbol} the [new] name {new_name}",
            "call {symbol} {new_name} instead",
        ),
        example="rename Cart to Basket",
        step=_step_rename,
        edits=True,
        about="symbol",
        ask="Rename what? Say for example: `rename Cart to Basket`.",
        accepts=_good_name,
    ),
    Recipe(
        name="move",
        does="Moves or renames a module or package; its imports follow",
        phrases=(
            f"move [the] {{file}} {_TO} {{new_path}}",
            "(rename) [the] {file} (to|into|as) {new_path}",
            f"(move|rename) [the] (module|package) {{module_path}} {_TO} {{module_new_path}}",
        ),
        example="move shop/prices.py to shop/costs.py",
        step=_step_move,
        edits=True,
        weight=1,
        about="file",
        ask="Move which file? Say for example: `move shop/prices.py to shop/costs.py`.",
    ),
    Recipe(
        name="add_import",
        does="Adds an import in its place",
        phrases=(
            "add [an|the] [import] [of|for] {name} from {module} (to|in) {file}",
            "add from {module} import {name} (to|in) {file}",
            "import {name} from {module} in {file}",
            "(import|add import|add an import of) {module} (in|to|into) {file}",
            "add [the] [import] {import} (to|in) {file}",
        ),
        example="add an import of Path from pathlib to src/app.py",
        step=_step_import,
        edits=True,
        weight=1,
    ),
)
