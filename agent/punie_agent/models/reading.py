"""What the readers of model output share: what they are told, and what they found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

RUN_CODE = "run_code"
# Where the definition of that tool has the names of the servers' tools that programs can call.
PROGRAM_TOOLS = "program_tools"
# What models call the tool that runs a program, whatever its name is.
PROGRAM_NAMES = frozenset(
    {
        *("runcode", "runpython", "runprogram", "runscript", "runpythoncode", "run"),
        *("python", "python3", "py", "pythoncode", "pythonrepl", "pythontool", "ipython", "repl"),
        *("execute", "executecode", "executepython", "executepythoncode", "exec", "eval", "evaluate"),
        *("codeinterpreter", "interpreter", "code", "toolcode", "codeexecution", "sandbox"),
    }
)
_PREFIX = re.compile(r"^(?:functions?|default_api|tools?|namespace|punie)[.:/]", re.IGNORECASE)
_TAIL = re.compile(r"(?:<\|.*|\s.*|:\d+)$", re.DOTALL)


@dataclass(frozen=True)
class Program:
    """A program to run."""

    code: str


@dataclass(frozen=True)
class ToolCall:
    """One tool call, under the tool's right name. `arguments` is a text when it could not be read as an object."""

    name: str
    arguments: dict[str, Any] | str


Action = Program | ToolCall


@dataclass(frozen=True)
class Reading:
    """What stands at a place of the output.

    Attributes:
        end: where reading goes on.
        actions: what is to be done.
        text: what is to be shown.
        thought: what the model thought.
        closing: whether the output ends here, whatever follows.
    """

    end: int
    actions: tuple[Action, ...] = ()
    text: str = ""
    thought: str = ""
    closing: bool = False


class Known:
    """The names that count as tools.

    Args:
        programs: whether the model writes programs.
        tools: the tools: of programs, or the ones that are called one by one.
    """

    def __init__(self, tools: Iterable[str], *, programs: bool) -> None:
        self.programs = programs
        self.tools = frozenset(tools)
        self._plain = {_plain(name): name for name in self.tools}

    def resolve(self, name: str) -> str | None:
        """A tool's right name: `functions.Find-References` is `find_references`, `python` is `run_code`."""
        name = _TAIL.sub("", _PREFIX.sub("", name.strip()))
        if name in self.tools:
            return name
        plain = _plain(name)
        if plain in self._plain:
            return self._plain[plain]
        return RUN_CODE if self.programs and plain in PROGRAM_NAMES else None


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()
