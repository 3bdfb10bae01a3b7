"""Errors of programs as a model can act on them: the line, its text, the cause, the nearest right name."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable

import pydantic_monty as monty

from punie_agent.codemode.asynchrony import SUFFIX
from punie_agent.codemode.guidance import MODULES, NAMES, NO_FILES, RAISED
from punie_agent.codemode.library import MODULES as OWN_MODULES
from punie_agent.codemode.library import MONTY_MODULES, lines_of_modules
from punie_agent.codemode.rewriting import Program
from punie_agent.codemode.vocabulary import Vocabulary, nearest
from punie_semantic import exceptions

MOST_PROBLEMS = 8
MOST_FRAMES = 4
MOST_NAMES = 500
MOST_MESSAGE = 2_000
MOST_LINE = 160

_FINDING = re.compile(r"^main\.py:(\d+):(\d+): (error|warning|info)\[([\w-]+)\] (.*)$")
_SIGNED = {
    "missing-argument",
    "too-many-positional-arguments",
    "unknown-argument",
    "invalid-argument-type",
    "parameter-already-assigned",
}


def cut(text: str, most: int) -> str:
    """The beginning of a text, and a sign that there is more."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most} more characters)"


def at_line(program: Program, line: int) -> str:
    """A line of the program, as it is shown in messages."""
    text = cut(program.line(line), MOST_LINE)
    return f"line {line}: {text}" if text else f"line {line}"


def has_errors(display: str) -> bool:
    """Whether the type checker found more than warnings."""
    return any(match[3] == "error" for line in display.splitlines() if (match := _FINDING.match(line)))


def explain_typing(program: Program, display: str, words: Vocabulary, lost: Collection[str] = ()) -> str:
    """The type checker's findings."""
    if "[invalid-syntax]" in display and program.mistake[0]:
        line, cause = program.mistake
        return f"The program is not Python, so it was not run:\n{at_line(program, line)}\n  {cause}"
    parts: list[str] = []
    left_out = 0
    for line in display.splitlines():
        match = _FINDING.match(line)
        if match is None or match[3] != "error":
            continue
        if len(parts) == MOST_PROBLEMS:
            left_out += 1
            continue
        place = program.original((int(match[1]), int(match[2])))
        message = match[5].replace(SUFFIX, "")
        hint = _typing_hint(program, match[4], message, words, lost)
        part = f"{at_line(program, place[0])}\n  {cut(message, MOST_MESSAGE)}{'. ' if hint else ''}{hint}"
        if part not in parts:
            parts.append(part)
    more = f"\n… and {left_out} more" if left_out else ""
    kind = "is not Python" if "invalid-syntax" in display else "does not type-check"
    return f"The program {kind}, so it was not run:\n" + "\n".join(parts) + more


def _typing_hint(program: Program, rule: str, message: str, words: Vocabulary, lost: Collection[str]) -> str:
    if "CoroutineType" in message:
        return "This program uses await, so every tool call in it must be awaited: (await tool(...)).field"
    match rule:
        case "unresolved-attribute" | "possibly-missing-attribute" | "possibly-unbound-attribute":
            return _attribute_hint(message, words)
        case "unresolved-reference":
            return _name_hint(_quoted(message), program, words, lost)
        case "unresolved-import":
            return _import_hint(_quoted(message))
        case "unresolved-global" | "invalid-await" | "invalid-syntax" if "await" in message:
            return "Tools are called without await, unless the whole program awaits them"
        case _ if rule in _SIGNED:
            return _signature_hint(rule, message, words)
        case _:
            return ""


def _quoted(message: str, number: int = 0) -> str:
    found = re.findall(r"`([^`]*)`", message)
    return found[number] if len(found) > number else ""


def _attribute_hint(message: str, words: Vocabulary) -> str:
    if "`None`" in message and "union" in message:
        return "It can be None: check for that first, as in `if x is not None`"
    match = re.search(r"Object of type `(.*)` has no attribute `(\w+)`", message)
    if match is None:
        member = re.search(r"Module `(\w+)` has no member `(\w+)`", message)
        return _member_hint(member[1]) if member else ""
    owner, name = match[1], match[2]
    if owner in words.dictionaries:
        return f'It is a dict with the keys {", ".join(words.fields[owner])}: write ["{name}"]'
    if owner in words.fields:
        fields = words.fields[owner]
        return " ".join(filter(None, [nearest(name, fields), f"{owner} has: {', '.join(fields)}"]))
    inside = re.match(r"list\[(\w+)\]", owner)
    if inside:
        return f"It is a list: loop over it, or take one {inside[1]} of it by its index"
    return ""


def _member_hint(module: str) -> str:
    if module == "os":
        return NO_FILES
    return "Only a part of that module is available here"


