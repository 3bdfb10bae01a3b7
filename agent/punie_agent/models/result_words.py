"""A program's value in words, for a model that says nothing of it itself. Knows the shapes of results, and no tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from punie_agent.planner.fixing import tell_fix
from punie_agent.planner.telling import block, caveat, code, count, joined, listed, shown_place, trouble
from punie_agent.requests import FixRequest

_MOST_INLINE = 160
_MOST_TEXT = 4_000
_TITLES = ("message", "title", "summary", "text", "type", "label", "detail", "markers")
# What is said elsewhere, or means nothing to people.
_HIDDEN = frozenset(
    {"state", "reason", "versions", "id", "problem_id", "end_line", "end_column", "missing", "traceback"}
)
_OF_TOLD_FIX = frozenset({"found", "kept", "why", "others", "tried", "unsafe", "unknown", "reason"})


def in_words(value: object, fix: FixRequest | None = None) -> str:
    """What a turn says of its program's value, as Markdown.

    Args:
        value: the value, as plain data.
        fix: the problem that the turn was to fix.
    """
    if fix is not None and isinstance(value, Mapping):
        told = _fix(fix, value)
        if told:
            return told
    match value:
        case None:
            return "Done."
        case bool():
            return "Yes." if value else "No."
        case str():
            return _text(value) if value.strip() else "Nothing found."
        case Mapping():
            return _mapping(value)
        case Sequence():
            return _list(value)
        case _:
            return code(value)


def _fix(fix: FixRequest, value: Mapping[str, Any]) -> str:
    """What came of a problem, when the value says so."""
    if value.get("found") is False or value.keys() >= _OF_TOLD_FIX:
        return tell_fix(fix.code, {"kept": "", **value}, fix.choice)
    if value.get("state") == "clean" and (value.get("target_fixed") or _names(value.get("fixed"), fix.code)):
        return f"Fixed {fix.code}."
    return ""


def _names(problems: object, rule: str) -> bool:
    return isinstance(problems, list) and any(isinstance(p, Mapping) and p.get("code") == rule for p in problems)


def _mapping(value: Mapping[str, Any]) -> str:
    answer = trouble(value)
    if answer is not None:
        return answer.text
    facts: list[str] = []
    lists: list[str] = []
    texts: list[str] = []
    for key, item in value.items():
        if key in _HIDDEN or item in ("", None, [], {}):
            continue
        match item:
            case str() if "\n" in item.strip() or len(item) > _MOST_INLINE:
                texts.append(_text(item, "diff" if key == "diff" else ""))
            case list():
                lists.append(f"{_name(key)}: {count(len(item), 'entry')}\n\n{_list(item)}")
            case Mapping():
                facts.append(f"{_name(key)}: {_line(item)}")
            case _:
                facts.append(f"{_name(key)}: {_scalar(item)}")
    said = joined(listed(facts, len(facts)) if facts else "", *lists, *texts, caveat(value))
    return said or ("Nothing is reported." if value.get("state") == "clean" else "Done.")


def _list(items: Sequence[Any]) -> str:
    return listed([_line(item) for item in items]) if items else "Nothing found."


def _line(item: object) -> str:
    """One entry of a list."""
    if isinstance(item, Mapping):
        place = shown_place({**item, "text": item.get("text") or ""}) if item.get("file") else ""
        named = code(item["name"]) if item.get("name") else ""
        title = next((_short(item[key]) for key in _TITLES if item.get(key) and not (place and key == "text")), "")
        rule = f"({item['code']})" if item.get("code") else ""
        return " ".join(filter(None, [place, named, title, rule])) or _pairs(item)
    if isinstance(item, str):
        return _short(item) or code("")
    if isinstance(item, list):
        return ", ".join(_scalar(part) for part in item)
    return _scalar(item)


def _pairs(item: Mapping[str, Any]) -> str:
    return ", ".join(f"{_name(key)} {_scalar(part)}" for key, part in item.items() if key not in _HIDDEN)


def _scalar(item: object) -> str:
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, float):
        return code(f"{item:g}")
    return code(_cut(item, _MOST_INLINE))


def _short(item: object) -> str:
    return " ".join(_cut(item, _MOST_INLINE).split())


def _text(text: str, language: str = "") -> str:
    """A text as it is; one with several lines as a block."""
    whole = _cut(text, _MOST_TEXT)
    return block(whole, language) if "\n" in whole.strip() else whole


def _name(key: str) -> str:
    words = str(key).replace("_", " ")
    return words[:1].upper() + words[1:]


def _cut(item: object, most: int) -> str:
    text = str(item)
    return text if len(text) <= most else f"{text[:most]}…"
