"""What servers say, as it may be shown: short, on one line, without secrets."""

from __future__ import annotations

import json
import re

MAX_QUOTE = 300

_SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s'\",}]+"), r"\1 …"),
    (re.compile(r"\b(?:sk|pk|gsk|hf|xai|AIza|ghp|glpat)[-_]?[A-Za-z0-9*_-]{6,}"), "…"),
    (
        re.compile(r"(?i)((?:api[-_ ]?key|token|password|secret)[\"']?\s*(?:provided)?\s*[:=]\s*[\"']?)[^\s\"',}]+"),
        r"\1…",
    ),
    (re.compile(r"://[^/@\s]+@"), "://"),
)


def quote(error: BaseException, key: str = "") -> str:
    """What an error says, short and without secrets."""
    body = getattr(error, "body", None)
    said = said_in(body) if body is not None else ""
    return cleaned(said or str(error) or type(error).__name__, key)


def said_in(body: object) -> str:
    """The message of an error's body, in the shapes that servers give it."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return body
    if isinstance(body, dict):
        for key in ("message", "error", "detail", "error_description"):
            if key in body:
                return said_in(body[key])
        return json.dumps(body)
    return str(body)


def cleaned(text: str, key: str = "") -> str:
    """A text that may be shown: on one line, short, without this key and what looks like one."""
    if len(key) > 3:
        text = text.replace(key, "…")
    text = text[: 4 * MAX_QUOTE]
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    text = " ".join(re.sub(r"<[^>]*>", " ", text).split()).rstrip(".")
    return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + "…"
