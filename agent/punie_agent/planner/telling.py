"""Answers in Markdown: a sentence, then places. What is not known is never told as nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from punie_agent.planner.recipe import Answer

MOST = 20
MOST_OF_A_RULE = 3000

_PLURALS = {"class": "classes", "dependency": "dependencies", "this": "these", "entry": "entries"}


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 place`, `2 places`, `no places`."""
    many = plural or _PLURALS.get(noun) or f"{noun}s"
    return f"{number or 'no'} {noun if number == 1 else many}"


def code(text: object) -> str:
    """Text as inline code, whatever is in it."""
    flat = " ".join(str(text).split())
    if not flat:
        return "` `"
    fence = "`" * (_longest_run(flat, "`") + 1)
    pad = " " if flat[0] == "`" or flat[-1] == "`" else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def block(text: str, language: str = "python") -> str:
    """Text as a code block, whatever is in it."""
    fence = "`" * max(3, _longest_run(text, "`") + 1)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def _longest_run(text: str, char: str) -> int:
    longest = run = 0
    for c in text:
        run = run + 1 if c == char else 0
        longest = max(longest, run)
    return longest


def place(item: Mapping[str, Any]) -> str:
    """`src/app.py:12`, as code."""
    return code(f"{item['file']}:{item['line']}" if item.get("line") else item["file"])


def listed(lines: Sequence[str], total: int | None = None) -> str:
    """The first lines as a list, and how many more there are."""
    shown = [f"- {line}" for line in lines[:MOST]]
    more = (len(lines) if total is None else total) - len(shown)
    return "\n".join([*shown, *([f"- and {more} more"] if more > 0 else [])])


def joined(*parts: str) -> str:
    """Paragraphs, without the empty ones."""
    return "\n\n".join(part for part in parts if part)


def sentence(text: str) -> str:
    """With a full stop at the end."""
    flat = text.strip()
    return flat if flat.endswith((".", "!", "?", ":", "`")) or not flat else f"{flat}."


# The tools advise programs; people are told what to ask instead.
_ADVICE = (
    (" Look for it with find_symbol or search_text.", ' Look for it with `search for "TEXT"`.'),
    (" Check the path; search_text finds files by their text.", " `list files` shows what there is."),
    (
        "Ask the user to trust it, or check with typecheck and ruff_check.",
        "Trust the workspace first, or ask to `check types` or `lint`.",
    ),
    (" dependency_graph() lists all.", " `show the dependency graph` lists all."),
    (" document_symbols lists what it has.", " `outline of FILE` lists what it has."),
    (" Pass a longer name, or path with it.", " Ask with the longer name."),
    (" Pass a file or a folder of it.", " `list files` shows what there is."),
    (" or use search_text.", " or search for text."),
)


def for_people(text: str) -> str:
    """An error of a tool, with its advice in words that can be asked."""
    for advice, plain in _ADVICE:
        text = text.replace(advice, plain)
    return sentence(text)


def trouble(result: object, name: str = "") -> Answer | None:
    """What to say when a program failed, or its question was not answered; None when it was."""
    if not isinstance(result, Mapping):
        return Answer(f"The program did not give what it should have: {code(result)}")
    if result.get("error"):
        return Answer(for_people(str(result["error"])))
    if result.get("candidates"):
        lines = [f"{code(c['qualified_name'])} ({c['kind']}) in {place(c)}" for c in result["candidates"]]
        head = f"{code(name or 'That name')} means {count(len(lines), 'thing')}. Which one? Ask with the longer name:"
        return Answer(joined(head, listed(lines)))
    if result.get("state") == "unknown":
        return Answer(f"Punie cannot tell: {for_people(str(result.get('reason') or 'no reason was given'))}")
    return None


def caveat(result: Mapping[str, Any]) -> str:
    """A sentence about what the answer leaves out; empty when it is whole."""
    if result.get("state") == "partial":
        return f"This is not all: {sentence(str(result.get('reason') or 'some of it could not be looked at'))}"
    return ""


def shown_place(item: Mapping[str, Any]) -> str:
    """A place and the code in its line."""
    text = str(item.get("text", "")).strip()
    return f"{place(item)} {code(text)}" if text else place(item)


def essence(rule: Mapping[str, Any]) -> str:
    """The sections of a rule's page that say what and why, and its example."""
    sections = re.split(r"^(?=## )", str(rule["explanation"]), flags=re.M)
    chosen = [s for s in sections if s.startswith(("## What", "## Why", "## Example", "## Use instead"))] or sections
    text = "".join(chosen).strip()
    return text if len(text) <= MOST_OF_A_RULE else f"{text[:MOST_OF_A_RULE].rpartition(chr(10))[0]}\n\n…"
