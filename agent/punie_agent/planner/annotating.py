"""Adding the types that ty infers: at a place, to a symbol, to all that a file defines."""

from __future__ import annotations

from punie_agent.planner.asking import where
from punie_agent.planner.edits import refused
from punie_agent.planner.programs import PLACE, program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import code, count, joined, listed, sentence

_ANNOTATE = """
done = annotate_types(path, line, column or 1)
{"changed": 1 if done.changed else 0, "diff": done.diff, "file": done.file, "failed": [], "note": done.note}
"""

# Named symbols are looked for first; a class stands for its methods, a file for all that it defines.
_ANNOTATE_MANY = """
wanted = []
if symbol:
    at = goto_definition(path, symbol=symbol)
    if at.candidates or at.state == "unknown" or not at.locations:
        raise ValueError(at.reason or "There is no definition of `" + symbol + "`.")
    path = at.locations[0].file
    around = [s for s in document_symbols(path).symbols if s.line == at.locations[0].line]
    if around and around[0].kind == "class":
        wanted = [s for s in document_symbols(path).symbols if around[0].line < s.line <= around[0].end_line]
    else:
        wanted = around
else:
    wanted = document_symbols(path).symbols
changed, failed = [], []
for name in [s.qualified_name for s in wanted if s.kind in ("function", "method", "property")]:
    again = [s for s in document_symbols(path).symbols if s.qualified_name == name]
    try:
        if again and annotate_types(path, again[0].line, again[0].column).changed:
            changed.append(name)
    except Exception as error:
        if "annotated already" not in str(error):
            failed.append({"name": name, "why": str(error)})
{
    "names": changed[:20],
    "changed": len(changed),
    "failed": failed[:20],
    "failures": len(failed),
    "file": path,
    "note": "",
}
"""


def _step_annotate(slots: Slots, results: Results) -> Step:
    if not results:
        steps = PLACE if slots.get("path") else ""
        body = _ANNOTATE if slots.get("line") else _ANNOTATE_MANY
        return program(steps + body, **where(slots))
    if bad := refused(results[-1]):
        return bad
    result = results[-1]
    what = code(slots.get("symbol") or result["file"])
    failed = [f"{code(f['name'])}: {f['why']}" for f in result["failed"]]
    if not result["changed"]:
        why = joined("Where Punie could not:", listed(failed, result.get("failures"))) if failed else ""
        return Answer(joined(f"No annotation was added to {what}.", why, sentence(result["note"])))
    names = listed([code(n) for n in result.get("names", [])], result["changed"])
    left = joined("Left as they are:", listed(failed, result.get("failures"))) if failed else ""
    head = f"Added the types that ty infers to {count(result['changed'], 'definition')} in {code(result['file'])}"
    return Answer(joined(f"{head}{':' if names else '.'}", names, left))


RECIPES = (
    Recipe(
        name="annotate",
        does="Adds the types that ty infers",
        phrases=(
            "add [missing] (types|type annotations|annotations|type hints|typing) (to|in|for) ({file}|{symbol})",
            "add [missing] (types|type annotations|annotations|type hints)",
            "annotate [the] [types] [of|in] ({file}|{symbol})",
            "type annotate ({file}|{symbol})",
        ),
        example="add types to src/app.py",
        step=_step_annotate,
        edits=True,
        about="symbol_or_file",
        ask="Add types to what? Say for example: `add types to src/app.py` or `add types to Cart.total`.",
    ),
)
