"""What one program may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one program may use.

    Attributes:
        seconds: of computing in the sandbox; the time that tools and people take does not count.
        memory: of the sandbox, in bytes.
        tool_calls: of one program.
        lookups: how often it may ask for anything else, such as imports.
        output: characters that it may print.
        result: bytes of its value, of a tool call's arguments and of a tool's result, with all sharing expanded.
        source: characters of the program itself.
        checking: seconds for the type check.
        sleep: seconds that it may sleep in all.
    """

    seconds: float = 30.0
    memory: int = 256 << 20
    tool_calls: int = 10_000
    lookups: int = 20_000
    output: int = 200_000
    result: int = 2_000_000
    source: int = 100_000
    checking: float = 20.0
    sleep: float = 5.0


class LimitError(Exception):
    """A program broke a limit that this process watches. Never leaves the runner."""
