"""A turn's events as `session/update`s: messages, thoughts, plans, tool calls, usage. Here, and nowhere else, it is
decided how an event looks in version 1 of the protocol.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from acp import schema

from punie_agent import events
from punie_agent.acp.places import Folder
from punie_agent.streamed_secrets import StreamedText, StreamRedactor
from punie_semantic.overlay import FileChange

Update = Any  # one of the SDK's update models; they share no base

MOST_OUTPUT = 20_000
MOST_LISTED = 8

_BACKTICKS = re.compile("`{3,}")


class Projection:
    """From the events of one turn to updates, in order and without secrets.

    Args:
        folder: the project's.
        redactor: takes secrets out; the environment's by default.
    """

    def __init__(self, folder: Folder, redactor: StreamRedactor | None = None) -> None:
        self._folder = folder
        self._redactor = redactor or StreamRedactor()
        self._turn = uuid.uuid4().hex[:12]
        self._text: StreamedText | None = None
        self._speaking: tuple[type[events.Text | events.Thought], int] | None = None
        self._keys = 0
        self._programs: dict[str, list[str]] = {}
        self._check = ""
        self._asked: set[str] = set()
        self.done: events.Done | None = None

    def take(self, event: events.Event) -> list[Update]:
        """The updates for one event; texts come as far as they can be shown."""
        if isinstance(event, events.Text | events.Thought):
            return self._streamed(event)
        return [*self.finish(), *self._rest(event)]

    def finish(self) -> list[Update]:
        """The end of a text that is still held."""
        text, speaking = self._text, self._speaking
        self._text = self._speaking = None
        rest = text.finish() if text else ""
        return [self._chunk(speaking, rest)] if speaking and rest else []

    def new_key(self, what: str) -> str:
        """An id for a tool call of the turn."""
        self._keys += 1
        return f"{self._turn}-{what}-{self._keys}"

    def say(self, text: str) -> list[Update]:
        """A message of the agent itself."""
        updates = self.finish()
        return [*updates, _message(self.new_key("said"), f"{self.clean(text)}\n\n")]

    def clean(self, text: str) -> str:
        """A text without secrets."""
        return self._redactor.text(text)

    def asked(self, request: events.PermissionRequested) -> schema.ToolCallStart:
        """The tool call that a permission is asked for."""
        self._asked.add(request.id)
        return schema.ToolCallStart(
            session_update="tool_call",
            tool_call_id=request.id,
            title=self.clean(request.title),
            kind="other" if request.kind == "mcp" else "execute",
            status="pending",
            content=[_text_content(self._fenced(request.detail))],
        )

    def ended(self, key: str) -> Update:
        """The end of a tool call that was cut off."""
        return self._news(key, status="failed")

    def _streamed(self, event: events.Text | events.Thought) -> list[Update]:
        speaking = (type(event), event.message)
        updates: list[Update] = []
        if self._text is None or speaking != self._speaking:
            same_voice = self._speaking is not None and self._speaking[0] is type(event)
            updates = self.finish()
            if same_voice:  # clients that know no message ids would glue both together
                updates.append(self._chunk(speaking, "\n\n"))
            self._text, self._speaking = StreamedText(self._redactor), speaking
        shown = self._text.add(event.text)
        return [*updates, self._chunk(speaking, shown)] if shown else updates

    def _chunk(self, speaking: tuple[type[events.Text | events.Thought], int], text: str) -> Update:
        voice, number = speaking
        key = f"{self._turn}-{number}"
        if voice is events.Text:
            return _message(key, text)
        return schema.AgentThoughtChunk(
            session_update="agent_thought_chunk", content=_text(text), message_id=f"{key}-thought"
        )

    def _rest(self, event: events.Event) -> list[Update]:
        match event:
            case events.Plan(entries=entries):
                return [self._plan(entries)]
            case events.Program() | events.ProgramOutput() | events.ProgramEnded():
                return self._program(event)
            case events.ToolCallStarted() | events.ToolCallUpdated() | events.ToolCallEnded():
                return self._tool_call(event)
            case events.PermissionAnswered(id=key, allowed=allowed, by=by) if key in self._asked:
                status = "completed" if allowed else "failed"
                return [self._news(key, status=status, content=[_text_content(_decided(by, allowed=allowed))])]
            case events.Verifying() | events.EditProposed() | events.EditDeclined():
                return self._verification(event)
            case events.Usage(context_length=int(length), context=used, cost=cost):
                price = None if cost is None else schema.Cost(amount=cost, currency="USD")
                return [schema.UsageUpdate(session_update="usage_update", used=used, size=length, cost=price)]
            case events.Notice(text=text, level=level):
                return self.say(text if level == "info" else f"**{level.capitalize()}:** {text}")
            case events.Done():
                self.done = event
        return []

    def _plan(self, entries: Sequence[events.PlanEntry]) -> Update:
        steps = [schema.PlanEntry(content=self.clean(e.content), priority="medium", status=e.status) for e in entries]
        return schema.AgentPlanUpdate(session_update="plan", entries=steps)

    def _program(self, event: events.Program | events.ProgramOutput | events.ProgramEnded) -> list[Update]:
        match event:
            case events.Program(id=key, code=code):
                code = self.clean(code)
                self._programs[key] = [_fence(code, "python"), ""]
                start = schema.ToolCallStart(
                    session_update="tool_call",
                    tool_call_id=key,
                    title="Run a program",
                    kind="execute",
                    status="in_progress",
                    content=[_text_content(self._programs[key][0])],
                    raw_input={"code": code},
                )
                return [start]
            case events.ProgramOutput(id=key, text=text) if key in self._programs:
                self._programs[key][1] = (self._programs[key][1] + text)[-MOST_OUTPUT:]
                return [self._news(key, content=self._program_content(key))]
            case events.ProgramEnded(id=key, error=error) if key in self._programs:
                content = self._program_content(key)
                if error:
                    content.append(_text_content(self._fenced(error)))
                return [self._news(key, status="failed" if error else "completed", content=content)]
        return []

    def _program_content(self, key: str) -> list[schema.ContentToolCallContent]:
        code, output = self._programs[key]
        return [_text_content(code), *([_text_content(self._fenced(output))] if output else [])]

    def _tool_call(self, event: events.ToolCallStarted | events.ToolCallUpdated | events.ToolCallEnded) -> list[Update]:
        places = [
            schema.ToolCallLocation(path=self._folder.absolute(place.file), line=place.line or None)
            for place in event.places
        ]
        match event:
            case events.ToolCallStarted(id=key, kind=kind, title=title):
                start = schema.ToolCallStart(
                    session_update="tool_call",
                    tool_call_id=key,
                    title=self.clean(title),
                    kind=kind,
                    status="in_progress",
                    locations=places or None,
                )
                return [start]
            case events.ToolCallUpdated(id=key, message=message):
                content = [_text_content(self.clean(message))] if message else None
                return [self._news(key, content=content, locations=places or None)]
            case events.ToolCallEnded(id=key, error=error, diffs=diffs):
                content = [_text_content(self._fenced(error))] if error else [self._diff(diff) for diff in diffs]
                status = "failed" if error else "completed"
                return [self._news(key, status=status, content=content or None, locations=places or None)]

    def _verification(self, event: events.Verifying | events.EditProposed | events.EditDeclined) -> list[Update]:
        match event:
            case events.Verifying(files=files):
                self._check = self.new_key("check")
                start = schema.ToolCallStart(
                    session_update="tool_call",
                    tool_call_id=self._check,
                    title=f"Re-check {_listed(files)} with ty and ruff",
                    kind="think",
                    status="in_progress",
                )
                return [start]
            case events.EditProposed(report=report):
                sentence = f"Re-checked {_count(len(report.files_checked), 'file')}: nothing new is reported."
                return [self._news(self._check, status="completed", content=[_text_content(sentence)])]
            case events.EditDeclined(report=report, files=files):
                found = [f"{p.file}:{p.line}: {p.code}: {p.message}" for p in report.introduced[:MOST_LISTED]]
                why = self._fenced("\n".join(found) or report.reason or "The problem is still there.")
                content = [_text_content(why), *(self._diff(diff) for diff in files)]
                return [self._news(self._check, status="failed", content=content)]

    def _news(self, key: str, **fields: Any) -> Update:  # noqa: ANN401 - the SDK's own fields
        given = {name: value for name, value in fields.items() if value is not None}
        return schema.ToolCallProgress(session_update="tool_call_update", tool_call_id=key, **given)

    def _diff(self, diff: events.FileDiff) -> schema.ContentToolCallContent:
        return _text_content(_fence(self.clean(diff.diff), "diff"))

    def _fenced(self, text: str) -> str:
        return _fence(self.clean(text), "text")


def edit_call(
    key: str, folder: Folder, changes: Sequence[FileChange], *, shown_only: bool = False
) -> schema.ToolCallStart:
    """The tool call that a turn's edits are: each file as it is and as it becomes, exactly."""
    files = [change.file for change in changes]
    return schema.ToolCallStart(
        session_update="tool_call",
        tool_call_id=key,
        title=f"Proposed, not written: {_listed(files)}" if shown_only else f"{_verb(changes)} {_listed(files)}",
        kind="other" if shown_only else "edit",
        status="completed" if shown_only else "pending",
        content=[part for change in changes for part in _edit_content(folder, change)],
        locations=[schema.ToolCallLocation(path=folder.absolute(file)) for file in files],
    )


