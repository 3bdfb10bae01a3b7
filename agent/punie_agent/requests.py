"""Requests that front ends make in words, so that every model gets the same prompt. Light: it imports no model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_FIX = re.compile(
    r"^Fix the problem at (?P<file>.+?):(?P<line>\d+):(?P<column>\d+) \((?P<tool>ty|ruff) (?P<code>[\w-]+)\)"
)
_UNSAFE = "Unsafe fixes are allowed."
_CHOICE = "The user chose: "


@dataclass(frozen=True)
class FixRequest:
    """A problem to fix, as a prompt states it; line and column count from 1.

    `choice` is the title of the fix that the user chose among several; empty for the best one.
    """

    file: str
    line: int
    column: int
    tool: str
    code: str
    message: str
    unsafe_fixes: bool = False
    choice: str = ""

    def prompt(self) -> str:
        """The request in words: any model gets the same."""
        first = self.message.strip().splitlines()[0] if self.message.strip() else ""
        place = f"{self.file}:{self.line}:{self.column} ({self.tool} {self.code})"
        lines = [f"Fix the problem at {place}: {first}"]
        lines += [_UNSAFE] if self.unsafe_fixes else []
        lines += [_CHOICE + self.choice] if self.choice else []
        return "\n".join(lines)


def parse_fix_request(prompt: str) -> FixRequest | None:
    """The request that a prompt states; None when it is about something else."""
    match = _FIX.match(prompt)
    if not match:
        return None
    message = prompt[match.end() :].removeprefix(": ").splitlines()
    rest = prompt.splitlines()[1:]
    return FixRequest(
        file=match["file"],
        line=int(match["line"]),
        column=int(match["column"]),
        tool=match["tool"],
        code=match["code"],
        message=message[0] if message else "",
        unsafe_fixes=_UNSAFE in rest,
        choice=next((line.removeprefix(_CHOICE) for line in rest if line.startswith(_CHOICE)), ""),
    )


Task = Literal["explain", "generate_tests", "annotate_types", "write_docstring", "refactor", "fix_test"]

_SENTENCES: dict[Task, str] = {
    "explain": "Explain the code at {place}",
    "generate_tests": "Write tests for the definition at {place}",
    "annotate_types": "Add type annotations to the definition at {place}",
    "write_docstring": "Write a docstring for the definition at {place}",
    "refactor": "Refactor the code at {place}",
    "fix_test": "Fix the failing test {place}",
}
_PLACE = re.compile(r"^(?P<file>.+?):(?P<line>\d+):(?P<column>\d+)(?:-(?P<end_line>\d+):(?P<end_column>\d+))?$")
_CONTEXT = re.compile(
    r"\n\s*(?:The cursor is at|The selection is|The open file is) (?P<place>[^\n]+)\.\s*$",
)


@dataclass(frozen=True)
class TaskRequest:
    """What a command asks for, about a place or, for `fix_test`, about the test `file` (a test id).

    Lines and columns count from 1, 0 is none. `end_line` and `end_column` are those of a selection. `text` is what the
    user added: free text, or the message of a problem or a failure.
    """

    task: Task
    file: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    text: str = ""

    def prompt(self) -> str:
        """The request in words: any model gets the same."""
        head = _SENTENCES[self.task].removesuffix("{place}") + _written(self)
        return f"{head}\n{self.text.strip()}".strip()


def parse_task_request(prompt: str) -> TaskRequest | None:
    """The request that a prompt states; None when it is about something else."""
    head, _, text = prompt.partition("\n")
    for task, sentence in _SENTENCES.items():
        start = sentence.removesuffix("{place}")
        if head.startswith(start):
            return TaskRequest(task, *_read(head.removeprefix(start)), text=text)
    return None


@dataclass(frozen=True)
class AskRequest:
    """Free words, and where the user was: "this" and "it" mean what is there. Fields as in `TaskRequest`."""

    text: str
    file: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def prompt(self) -> str:
        """The request in words, the place in a last line of its own."""
        if not self.file:
            return self.text
        kind = "The selection is" if self.end_line else "The cursor is at" if self.line else "The open file is"
        return f"{self.text.rstrip()}\n\n{kind} {_written(self)}."


def parse_ask_request(prompt: str) -> AskRequest:
    """The words of a prompt, and the place in its last line if there is one."""
    match = _CONTEXT.search(prompt)
    if match is None:
        return AskRequest(prompt)
    return AskRequest(prompt[: match.start()].rstrip(), *_read(match["place"]))


def file_of(prompt: str) -> str:
    """The file that a prompt is about, as front ends state it; empty when they state none."""
    if (fix := parse_fix_request(prompt)) is not None:
        return fix.file
    if (task := parse_task_request(prompt)) is not None:
        return task.file.partition("::")[0]
    return parse_ask_request(prompt).file


def _written(place: TaskRequest | AskRequest) -> str:
    text = f"{place.file}:{place.line}:{place.column}" if place.line else place.file
    return f"{text}-{place.end_line}:{place.end_column}" if place.end_line else text


def _read(text: str) -> tuple[str, int, int, int, int]:
    place = _PLACE.match(text)
    if place is None:
        return text, 0, 0, 0, 0
    line, column, end_line, end_column = (int(place[n] or 0) for n in ("line", "column", "end_line", "end_column"))
    return place["file"], line, column, end_line, end_column
