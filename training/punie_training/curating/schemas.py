"""What others' rows look like, and how they become our chats: one query, and one answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.models.small_prompt import chat
from punie_training.curating.reading import guessed
from punie_training.dataset import Example, Message
from punie_training.exceptions import DatasetError

# Pairs of columns, the more telling names first; a third one is added to the query.
PAIRS = (
    ("instruction", "output", "input"),
    ("instruction", "response", "context"),
    ("prompt", "completion", ""),
    ("prompt", "response", ""),
    ("question", "answer", ""),
    ("query", "answer", ""),
    ("query", "response", ""),
    ("input", "output", ""),
)
CHATS = ("messages", "conversations", "conversation", "dialogue")
_ROLES = {"human": "user", "user": "user", "prompter": "user", "gpt": "assistant", "assistant": "assistant"}
_ROLES |= {"bot": "assistant", "model": "assistant", "chatgpt": "assistant", "system": "system", "tool": "tool"}


def parse_columns(pairs: list[str]) -> dict[str, str]:
    """`query=COLUMN` and `answer=COLUMN` arguments. Raises DatasetError for anything else."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, column = pair.partition("=")
        if not sign or not column or name not in ("query", "answer"):
            raise DatasetError(f"{pair!r} is not query=COLUMN or answer=COLUMN.")
        found[name] = column
    if found and len(found) != 2:
        raise DatasetError("Name both columns: query=COLUMN and answer=COLUMN.")
    return found


def example_of_row(row: Mapping[str, Any], columns: Mapping[str, str], *, source: str, licence: str) -> Example | str:
    """The example of a row, or why there is none, in a few words.

    Of a longer conversation it is the first query and its answer. The system prompt is ours, whatever stood there.
    """
    found = _named(row, columns) if columns else _chat(row) or _pair(row)
    if found is None:
        return "unknown columns"
    query, answer = found[0].strip(), found[1].strip()
    if not query or not answer:
        return "no text"
    if any("\0" in text or any("\ud800" <= c <= "\udfff" for c in text) for text in (query, answer)):
        return "no Unicode"
    query, answer = query.replace("\r\n", "\n"), answer.replace("\r\n", "\n")
    messages = (*(Message.model_validate(m) for m in chat(query)), Message(role="assistant", content=answer))
    return Example(messages=messages, provenance=guessed(messages, source=source, licence=licence))


def _named(row: Mapping[str, Any], columns: Mapping[str, str]) -> tuple[str, str] | None:
    query, answer = row.get(columns["query"]), row.get(columns["answer"])
    return (query, answer) if isinstance(query, str) and isinstance(answer, str) else None


def _pair(row: Mapping[str, Any]) -> tuple[str, str] | None:
    for query, answer, more in PAIRS:
        if isinstance(row.get(query), str) and isinstance(row.get(answer), str):
            added = row.get(more) if more else ""
            asked = f"{row[query]}\n\n{added}" if isinstance(added, str) and added.strip() else row[query]
            return asked, row[answer]
    return None


def _chat(row: Mapping[str, Any]) -> tuple[str, str] | None:
    turns = next((row[name] for name in CHATS if isinstance(row.get(name), list)), None)
    if turns is None:
        return None
    query = ""
    for turn in turns:
        role, content = _turn(turn)
        if role == "user" and content.strip():
            query = content
        elif role == "assistant" and query:
            return query, content
    return "", ""


def _turn(turn: object) -> tuple[str, str]:
    if not isinstance(turn, Mapping):
        return "", ""
    role = str(turn.get("role") or turn.get("from") or "").lower()
    content = turn.get("content") or turn.get("value") or ""
    return _ROLES.get(role, ""), content if isinstance(content, str) else ""
