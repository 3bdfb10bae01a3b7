"""What a turn tells its listeners: typed, serialisable, and the same for every front end.

A turn's last event is `Done`. `EVENTS` reads and writes events as JSON.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from punie_semantic.registry import ToolKind
from punie_semantic.results import VerificationReport

StopReason = Literal["end_turn", "cancelled", "budget", "error"]
Choice = Literal["allow_once", "allow_session", "allow_project", "reject_once", "reject_session"]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Event):
    """A piece of the answer, which is Markdown; pieces with the same `message` belong together, in order."""

    type: Literal["text"] = "text"
    text: str
    message: int = 0


class Thought(_Event):
    """A piece of what the model thinks before it answers; pieces as in `Text`."""

    type: Literal["thought"] = "thought"
    text: str
    message: int = 0


class PlanEntry(_Part):
    """One step of a plan."""

    content: str
    status: Literal["pending", "in_progress", "completed"] = "pending"


class Plan(_Event):
    """The whole plan as it is now; a later one replaces it."""

    type: Literal["plan"] = "plan"
    entries: list[PlanEntry]


class Program(_Event):
    """A program that the model wrote and that is about to run. Its tool calls follow."""

    type: Literal["program"] = "program"
    id: str = ""
    code: str


class ProgramOutput(_Event):
    """Something that a running program printed."""

    type: Literal["program_output"] = "program_output"
    id: str
    text: str


class ProgramEnded(_Event):
    """The end of a program; `error` is empty when it succeeded, else what the model is told."""

    type: Literal["program_ended"] = "program_ended"
    id: str
    error: str = ""


class Place(_Part):
    """A place that a tool call is about; `line` counts from 1, 0 is the whole file."""

    file: str
    line: int = 0


class FileDiff(_Part):
    """One file of an edit, as a unified diff."""

    file: str
    diff: str


class ToolCallStarted(_Event):
    """A tool call, in a human sentence. `program` is the program that makes it; empty for a call of the model's own."""

    type: Literal["tool_call_started"] = "tool_call_started"
    id: str
    tool: str
    kind: ToolKind
    title: str
    places: list[Place] = []
    program: str = ""


class ToolCallUpdated(_Event):
    """News of a running tool call."""

    type: Literal["tool_call_updated"] = "tool_call_updated"
    id: str
    message: str = ""
    places: list[Place] = []


class ToolCallEnded(_Event):
    """The end of a tool call; `error` is empty when it succeeded. `diffs` is what it edited in the overlay."""

    type: Literal["tool_call_ended"] = "tool_call_ended"
    id: str
    tool: str
    error: str = ""
    places: list[Place] = []
    diffs: list[FileDiff] = []


class PermissionRequested(_Event):
    """The turn waits until somebody has decided. `detail` holds all that the decision depends on."""

    type: Literal["permission_requested"] = "permission_requested"
    id: str
    kind: str
    title: str
    detail: str
    choices: list[Choice]


class PermissionAnswered(_Event):
    """What was decided, and by whom: a person, a rule of the policy, or an earlier answer."""

    type: Literal["permission_answered"] = "permission_answered"
    id: str
    allowed: bool
    by: str


class Verifying(_Event):
    """The turn's edits are being re-checked, with all that depends on them."""

    type: Literal["verifying"] = "verifying"
    files: list[str]


class EditProposed(_Event):
    """The turn's edits, re-checked by the session itself; `report` is that check."""

    type: Literal["edit_proposed"] = "edit_proposed"
    files: list[FileDiff]
    report: VerificationReport


class EditDeclined(_Event):
    """The turn's edits did not re-check clean, so they were dropped; `report` says why."""

    type: Literal["edit_declined"] = "edit_declined"
    files: list[FileDiff]
    report: VerificationReport


class Usage(_Event):
    """What the turn has used so far. `cost` is in US dollars, None when the price is not known.

    `context` is the size of the last request in tokens, `context_length` the most that the model takes (None: unknown).
    """

    type: Literal["usage"] = "usage"
    requests: int
    input_tokens: int
    output_tokens: int
    tool_calls: int
    cost: float | None = None
    context: int = 0
    context_length: int | None = None


class Notice(_Event):
    """Something that the user should know."""

    type: Literal["notice"] = "notice"
    text: str
    level: Literal["info", "warning", "error"] = "info"


class Done(_Event):
    """The last event of a turn; `message` says in one sentence why it ended otherwise than by itself."""

    type: Literal["done"] = "done"
    reason: StopReason
    message: str = ""


Event = Annotated[
    Text
    | Thought
    | Plan
    | Program
    | ProgramOutput
    | ProgramEnded
    | ToolCallStarted
    | ToolCallUpdated
    | ToolCallEnded
    | PermissionRequested
    | PermissionAnswered
    | Verifying
    | EditProposed
    | EditDeclined
    | Usage
    | Notice
    | Done,
    Field(discriminator="type"),
]

EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