def stored_edit(key: str, event: events.EditProposed) -> Update:
    """Edits that an earlier turn offered; what became of them the history of transactions says."""
    return schema.ToolCallStart(
        session_update="tool_call",
        tool_call_id=key,
        title=f"Proposed {_listed([file.file for file in event.files])}",
        kind="other",
        status="completed",
        content=[_text_content(_fence(file.diff, "diff")) for file in event.files],
    )


def edit_news(key: str, status: schema.ToolCallStatus, sentence: str) -> Update:
    """What became of a turn's edits; their diff stays."""
    return schema.ToolCallProgress(
        session_update="tool_call_update", tool_call_id=key, status=status, raw_output={"message": sentence}
    )


def _edit_content(folder: Folder, change: FileChange) -> list[Any]:
    path = folder.absolute(change.file)
    match change.kind:
        case "create":
            return [_edit(path, None, change.text)]
        case "delete":
            return [_edit(path, change.source.text, "")]
        case "rename":
            moved = [_text_content(f"`{change.old_file}` becomes `{change.file}`")]
            same = change.text == change.source.text
            return moved if same else [*moved, _edit(path, change.source.text, change.text)]
        case "edit":
            return [_edit(path, change.source.text, change.text)]


def _verb(changes: Sequence[FileChange]) -> str:
    verbs = {"edit": "Edit", "create": "Create", "delete": "Delete", "rename": "Rename to"}
    kinds = {change.kind for change in changes}
    return verbs[kinds.pop()] if len(kinds) == 1 else "Change"


