"""What commands take: one JSON object each, or none. Wrong arguments are answered with the right shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from pygls.exceptions import JsonRpcInvalidParams

Count = Annotated[int, msgspec.Meta(ge=0)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]


class Position(msgspec.Struct, frozen=True):
    """LSP's Position, in the client's encoding."""

    line: Count
    character: Count


class Range(msgspec.Struct, frozen=True):
    """LSP's Range."""

    start: Position
    end: Position


class Diagnostic(msgspec.Struct, frozen=True):
    """As much of LSP's Diagnostic as prompts need."""

    message: str
    range: Range | None = None
    source: str | None = None
    code: str | int | None = None


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A command's arguments. `uri` is a document of the project; the one worked on last when it is missing."""

    uri: str | None = None


class PlaceArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """A place. `session` goes on with a conversation, "new" begins one; `apply` answers the question about edits."""

    range: Range | None = None
    position: Position | None = None
    session: str | None = None
    apply: bool | None = None


class AskArguments(PlaceArguments, frozen=True, kw_only=True, rename="camel"):
    """A question or a task in the user's words."""

    prompt: Words | None = None


class ExplainArguments(PlaceArguments, frozen=True, kw_only=True, rename="camel"):
    """Code to explain, or a problem in it."""

    diagnostic: Diagnostic | None = None


class RefactorArguments(PlaceArguments, frozen=True, kw_only=True, rename="camel"):
    """A refactoring in the user's words."""

    text: Words


class FixAllArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """Which problems to fix: those of the codes `select`, or all; `unsafe` allows fixes that ruff calls unsafe."""

    select: tuple[str, ...] = ()
    unsafe: bool = False
    apply: bool | None = None


class FixTestArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """A failing test to fix, and what its failure says."""

    test_id: Words
    message: str = ""
    session: str | None = None
    apply: bool | None = None


class RunCodeArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """A program for the sandbox: its text, or where it is selected."""

    range: Range | None = None
    code: Words | None = None
    apply: bool | None = None


class RunTestsArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """Which tests: one id, or a file or folder of the project; all tests of `uri`, or of the project, by default."""

    test_id: Words | None = None
    path: Words | None = None


class HistoryArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """Which transaction; the newest by default."""

    transaction: Words | None = None


class SessionsArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """What to do with which session; what is missing is asked for."""

    action: Literal["list", "resume", "show", "delete", "export"] | None = None
    session: Words | None = None
    format: Literal["markdown", "json"] = "markdown"


class StatusArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """For people as a document, or for programs as `data`."""

    format: Literal["markdown", "json"] = "markdown"


class ModelArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """Which model; asked for when it is missing, or the choices are given as `data`."""

    model: Words | None = None
    format: Literal["markdown", "json"] = "markdown"


class StopArguments(Arguments, frozen=True, kw_only=True, rename="camel"):
    """Which session's turn to stop; all that runs by default."""

    session: Words | None = None


Shape = TypeVar("Shape", bound=msgspec.Struct)


def convert(command: str, given: Sequence[Any], shape: type[Shape]) -> Shape:
    """A command's arguments in their shape. Raises JsonRpcInvalidParams that says the shape."""
    one = given[0] if given else {}
    # Lua has one empty table for both, and Neovim writes it as a list.
    one = {} if one in (None, []) else one
    if len(given) > 1 or not isinstance(one, dict):
        raise JsonRpcInvalidParams(f"{command} takes one object: {described(shape)}.")
    try:
        return msgspec.convert(one, shape)
    except msgspec.ValidationError as error:
        raise JsonRpcInvalidParams(f"{command} takes one object: {described(shape)}. {error}.") from error


def described(shape: type[msgspec.Struct]) -> str:
    """The names of a shape, its own before those of every command; those that may be missing have a question mark."""
    own = shape.__annotations__
    ordered = sorted(msgspec.structs.fields(shape), key=lambda f: (not f.required, f.name not in own))
    return "{" + ", ".join(f.encode_name + ("" if f.required else "?") for f in ordered) + "}"
