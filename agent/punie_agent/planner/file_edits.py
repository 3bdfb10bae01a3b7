"""Edits of whole files, or all of a folder: format, sort imports, remove what is unused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from punie_agent.planner.edits import refused
from punie_agent.planner.programs import program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import code, count, joined, listed, sentence

MOST_FILES = 200

_EACH = """
changed, notes, failed, removed, left = [], [], [], [], []
files = python_files(path)
for file in files[:most]:
    try:
        done = TOOL
        if done.syntax_error:
            failed.append(file + ": " + done.syntax_error)
        elif done.changed:
            changed.append(file)
        if done.note:
            notes.append(done.note)
        EXTRA
    except Exception as error:
        failed.append(file + ": " + str(error))
{
    "changed": changed[:20],
    "total": len(changed),
    "files": len(files),
    "notes": notes[:5],
    "failed": failed[:5],
    "failures": len(failed),
    "removed": removed[:20],
    "removals": len(removed),
    "left": left[:20],
}
"""

_FORMAT = """
if path.endswith((".py", ".pyi")):
    path = found(path)
    done = format_code(path)
    changed, notes, failed = (
        [path] if done.changed else [],
        [done.note] if done.note else [],
        [path + ": " + done.syntax_error] if done.syntax_error else [],
    )
else:
    every = ruff_format(path)
    changed, notes, failed = every.files, [every.note] if every.note else [], []
{
    "changed": changed[:20],
    "total": len(changed),
    "files": 1,
    "notes": notes,
    "failed": failed,
    "failures": len(failed),
    "removed": [],
    "removals": 0,
    "left": [],
}
"""


def each_file(tool: str, did: str, nothing: str, extra: str = "pass") -> Callable[[Slots, Results], Step]:
    """The steps of an edit that one tool makes, file by file."""

    def step(slots: Slots, results: Results) -> Step:
        if not results:
            body = _FORMAT if tool == "format" else _EACH.replace("TOOL", tool).replace("EXTRA", extra)
            return program(body, path=slots.get("path", "."), most=MOST_FILES)
        return refused(results[-1]) or Answer(_tell_each(slots, results[-1], did, nothing))

    return step


def _tell_each(slots: Slots, result: Mapping[str, Any], did: str, nothing: str) -> str:
    one = len(result["changed"]) == 1
    where_ = code(result["changed"][0] if one else slots.get("path", "."))
    notes = joined(*(sentence(note) for note in result["notes"]))
    failed = (
        joined(
            f"{count(result['failures'], 'file')} stayed as {'it was' if result['failures'] == 1 else 'they were'}:",
            listed(result["failed"], result["failures"]),
        )
        if result["failures"]
        else ""
    )
    cut = (
        f"Only the first {MOST_FILES} of {result['files']} files were looked at."
        if result["files"] > MOST_FILES
        else ""
    )
    removed = listed(result["removed"], result["removals"])
    left = joined("Left, because they may be needed:", listed(result["left"])) if result["left"] else ""
    if not result["total"]:
        said = "" if failed else nothing.format(where=code(slots.get("path", ".")))
        return joined(said, left, notes, failed, cut)
    files = "" if one else f" ({count(result['total'], 'file')})"
    names = "" if one else listed([code(f) for f in result["changed"]], result["total"])
    end = ":" if removed or names else "."
    return joined(f"{did.format(where=where_)}{files}{end}", removed or names, left, notes, failed, cut)


RECIPES = (
    Recipe(
        name="organise_imports",
        does="Sorts a file's imports",
        phrases=(
            "(organise|sort|order|tidy|group) [up] [the|all] imports [in|of|for] [{path}]",
            "(isort) [{path}]",
        ),
        example="organise imports in src/app.py",
        step=each_file("organize_imports(file)", "Sorted the imports of {where}", "The imports of {where} are sorted."),
        edits=True,
        about="file",
        ask="In which file? Say for example: `organise imports in src/app.py`.",
    ),
    Recipe(
        name="format",
        does="Formats a file or folder with ruff",
        phrases=(
            "(format|reformat|beautify) [the] [code] [of|in] [{path}]",
            "run [the] (formatter|ruff format) [on|in|for] [{path}]",
            "ruff format [{path}]",
        ),
        example="format src/app.py",
        step=each_file("format", "Formatted {where}", "{where} is formatted already."),
        edits=True,
        about="file",
        ask="Format what? Say for example: `format src/app.py` or `format the whole project`.",
    ),
    Recipe(
        name="remove_unused",
        does="Removes unused imports and names, as far as it is safe",
        phrases=(
            (
                "(remove|delete|drop|clean up|get rid of) [the|all] unused "
                "[imports|variables|names|code|things|imports and variables] [in|from|of] [{path}]"
            ),
        ),
        example="remove unused imports from src/app.py",
        step=each_file(
            "remove_unused(file)",
            "Removed what {where} does not use",
            "{where} has nothing unused that is safe to remove.",
            "removed.extend(done.removed); left.extend(done.left)",
        ),
        edits=True,
        about="file",
        ask="In which file? Say for example: `remove unused imports from src/app.py`.",
    ),
)