def _name_hint(name: str, program: Program, words: Vocabulary, lost: Collection[str]) -> str:
    if name in NAMES:
        return NAMES[name]
    if name in lost:
        return "The sandbox was restarted, so the names of earlier programs are gone: define it again"
    if name in (*MONTY_MODULES, *OWN_MODULES):
        return f"Write `import {name}` first"
    if isinstance(getattr(exceptions, name, None), type):
        return "Errors of tools are RuntimeError here: `except RuntimeError as error`"
    return nearest(name, {*words.names(), *sorted(program.names)[:MOST_NAMES]})


def _import_hint(name: str) -> str:
    top = name.partition(".")[0]
    if top in MODULES:
        return MODULES[top]
    return (
        f"Programs cannot import packages or the project's own code. There are: "
        f"{', '.join(sorted((*MONTY_MODULES, *OWN_MODULES)))}"
    )


def _signature_hint(rule: str, message: str, words: Vocabulary) -> str:
    function = _quoted(message, 1)
    if rule == "invalid-argument-type":
        function = _quoted(message, 0)
    if rule in ("too-many-positional-arguments",):
        function = _quoted(message, 0)
    if function not in words.signatures:
        return ""
    near = nearest(_quoted(message), words.parameters[function]) if rule == "unknown-argument" else ""
    return " ".join(filter(None, [near, f"It is {words.signatures[function]}{_dictionary_hint(message, words)}"]))


def _dictionary_hint(message: str, words: Vocabulary) -> str:
    """A dict that was made before the call has lost what its keys are."""
    match = re.search(r"Expected `(.*?)`, found `.*dict\[", message)
    if match is None or not words.dictionaries.intersection(re.findall(r"\w+", match[1])):
        return ""
    return f". Write the dict in the call itself, or annotate its variable, as in `x: {match[1]} = ...`"


def explain_raised(program: Program, error: monty.MontyRuntimeError | monty.MontySyntaxError, words: Vocabulary) -> str:
    """An exception that ended the program: where, how it got there, and what it is."""
    name = type(error.exception()).__name__
    message = cut(error.display("msg"), MOST_MESSAGE).replace(SUFFIX, "")
    places = _places(program, error.traceback())
    lines = []
    if places:
        lines.append(f"The program failed in {places[-1]}")
        lines += [f"  called from {place}" for place in reversed(places[-1 - MOST_FRAMES : -1])]
    else:
        lines.append("The program failed.")
    hint = raised_hint(name, message, words)
    shown = f"{name}: {message}".removesuffix(": ")
    lines.append(f"{shown}{_full_stop(message)} {hint}" if hint else shown)
    return "\n".join(lines)


def _full_stop(message: str) -> str:
    return "" if message.endswith((".", "!", "?")) else "."


def _places(program: Program, frames: list[monty.Frame]) -> list[str]:
    """The calls that led to an exception, outermost first; the outermost one is in the program itself."""
    places: list[str] = []
    for frame in frames:
        if frame.filename == frames[0].filename:
            place = at_line(program, program.original((frame.line, frame.column))[0])
        elif (frame.source_line or "").strip() in lines_of_modules():
            continue
        elif frame.filename.startswith("<python-input-"):
            place = f"an earlier program, line {frame.line}: {cut((frame.source_line or '').strip(), MOST_LINE)}"
        else:
            place = f"line {frame.line} of a string"
        if not places or places[-1] != place:
            places.append(place)
    return places


def raised_hint(name: str, message: str, words: Vocabulary) -> str:
    """What to do about an exception."""
    for part, hint in RAISED:
        if part in message:
            return hint
    missing = re.search(r"'(\w+)' object has no attribute '(\w+)'", message)
    if name == "AttributeError" and missing and missing[1] in words.fields:
        fields = words.fields[missing[1]]
        return " ".join(filter(None, [nearest(missing[2], fields), f"{missing[1]} has: {', '.join(fields)}."]))
    if name == "NameError" and (found := re.search(r"name '(\w+)'", message)):
        return NAMES.get(found[1]) or nearest(found[1], words.names())
    if name in ("ModuleNotFoundError", "ImportError") and (found := re.search(r"'([\w.]+)'", message)):
        return _import_hint(found[1]) if name == "ModuleNotFoundError" else ""
    if name == "PermissionError" and message.startswith("Permission denied"):
        return NO_FILES
    return ""


def explain_refusals(program: Program, found: Iterable[tuple[ast.stmt | ast.expr, str]]) -> str:
    """What cannot run, before anything runs."""
    parts = [f"{at_line(program, node.lineno)}\n  {why}" for node, why in sorted(found, key=lambda f: f[0].lineno)]
    return "The program was not run:\n" + "\n".join(dict.fromkeys(parts[:MOST_PROBLEMS]))
