"""Scores one answer: is it valid, does it call the right tool with the right arguments, and do the right thing?

Programs are judged by their syntax tree and by executing them, never by their text. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from punie_agent.models.single_turn import is_cut
from punie_agent.models.small_prompt import program_in
from punie_training.evals.executing import Executions, type_checks
from punie_training.evals.same_results import same, same_value, told
from punie_training.evals.suite import ANSWER, Case
from punie_training.evals.tool_calls import ToolCall, canonical, first_call, one_form, parsed, same_program, tool_calls

if TYPE_CHECKING:
    from punie_training.execution import Outcome

WEIGHTS = {"tool": 0.4, "args": 0.3, "execution": 0.3}
# What was said instead of a program that can be read, for the confusion matrix.
UNREADABLE = "unreadable"
WORD_SHARE = 0.5

# Marks of a format that is not ours, and bytes that are no text: a program may hide in it, but nobody can run it.
_DEBRIS = re.compile(r"```|<\|?/?(?:im_|start_of|end_of|tool_call|eot_|endoftext)|\N{REPLACEMENT CHARACTER}|\0")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Score:
    """What an answer is worth.

    Attributes:
        valid: words that come to an end, or a whole program that type-checks against the tools' stubs.
        tool: the first tool called, by its syntax tree, is the right one; for a direct answer: words, and no tool.
        args: that call's arguments are right.
        execution: it was executed, and came to what the reference came to; for a direct answer: it says what it must.
        exact: the same syntax tree as a reference program's, or the same words.
        called: the tool that was called first, `answer`, or `unreadable`.
        why: what is wrong, in a sentence; "" when nothing is.
        tool_seconds: the time within tools.
        own_seconds: the rest of executing it: type check and sandbox.
    """

    valid: bool
    tool: bool
    args: bool
    execution: bool
    exact: bool
    called: str
    why: str = ""
    tool_seconds: float = 0.0
    own_seconds: float = 0.0

    @property
    def credit(self) -> float:
        """Partial credit from 0 to 1, see WEIGHTS; all of it for what executes to the right result."""
        if self.execution and self.tool:
            return 1.0
        return sum(weight for name, weight in WEIGHTS.items() if getattr(self, name))


async def score(case: Case, text: str, executions: Executions, *, cut: bool = False) -> Score:
    """Score an answer.

    Args:
        case: what was asked.
        text: the model's whole answer.
        executions: runs programs; nothing is run when the answer has none.
        cut: whether it only ended because it became too long: words and programs without an end are no answer.
    """
    program = program_in(text)
    if program is None:
        return _of_words(case, text, cut=cut)
    if cut and is_cut(text):  # which is not run when it is asked for work either
        return Score(False, False, False, False, False, UNREADABLE, "a program without an end")
    outcome = await executions.outcome(program)
    first = first_call(program)
    valid = parsed(program) is not None and type_checks(outcome)
    called = first.tool if first else (ANSWER if valid else UNREADABLE)
    found = Score(valid, False, False, False, False, called)
    if ANSWER in case.tools:
        found = replace(found, why=f"calls {called}, but words were asked for" if first else "a program, not words")
    elif not case.programs:
        found = _by_tool(case, first, outcome, found)
    else:
        scores = [await _against(case, reference, program, outcome, executions, found) for reference in case.programs]
        found = max(scores, key=lambda one: (one.credit, one.exact))
    spent = max(0.0, outcome.seconds - outcome.tool_seconds)
    return replace(found, tool_seconds=outcome.tool_seconds, own_seconds=spent)


def _of_words(case: Case, text: str, *, cut: bool) -> Score:
    said = text.strip()
    if not said:
        return Score(False, False, False, False, False, UNREADABLE, "nothing was said")
    if why := _not_words(said, cut=cut):
        return Score(False, False, False, False, False, UNREADABLE, why)
    if ANSWER not in case.tools:
        return Score(True, False, False, False, False, ANSWER, f"words, but {' or '.join(case.tools)} was to be called")
    why = _lacking(case, said)
    return Score(True, True, True, not why, _folded(said) == _folded(case.answer), ANSWER, why)


def _not_words(said: str, *, cut: bool) -> str:
    if tool_calls(said):
        return "a program without its fence"
    if _DEBRIS.search(said):
        return "neither words nor a program in a fence"
    return "words without an end" if cut else ""


def _lacking(case: Case, said: str) -> str:
    """What a direct answer should have said and did not."""
    folded = said.casefold()
    for word in case.words:
        if not any(form.strip().casefold() in folded for form in word.split("|")):
            return f"does not say {word.replace('|', ' or ')!r}"
    wanted = {word.casefold() for word in _WORD.findall(case.answer)}
    if wanted and len(wanted & {w.casefold() for w in _WORD.findall(said)}) < WORD_SHARE * len(wanted):
        return "has less than half of the words of the answer that was expected"
    return ""


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _by_tool(case: Case, first: ToolCall | None, outcome: Outcome, found: Score) -> Score:
    """A case without a reference program: the tool, the arguments it names, and that the program ran."""
    if first is None or first.tool != case.tool:
        return replace(found, why=_why_not(found, outcome, case.tools))
    args = any(given is not None and _has(given, case) for given in (first.arguments, _executed(outcome, case.tool)))
    wrong = _fails(outcome)
    if not wrong and case.value is not None and not same_value(case.value, told(outcome)):
        wrong = "comes to another result"
    return replace(found, tool=True, args=args, execution=args and not wrong, why=wrong or _args_why(args=args))


async def _against(
    case: Case, reference: str, program: str, outcome: Outcome, executions: Executions, found: Score
) -> Score:
    wanted = first_call(reference)
    first = first_call(program)
    assert wanted is not None
    if first is None or first.tool != wanted.tool:
        return replace(found, why=_why_not(found, outcome, case.tools))
    args = any(_fit(one, wanted, case) for one in (first.arguments, _executed(outcome, wanted.tool)))
    wrong = _fails(outcome) or await _unequal(case, reference, outcome, executions)
    exact = same_program(reference, program)
    return replace(found, tool=True, args=args, execution=not wrong, exact=exact, why=wrong or _args_why(args=args))


def _fit(given: dict[str, str] | None, wanted: ToolCall, case: Case) -> bool:
    return given is not None and (_has(given, case) if case.arguments is not None else given == wanted.arguments)


def _executed(outcome: Outcome, tool: str) -> dict[str, str] | None:
    """The arguments that the tool first got when the program ran: they may have been in variables."""
    call = next((call for call in outcome.calls if call.name == tool), None)
    return canonical(tool, call.args, call.kwargs) if call else None


async def _unequal(case: Case, reference: str, outcome: Outcome, executions: Executions) -> str:
    """Why a program that ran did not come to the right result; "" when it did."""
    if case.value is not None:
        return "" if same_value(case.value, told(outcome)) else "comes to another result"
    wanted = await executions.reference(reference)
    if not wanted.ok:
        return f"the suite's own program fails: {_line(wanted.error)}"
    return "" if same(wanted, outcome, case.compare) else "comes to another result"


def _has(given: dict[str, str], case: Case) -> bool:
    """Whether the arguments that the case names were given."""
    return all(given.get(name) == one_form(name, value) for name, value in (case.arguments or {}).items())


def _why_not(found: Score, outcome: Outcome, tools: Sequence[str]) -> str:
    if not found.valid:
        return f"cannot be run: {_line(outcome.error)}"
    return f"calls {found.called}, not {' or '.join(tools)}" if found.called != ANSWER else "calls no tool"


def _fails(outcome: Outcome) -> str:
    if outcome.ok:
        return ""
    return f"{'fails' if type_checks(outcome) else 'cannot be run'}: {_line(outcome.error)}"


def _args_why(*, args: bool) -> str:
    return "" if args else "other arguments"


def _line(error: str) -> str:
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    return (lines[-1] if lines else "no reason was given")[:200]
