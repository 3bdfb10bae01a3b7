"""What a turn tells its listeners: typed, serialisable, and the same for every front end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from punie_semantic.registry import ToolKind
from punie_semantic.results import VerificationReport


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Event):
    """Prose from the model."""

    type: Literal["text"] = "text"
    text: str


class Program(_Event):
    """A program that the model wrote and that is about to run."""

    type: Literal["program"] = "program"
    code: str


class ToolCallStarted(_Event):
    """A tool call, in a human sentence."""

    type: Literal["tool_call_started"] = "tool_call_started"
    id: str
    tool: str
    kind: ToolKind
    title: str


class ToolCallEnded(_Event):
    """The end of a tool call; `error` is empty when it succeeded."""

    type: Literal["tool_call_ended"] = "tool_call_ended"
    id: str
    tool: str
    error: str = ""


class FileDiff(BaseModel):
    """One file of a proposal."""

    model_config = ConfigDict(frozen=True)

    file: str
    diff: str


class EditProposed(_Event):
    """The turn's edits, re-checked by the session itself; `report` is that check."""

    type: Literal["edit_proposed"] = "edit_proposed"
    files: list[FileDiff]
    report: VerificationReport


class Notice(_Event):
    """Something that the user should know."""

    type: Literal["notice"] = "notice"
    text: str


class Done(_Event):
    """The last event of a turn."""

    type: Literal["done"] = "done"
    reason: Literal["end_turn", "cancelled", "error"]
    message: str = ""


Event = Annotated[
    Text | Program | ToolCallStarted | ToolCallEnded | EditProposed | Notice | Done,
    Field(discriminator="type"),
]
