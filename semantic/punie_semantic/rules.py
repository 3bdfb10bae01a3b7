"""What ruff's and ty's rules mean, in the words of the installed versions."""

from __future__ import annotations

import asyncio
import difflib
from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.environment import child_environ, find_tool
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run
from punie_semantic.results import RuleExplanation
from punie_semantic.results.base import State

MAX_NEAREST = 5
_RUFF = ("rule", "--output-format", "json")
_TY = ("explain", "rule", "--output-format", "json")

# Codes in findings that are no rules.
_OTHERS = {"invalid-syntax": "The file does not parse, so nothing else was checked in it. Repair the syntax first."}


async def explain(root: Path, code: str) -> RuleExplanation:
    """A rule by ruff's code or name, or by ty's name. Raises ToolUnavailable when neither can be asked."""
    if code in _OTHERS:
        return RuleExplanation(
            found=True, tool="", code=code, name=code, summary=_OTHERS[code], fix="", explanation="", nearest=[]
        )
    answers = await asyncio.gather(_all(root, "ruff", (*_RUFF, "--all")), _all(root, "ty", _TY), return_exceptions=True)
    lists = [answer for answer in answers if isinstance(answer, list)]
    if not lists:
        raise ToolUnavailable(str(answers[0]))
    ruff = answers[0] if isinstance(answers[0], list) else []
    ty = answers[1] if isinstance(answers[1], list) else []
    for rule in ruff:
        if code.upper() == (rule["code"] or "") or code == rule["name"]:
            return _from_ruff(rule)
    for rule in ty:
        if code == rule["name"]:
            return _from_ty(rule)
    missing = [str(answer) for answer in answers if not isinstance(answer, list)]
    known = [name for rule in ruff for name in (rule["code"], rule["name"]) if name] + [rule["name"] for rule in ty]
    near = difflib.get_close_matches(code, known, MAX_NEAREST, 0.5)
    near = near or difflib.get_close_matches(code.upper(), known, MAX_NEAREST, 0.5)
    return unknown(code, near, "unknown" if missing else "clean", " ".join(missing))


def unknown(code: str, near: list[str] | None = None, state: State = "clean", reason: str = "") -> RuleExplanation:
    """The answer about a rule that there is not, or that nobody could be asked about."""
    text = reason or f"Neither ruff nor ty has a rule {code!r}. Nearest: {', '.join(near or []) or 'none'}."
    return RuleExplanation(
        found=False,
        tool="",
        code=code,
        name="",
        summary="",
        fix="",
        explanation="",
        nearest=near or [],
        state=state,
        reason=text,
    )


async def _all(root: Path, name: str, arguments: tuple[str, ...]) -> list[dict[str, Any]]:
    program = find_tool(name)
    if program is None:
        raise ToolUnavailable(f"{name} is not installed. Install it beside punie-ls: pip install {name}.")
    done = await run([str(program), *arguments], cwd=root, environ=child_environ())
    if done.returncode:
        raise ToolUnavailable(f"{name} could not list its rules: {done.stderr.decode(errors='replace')[:300]}")
    try:
        return msgspec.json.decode(done.stdout)
    except msgspec.DecodeError as error:
        raise ToolUnavailable(f"{name} wrote what is not JSON: {error}") from error


def _from_ruff(rule: dict[str, Any]) -> RuleExplanation:
    return RuleExplanation(
        found=True,
        tool="ruff",
        code=rule["code"] or rule["name"],
        name=rule["name"],
        summary=rule["summary"],
        fix=rule["fix"],
        explanation=rule["explanation"],
        nearest=[],
    )


def _from_ty(rule: dict[str, Any]) -> RuleExplanation:
    return RuleExplanation(
        found=True,
        tool="ty",
        code=rule["name"],
        name=rule["name"],
        summary=rule["summary"],
        fix="",
        explanation=rule["documentation"],
        nearest=[],
    )
