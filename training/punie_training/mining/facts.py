"""What is known of a file after it was read: plain data that can be cached and sent between processes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

FileKind = Literal["src", "docs", "tests"]
SymbolKind = Literal["function", "class", "method"]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Symbol(_Fact):
    """A definition; lines count from 1. `calls` are the plain names that it calls, each once."""

    name: str
    qualified_name: str
    kind: SymbolKind
    line: int
    end_line: int
    summary: str = ""
    parameters: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


class PytestCase(_Fact):
    """A test; `raises` are the exceptions that it expects, `fixtures` what it asks for."""

    name: str
    qualified_name: str
    line: int
    end_line: int
    raises: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    parametrized: bool = False


class Section(_Fact):
    """A heading of a document with what it first says; `over` is the heading above it."""

    title: str
    over: str
    text: str
    line: int


class FileFacts(_Fact):
    """All that was found in a file.

    Attributes:
        file: its path in the project, with slashes.
        problem: why nothing was found: `unreadable`, `large`, `binary`, `no Python`; empty when all went well.
    """

    file: str
    kind: FileKind
    symbols: tuple[Symbol, ...] = ()
    tests: tuple[PytestCase, ...] = ()
    fixtures: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    problem: str = ""
