"""From the trace of a fix to an example: the problem in words, and the program that finds and applies its fix."""

from __future__ import annotations

import zlib
from pathlib import PurePath

from punie_agent.fix_traces import FixTrace, TracedCandidate
from punie_agent.models.small_prompt import fenced
from punie_training.curating.tool_calls import tool_calls, tools_in
from punie_training.dataset import Example, Provenance, example_of

UNPUBLISHED = "unpublished"

# Each says all that the program needs to know.
_PHRASINGS = (
    "Fix {code} in {file}, line {line}, column {column}: {message}",
    "{file}:{line}:{column}: {code} {message} Fix it.",
    "{tool} says {code} at {file}:{line}:{column}: {message} Mend it.",
    "Get rid of {code} at {file}:{line}:{column}.",
)
_ALLOWED = {"unsafe_fix": " Unsafe fixes are fine.", "suppress": " Silence it with a comment."}
_OPTIONS = {"unsafe_fix": ", unsafe=True", "suppress": ", suppress=True"}


def why_not(trace: FixTrace) -> str:
    """Why nothing can be learnt from a trace, in a few words; empty when something can.

    A fix must have been found, re-checked, taken by the user, and not taken back since.
    """
    if trace.outcome != "fixed" or _chosen(trace) is None:
        return "no fix"
    if not trace.files_checked:
        return "not verified"
    return {"": "nobody decided", "applied": ""}.get(trace.decision, trace.decision.replace("_", " "))


def example_of_fix(trace: FixTrace) -> Example:
    """The example of a trace that `why_not` has nothing against."""
    program = _own_program(trace) or _program(trace)
    provenance = Provenance(
        category="trace",
        source=f"fix:{trace.id}",
        licence=UNPUBLISHED,
        template=f"fix:{trace.problem.code}",
        project=PurePath(trace.project).name,
        tools=tools_in(fenced(program)),
        outcome="accepted",
        split_key=f"run:{trace.run}",
    )
    return example_of(_query(trace), provenance, program=program)


def _query(trace: FixTrace) -> str:
    problem = trace.problem
    number = zlib.crc32(trace.id.encode()) % len(_PHRASINGS)
    message = problem.message.strip().splitlines()[0] if problem.message.strip() else problem.code
    message += "" if message.endswith((".", "!", "?")) else "."
    query = _PHRASINGS[number].format(
        code=problem.code,
        file=problem.file,
        line=problem.line,
        column=problem.column,
        message=message,
        tool=problem.tool,
    )
    chosen = _chosen(trace)
    assert chosen is not None
    query += _ALLOWED.get(chosen.kind, "")
    # Where it was not the first, the user said which one.
    return query if _is_first(trace, chosen) else f"{query} Take this fix: {chosen.title}"


def _own_program(trace: FixTrace) -> str:
    """The program that asked for the search, when it takes the fix, too."""
    try:
        tools = tool_calls(trace.program).tools
    except SyntaxError:
        return ""
    return trace.program.strip() if {"find_fixes", "apply_code_action"} <= set(tools) else ""


def _program(trace: FixTrace) -> str:
    problem, chosen = trace.problem, _chosen(trace)
    assert chosen is not None
    options = _OPTIONS.get(chosen.kind, "")
    place = f"{problem.file!r}, {problem.line}, {problem.column}, code={problem.code!r}{options}"
    search = f"fixes = find_fixes({place}).fixes\n"
    if not _is_first(trace, chosen):
        search += f"fixes = [fix for fix in fixes if fix.title == {chosen.title!r}]\n"
    return search + "if fixes:\n    print(apply_code_action(fixes[0].id).diff)"


def _chosen(trace: FixTrace) -> TracedCandidate | None:
    return next((candidate for candidate in trace.candidates if candidate.verdict == "chosen"), None)


def _is_first(trace: FixTrace, chosen: TracedCandidate) -> bool:
    others = [candidate.score or 0.0 for candidate in trace.candidates if candidate.verdict == "good"]
    return (chosen.score or 0.0) >= max(others, default=0.0)