def user_message(text: str, key: str) -> Update:
    """What a user said, for a client that loads the conversation."""
    return schema.UserMessageChunk(session_update="user_message_chunk", content=_text(text), message_id=key)


def _edit(path: str, before: str | None, after: str) -> schema.FileEditToolCallContent:
    return schema.FileEditToolCallContent(type="diff", path=path, old_text=before, new_text=after)


def _message(key: str, text: str) -> Update:
    return schema.AgentMessageChunk(session_update="agent_message_chunk", content=_text(text), message_id=key)


def _text(text: str) -> schema.TextContentBlock:
    return schema.TextContentBlock(type="text", text=text)


def _text_content(text: str) -> schema.ContentToolCallContent:
    return schema.ContentToolCallContent(type="content", content=_text(text))


def _fence(text: str, language: str) -> str:
    """A code block that no fence in the text ends."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=2)
    mark = "`" * max(longest + 1, 3)
    return f"{mark}{language}\n{text.rstrip()}\n{mark}"


def _decided(by: str, *, allowed: bool) -> str:
    if allowed:
        return f"Allowed by {by}."
    return f"Not allowed{by.removeprefix('nobody')}." if by.startswith("nobody") else f"Refused by {by}."


def _listed(files: Sequence[str]) -> str:
    shown = ", ".join(files[:3])
    return shown if len(files) <= 3 else f"{shown} and {len(files) - 3} more"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
