"""What a turn came to, in words: its check, what it used, how it ended. From events as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from punie_ls.terminal.cleaning import clean, one_line

MOST_PROBLEMS = 5
STOPPED = "Stopped. Nothing was changed."

Json = Mapping[str, Any]


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def checked(report: Json) -> str:
    """A verification that came out clean."""
    files = report.get("files_checked", ())
    said = "Re-checked by ty and ruff: nothing new is reported"
    said += f" in {count(len(files), 'file')}." if len(files) > 1 else "."
    if fixed := len(report.get("fixed", ())):
        said += f" {count(fixed, 'problem')} {'is' if fixed == 1 else 'are'} gone."
    if revealed := report.get("revealed", ()):
        said += f" {count(len(revealed), 'problem')} that the mistake hid can be seen now."
    if unchecked := report.get("unchecked", ()):
        said += f" Neither of them reads {', '.join(map(one_line, unchecked[:MOST_PROBLEMS]))}."
    return said


def problems(report: Json) -> list[str]:
    """What a verification that did not come out clean is about, one line each."""
    introduced = report.get("introduced", ())
    lines = [one_line(f"{p['file']}:{p['line']} {p['message']} ({p['tool']} {p['code']})") for p in introduced]
    if len(lines) > MOST_PROBLEMS:
        lines[MOST_PROBLEMS:] = [f"and {count(len(lines) - MOST_PROBLEMS, 'more problem')}"]
    if not lines and report.get("reason"):
        lines = [one_line(report["reason"])]
    return lines


def repeats(notice: Json) -> bool:
    """Whether a notice says what `problems` has said already."""
    return str(notice.get("text", "")).startswith("The edits were dropped because they do not re-check clean")


def used(usage: Json | None, *, calls: int, seconds: float) -> str:
    """What a turn used, in a line."""
    parts = []
    if usage is not None:
        parts.append(count(usage.get("requests", 0), "request"))
        if tokens := usage.get("input_tokens", 0) + usage.get("output_tokens", 0):
            parts.append(count(tokens, "token"))
    parts.append(count(calls, "tool call"))
    if usage is not None and usage.get("cost"):
        parts.append(f"${usage['cost']:.4f}")
    parts.append(f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min")
    return ", ".join(parts)


def ending(done: Json) -> str:
    """Why a turn ended otherwise than by itself; empty when it did not."""
    message = clean(done.get("message", ""))
    match done.get("reason"):
        case "end_turn":
            return ""
        case "cancelled":
            return message or STOPPED
        case "budget":
            return message or "The turn's budget is used up."
        case _:
            return f"Failed: {message}" if message else "The turn failed."


def decision(request: Json, answer: Json) -> str:
    """What was decided without asking, and how to have it otherwise."""
    title, by = one_line(request.get("title", "")), one_line(answer["by"])
    if answer["allowed"]:
        return f"Allowed by {by}: {title}"
    if not by.startswith("nobody"):
        return f"Not allowed by {by}: {title}"
    kind = request.get("kind", "")
    first = next(iter(request.get("detail", "").splitlines()), "")
    rule = kind if kind == "tests" else f"{kind}: {clean(first)}"
    return f"Not allowed, because nobody can be asked here: {title} To allow it: --allow {shlex.quote(rule)}"


def lines_changed(diff: str) -> str:
    """`+3 -1`."""
    _, _, hunks = f"\n{diff}".partition("\n@@")
    lines = hunks.split("\n")[1:]
    return f"+{sum(line.startswith('+') for line in lines)} -{sum(line.startswith('-') for line in lines)}"
