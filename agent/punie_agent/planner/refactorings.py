"""Refactorings at a place: extract and inline. The tools refuse, with a reason, what would change the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.asking import where
from punie_agent.planner.edits import refused
from punie_agent.planner.programs import PLACE, program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import block, code, joined, sentence

_EXTRACT_FUNCTION = """
text = read_file(path, end_line, 1).text.rstrip("\\r\\n") if column else ""
whole = column <= 1 and (end_column in (0, 1) or end_column > len(text))
if column and not whole and end_line > line:
    first = read_file(path, line, 1).text
    whole = first[:column - 1].strip() == "" and text[end_column - 1:].strip() == ""
if column and end_column == 1 and end_line > line:
    end_line = end_line - 1
if whole or not column:
    done = extract_function(path, line, end_line, name=name)
else:
    done = extract_function(path, line, end_line, column, end_column, name)
{"file": done.file, "changed": done.changed, "diff": done.diff, "name": done.name, "note": done.note}
"""

_EXTRACT_VARIABLE = """
done = extract_variable(path, line, column, end_column, end_line, name)
{"file": done.file, "changed": done.changed, "diff": done.diff, "name": done.name, "note": done.note}
"""

# A name without a place: its first assignment, or else its first mention in the file.
_INLINE = """
if not line:
    if not path:
        at = goto_definition(symbol=symbol)
        if at.state == "unknown" or not at.locations:
            raise ValueError(at.reason or "There is no definition of `" + symbol + "`.")
        path = at.locations[0].file
    named = search_text(symbol, path, word=True, limit=1000).matches
    set_at = [m for m in named if m.text.strip().startswith(symbol + " =")] or named
    if not set_at:
        raise ValueError("`" + symbol + "` is not in `" + path + "`.")
    if len([m for m in set_at if m.text.strip().startswith(symbol + " =")]) > 1:
        raise ValueError(
            "`"
            + symbol
            + "` is set in several places of `"
            + path
            + "`: lines "
            + ", ".join([str(m.line) for m in set_at])
            + ". Say which, as `inline "
            + path
            + ":LINE:COLUMN`."
        )
    line, column = set_at[0].line, set_at[0].column
if not column:
    text = read_file(path, line, 1).text
    column = len(text) - len(text.lstrip()) + 1
done = inline_variable(path, line, column)
{"file": done.file, "changed": done.changed, "diff": done.diff, "name": done.name, "note": done.note}
"""


def _tell(result: Mapping[str, Any], did: str) -> Answer:
    if not result["changed"]:
        return Answer(joined("Nothing was changed.", sentence(result["note"])))
    return Answer(joined(f"{did} in {code(result['file'])}:", block(result["diff"], "diff"), sentence(result["note"])))


def step_extract_function(slots: Slots, results: Results) -> Step:
    """Lines, or an expression, into a function."""
    if results:
        return refused(results[-1]) or _tell(results[-1], f"Extracted the function {code(results[-1]['name'])}")
    line = slots["line"]
    return program(
        PLACE + _EXTRACT_FUNCTION,
        path=slots["path"],
        line=line,
        end_line=slots.get("end_line", line),
        column=slots.get("column", 0) if slots.get("end_column") else 0,
        end_column=slots.get("end_column", 0),
        name=slots.get("name", ""),
    )


def step_extract_variable(slots: Slots, results: Results) -> Step:
    """An expression gets a name."""
    if results:
        return refused(results[-1]) or _tell(results[-1], f"Extracted the variable {code(results[-1]['name'])}")
    line = slots["line"]
    return program(
        PLACE + _EXTRACT_VARIABLE,
        path=slots["path"],
        line=line,
        end_line=slots.get("end_line", line),
        column=slots["column"],
        end_column=slots["end_column"],
        name=slots.get("name", ""),
    )


def _has_columns(slots: Slots) -> Slots | str:
    if slots.get("column") and slots.get("end_column"):
        return slots
    return "Which expression? Select it, or say for example: `extract variable at src/app.py:12:16-12:28 as amount`."


def step_inline(slots: Slots, results: Results) -> Step:
    """A variable's uses become its value."""
    if results:
        return refused(results[-1]) or _tell(results[-1], f"Inlined {code(results[-1]['name'])}")
    return program((PLACE if slots.get("path") else "") + _INLINE, **where(slots))


_CALLED = "[(called|named|as|with the name|with name) {name}]"

RECIPES = (
    Recipe(
        name="extract_function",
        does="Moves lines or an expression into a function",
        phrases=(
            f"(extract|make|create) [a|the] [new] (function|method) [at|from|of|out of] [{{place}}] {_CALLED}",
            f"(extract|move|turn|put) {{place}} (into|to|as) [a|its own] [new] (function|method) {_CALLED}",
        ),
        example="extract a function at src/app.py:12-19 named summed",
        step=step_extract_function,
        edits=True,
        about="range",
        ask="From where? Select the lines, or say for example: `extract a function at src/app.py:12-19 named summed`.",
    ),
    Recipe(
        name="extract_variable",
        does="Gives an expression a name",
        phrases=(
            f"extract [a|the] [new] (variable|constant) [at|from|of|out of] [{{place}}] {_CALLED}",
            f"(extract|move|turn|put) {{place}} (into|to|as) [a] [new] (variable|constant) {_CALLED}",
        ),
        example="extract variable at src/app.py:12:16-12:28 as amount",
        step=step_extract_variable,
        edits=True,
        about="range",
        ask="Which expression? Select it, or say for example: `extract variable at src/app.py:12:16-12:28 as amount`.",
        accepts=_has_columns,
    ),
    Recipe(
        name="inline",
        does="Replaces a variable by its value",
        phrases=("inline [the] [variable] [at] {symbol}", "inline [the] [variable]"),
        example="inline amount in src/app.py",
        step=step_inline,
        edits=True,
        about="symbol",
        ask="Inline what? Say for example: `inline amount in src/app.py`, or put the cursor on the variable.",
    ),
)
