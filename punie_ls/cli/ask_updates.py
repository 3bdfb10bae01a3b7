"""From ACP's `session/update`s back to the events of a turn, as far as they tell: for turns of a running server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from punie_semantic.text_edits import unified_diff

Json = dict[str, Any]

_FENCED = re.compile(r"\A(`{3,})[^\n]*\n(.*?)\n?\1\Z", re.DOTALL)
RECHECK = "Re-check "
PROGRAM = "Run a program"
# In the id of a message of the agent's own, not of the model's.
SAID = "-said-"


class Updates:
    """The updates of one turn.

    Args:
        root: the project's folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._messages: dict[str, int] = {}
        self._programs: dict[str, str] = {}
        self._calls: dict[str, Json] = {}
        self._asked: set[str] = set()
        self._edit: list[Json] = []
        self._edit_call = ""
        self.outcome: Json = {}

    @property
    def proposal(self) -> list[Json]:
        """The edits that were offered, as files with their diffs."""
        return self._edit

    def take(self, update: Json) -> list[Json]:
        """The events for one update."""
        match update.get("sessionUpdate"):
            case "agent_message_chunk":
                return self._text("text", update)
            case "agent_thought_chunk":
                return self._text("thought", update)
            case "plan":
                entries = [{"content": e["content"], "status": e["status"]} for e in update.get("entries", ())]
                return [{"type": "plan", "entries": entries}]
            case "tool_call":
                return self._began(update)
            case "tool_call_update":
                return self._news(update)
            case "usage_update":
                return []
        return []

    def is_edit(self, call: str) -> bool:
        """Whether a question is about the turn's edits."""
        return bool(call) and call == self._edit_call

    def question(self, params: Json) -> Json:
        """A permission as an event; its `choices` are the options' ids."""
        call = params.get("toolCall", {})
        known = self._calls.get(call.get("toolCallId", ""), {})
        detail = _texts(call.get("content") or known.get("content") or ())
        return {
            "type": "permission_requested",
            "id": call.get("toolCallId", ""),
            "kind": known.get("kind", ""),
            "title": call.get("title") or known.get("title", ""),
            "detail": _unfenced(detail),
            "choices": [option["optionId"] for option in params.get("options", ())],
        }

    def _text(self, kind: str, update: Json) -> list[Json]:
        content, key = update.get("content", {}), str(update.get("messageId", ""))
        if SAID in key:
            return _notice(content.get("text", "").strip())
        number = self._messages.setdefault(f"{kind} {key}", len(self._messages))
        return [{"type": kind, "text": content.get("text", ""), "message": number}] if content.get("text") else []

    def _began(self, call: Json) -> list[Json]:
        key, title = call["toolCallId"], call.get("title", "")
        self._calls[key] = call
        if title == PROGRAM:
            self._programs[key] = ""
            return [{"type": "program", "id": key, "code": (call.get("rawInput") or {}).get("code", "")}]
        if title.startswith(RECHECK) and call.get("kind") == "think":
            return [{"type": "verifying", "files": []}]
        if call.get("kind") == "edit" and call.get("status") == "pending":
            self._edit_call, self._edit = key, [self._file(part) for part in call.get("content", ()) if "path" in part]
            return []
        if call.get("status") == "pending":
            self._asked.add(key)  # its question follows
            return []
        places = self._places(call)
        started = {"type": "tool_call_started", "id": key, "tool": "", "kind": call.get("kind", "other")}
        return [{**started, "title": title, "places": places, "program": next(iter(self._programs), "")}]

    def _news(self, news: Json) -> list[Json]:
        key = news["toolCallId"]
        call = self._calls.setdefault(key, {})
        call.update({name: value for name, value in news.items() if value is not None})
        status = news.get("status")
        if key == self._edit_call:
            self.outcome = {**news, "message": (news.get("rawOutput") or {}).get("message", "")}
            return []
        if status not in ("completed", "failed") or key in self._asked:
            return []
        error = _unfenced(_texts(call.get("content", ()), last=True)) or "it failed" if status == "failed" else ""
        if key in self._programs:
            del self._programs[key]
            return [{"type": "program_ended", "id": key, "error": error}]
        if call.get("title", "").startswith(RECHECK):
            return self._checked(error)
        return [{"type": "tool_call_ended", "id": key, "tool": "", "error": error, "places": self._places(call)}]

    def _checked(self, error: str) -> list[Json]:
        if not error:
            return []  # the edits follow
        report = {"introduced": [], "reason": error.strip().splitlines()[0] if error.strip() else ""}
        return [{"type": "edit_declined", "files": [], "report": report}]

    def _places(self, call: Json) -> list[Json]:
        found = call.get("locations") or ()
        return [{"file": self._name(place["path"]), "line": place.get("line") or 0} for place in found]

    def _file(self, part: Mapping[str, Any]) -> Json:
        name, before, after = self._name(part["path"]), part.get("oldText"), part.get("newText") or ""
        kind = "create" if before is None else "edit"
        return {"file": name, "diff": unified_diff(before or "", after, name, kind=kind)}

    def _name(self, path: str) -> str:
        try:
            return Path(path).relative_to(self._root).as_posix()
        except ValueError:
            return path


def _notice(text: str) -> list[Json]:
    """What the agent itself says. That a turn failed, its end says."""
    for level in ("warning", "error"):
        text, mark = text.removeprefix(f"**{level.capitalize()}:** "), text
        if text != mark:
            return [{"type": "notice", "text": text, "level": level}]
    known = ("**Failed:**", "**Not written:**")
    return [] if text.startswith(known) or not text else [{"type": "notice", "text": text, "level": "info"}]


def _texts(content: Sequence[Json], *, last: bool = False) -> str:
    texts = [part["content"].get("text", "") for part in content if part.get("type") == "content"]
    return "\n".join(texts[-1:] if last else texts)


def _unfenced(text: str) -> str:
    match = _FENCED.match(text.strip())
    return match[2] if match else text
