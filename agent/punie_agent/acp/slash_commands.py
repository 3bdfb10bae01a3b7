"""Slash commands: every prompt that a command of the editor makes, as a line that the user types. Knows no protocol.

Those without a prompt are done by `own_commands`; no model is asked for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from punie_agent.acp.exceptions import BadRequest
from punie_agent.acp.places import Place
from punie_agent.acp.prompt_content import PromptContent
from punie_agent.requests import Task, TaskRequest

Words = Callable[[str, Place | None], str]


@dataclass(frozen=True)
class SlashCommand:
    """A command.

    Attributes:
        name: without the slash.
        description: one line.
        hint: what may follow it; empty for nothing.
        words: the request for what follows it and for the place that is mentioned; None when no model is asked.
    """

    name: str
    description: str
    hint: str = ""
    words: Words | None = None


def _task(task: Task, phrase: str, ask: str) -> Words:
    """A task about a mentioned file or selection, or about a symbol in words."""

    def words(text: str, place: Place | None) -> str:
        if place is not None:
            rest = _without(text, place)
            end = (place.end_line + 1, 1) if place.end_line > place.line else (0, 0)
            return TaskRequest(task, place.file, place.line, 1 if place.line else 0, *end, text=rest).prompt()
        if not text:
            raise BadRequest(ask)
        return phrase.format(text)

    return words


def _fix(text: str, place: Place | None) -> str:
    if place is not None and place.line:
        return f"fix the problem at {place.file}:{place.line}"
    return f"fix all problems in {place.file if place else text or 'the project'}"


def _about(phrase: str, default: str) -> Words:
    """A phrase about what follows, or about the default."""
    return lambda text, place: phrase.format(place.file if place else text or default)


def _rename(text: str, place: Place | None) -> str:
    names = text.split()
    if len(names) != 2:
        raise BadRequest("Say both names: `/rename OLD NEW`.")
    return f"rename {names[0]} to {names[1]}"


def _usages(text: str, place: Place | None) -> str:
    if not text:
        raise BadRequest("Say of what: `/usages Cart.total`.")
    return f"find references to {text}"


def _refactor(text: str, place: Place | None) -> str:
    if not text:
        raise BadRequest("Say what is to be changed: `/refactor rename Cart to Basket`.")
    if place is None:
        return text
    end = (place.end_line + 1, 1) if place.end_line else (0, 0)
    return TaskRequest(
        "refactor", place.file, place.line, 1 if place.line else 0, *end, text=_without(text, place)
    ).prompt()


def _without(text: str, place: Place) -> str:
    """What is said besides the mention of the place."""
    return " ".join(text.replace(place.mention, "", 1).split())


_SYMBOL = "a symbol, or a file or selection by @"

COMMANDS: tuple[SlashCommand, ...] = (
    SlashCommand(
        "explain",
        "Explain a symbol, a file or a selection",
        _SYMBOL,
        _task("explain", "what does {} do?", "Say what: `/explain Cart.total`, or mention a file."),
    ),
    SlashCommand("fix", "Fix what ty and ruff report, re-checked", "a file, or nothing for the project", _fix),
    SlashCommand(
        "check", "Say what ty and ruff report", "a file, or nothing for the project", _about("check {}", "the project")
    ),
    SlashCommand("test", "Run tests", "a test file or test, or nothing for all", _about("run {}", "the tests")),
    SlashCommand(
        "tests",
        "Write tests for a definition or a file",
        _SYMBOL,
        _task("generate_tests", "write tests for {}", "Say for what: `/tests Cart.total`, or mention a file."),
    ),
    SlashCommand(
        "docstring",
        "Write a docstring",
        _SYMBOL,
        _task("write_docstring", "write a docstring for {}", "Say for what: `/docstring Cart.total`."),
    ),
    SlashCommand(
        "types",
        "Add the types that are known",
        _SYMBOL,
        _task("annotate_types", "add types to {}", "Say to what: `/types src/app.py`, or mention a file."),
    ),
    SlashCommand("refactor", "Refactor as your words say", "what is to be changed", _refactor),
    SlashCommand("rename", "Rename a symbol everywhere", "OLD NEW", _rename),
    SlashCommand("usages", "Find every use of a symbol", "a symbol", _usages),
    SlashCommand("undo", "Take back a change that Punie wrote", "a transaction, or nothing for the last one"),
    SlashCommand("redo", "Make again what was taken back", "a transaction, or nothing for the last one"),
    SlashCommand("history", "List what Punie wrote"),
    SlashCommand("model", "Let another model answer this session", "a model, or nothing to choose"),
    SlashCommand("status", "Say what answers, and how the session is set"),
    SlashCommand("help", "List the commands, and what the builtin planner understands"),
)


def read_command(content: PromptContent) -> tuple[SlashCommand, str] | None:
    """The command that a prompt begins with, and what follows it; None when it is none of ours."""
    first = content.words.split(maxsplit=1)[:1]
    command = next((c for c in COMMANDS if first == [f"/{c.name}"]), None)
    return None if command is None else (command, content.words.removeprefix(first[0]).strip())


def in_words(content: PromptContent) -> PromptContent:
    """A prompt with its command, if it has one, as the request that it stands for. Raises BadRequest."""
    found = read_command(content)
    if found is None or found[0].words is None:
        return content
    command, rest = found
    assert command.words is not None
    return replace(content, words=command.words(rest, content.place), places=[])
