"""What an offered fix is worth: is the package as it was, does it at least work, or is it worse?"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from typing import Literal

from punie_semantic.results import Problem
from punie_semantic.verify import verify
from tests.bench.punie_fix.defects import Defect
from tests.bench.punie_fix.fixers import Choice, Offer
from tests.bench.punie_fix.subject import Subject

Outcome = Literal["identical", "repaired", "incomplete", "wrong", "harmful", "declined"]
OUTCOMES: tuple[Outcome, ...] = ("identical", "repaired", "incomplete", "wrong", "harmful", "declined")


@dataclass(frozen=True)
class Score:
    """The worth of the first offered fix.

    Attributes:
        outcome: identical (the original's very text), repaired (nothing of the defect left, nothing new, the tests
            pass), incomplete (the target is gone, more of the defect is left), wrong (the target is still there, or
            tests fail that the defect breaks too), harmful (something new is reported, a test fails that passed with
            the defect, or another file is changed for nothing), declined.
        same_ast: the original's meaning, in another form.
        offered: the original is among all that was offered.
        why: what is wrong with it.
    """

    outcome: Outcome
    same_ast: bool = False
    offered: bool = False
    why: str = ""


async def score(subject: Subject, defect: Defect, offer: Offer, *, alike: tuple[str, ...] = ()) -> Score:
    """Judge what was offered.

    Args:
        subject: its disk is changed.
        defect: what was broken.
        offer: all that was offered.
        alike: texts that count as the original, for what changes more than it was asked to.
    """
    original = subject.originals[defect.file]
    offered = any(c.file == defect.file and c.text in (original, *alike) for c in offer.choices)
    if not offer.choices:
        return Score("declined")
    first = offer.choices[0]
    if first.file != defect.file or offer.also:
        return await _elsewhere(subject, defect, offer, offered=offered)
    if first.text in (original, *alike):
        return Score("identical", same_ast=True, offered=True)
    same = _same_ast(first.text, original)
    outcome, why = await _judged(subject, defect, {defect.file: first.text}, tested=same)
    return Score(outcome, same, offered or same, why)


async def _elsewhere(subject: Subject, defect: Defect, offer: Offer, *, offered: bool) -> Score:
    """A fix of another file can be right only when the broken file is then no problem."""
    if offer.also:
        return Score("harmful", offered=offered, why=f"changes {', '.join(offer.also)} too")
    first = offer.choices[0]
    broken = defect.apply(subject.originals[defect.file])
    outcome, why = await _judged(subject, defect, {defect.file: broken, first.file: first.text}, tested=False)
    return Score(outcome if outcome == "repaired" else "harmful", offered=offered, why=why or "changes another file")


async def _judged(subject: Subject, defect: Defect, texts: dict[str, str], *, tested: bool) -> tuple[Outcome, str]:
    original, broken = subject.originals[defect.file], defect.apply(subject.originals[defect.file])
    left = await _introduced(subject, original, defect.file, texts)
    if left:
        return await _with_problems(subject, defect, texts, left)
    if tested:
        return "repaired", ""
    failing = await subject.failing(texts)
    if failing is None:
        return "wrong", "the tests do not come to an end"
    if not failing:
        return "repaired", ""
    before = await subject.failing({defect.file: broken}) or ()
    fresh = sorted({*failing} - {*before})
    return ("harmful", f"breaks {fresh[0]}") if fresh else ("wrong", f"{failing[0]} fails")


async def _with_problems(
    subject: Subject, defect: Defect, texts: dict[str, str], left: list[Problem]
) -> tuple[Outcome, str]:
    """Something is reported that the original does not have: is it new, or left of the defect?"""
    broken = defect.apply(subject.originals[defect.file])
    fresh = await _introduced(subject, broken, defect.file, texts)
    if fresh:
        return "harmful", f"causes {_told(fresh[0])}"
    target = defect.targets[0] if defect.targets else None
    still = target is not None and any(
        (p.tool, p.code, p.message) == (target.tool, target.code, target.message) for p in left
    )
    return ("wrong" if still else "incomplete"), f"leaves {_told(left[0])}"


async def _introduced(subject: Subject, base: str, file: str, texts: dict[str, str]) -> list[Problem]:
    """What is reported with these texts, in their files and all that depend on them, and not with another base."""
    await subject.put({file: base})
    overlay = subject.workspace.overlay
    for name, text in texts.items():
        overlay.write(subject.root / name, text)
    report = await verify(subject.workspace.checker, subject.workspace.files, {})
    gone = [_same(problem) for problem in report.fixed]
    fresh = []
    for problem in report.introduced:
        if _same(problem) in gone:
            gone.remove(_same(problem))
        else:
            fresh.append(problem)
    return fresh


def _same(problem: Problem) -> tuple[str, str, str, str]:
    """A message that names another line is the same message."""
    words = ["#" if word.strip(".,)").isdigit() else word for word in problem.message.split()]
    return problem.tool, problem.file, problem.code, " ".join(words)


def _told(problem: Problem) -> str:
    return f"{problem.code} in line {problem.line} of {problem.file}: {problem.message.splitlines()[0]}"


def _same_ast(text: str, original: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) == ast.dump(ast.parse(original))
    except SyntaxError:
        return False


def difference(before: str, choice: Choice | str) -> str:
    """What a fix changes, or what the defect did."""
    after = choice if isinstance(choice, str) else choice.text
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return "\n".join(line for line in list(lines)[2:])
