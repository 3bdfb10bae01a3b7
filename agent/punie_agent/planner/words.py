"""A prompt as words: quoted text stays together, politeness and punctuation go."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_WORDS = 40
MAX_LENGTH = 2000

# Opening and closing quotes: straight, curly (both ways), low, and angular ones.
_QUOTES = {"`": "`", '"': '"', "'": "'"} | dict(
    zip("\u201c\u201d\u201e\u2018\u00ab", "\u201d\u201d\u201c\u2019\u00bb", strict=True)
)
_TOKEN = re.compile(r"\S+")
_TRAILING = ",;:?!.…"
_APOSTROPHE = str.maketrans("\u2019", "'")
_CONTRACTIONS = {
    "what's": ("what", "is"),
    "where's": ("where", "is"),
    "who's": ("who", "is"),
    "which's": ("which", "is"),
    "i'd": ("i", "would"),
    "let's": ("let", "us"),
    "lets": ("let", "us"),
    "todos": ("todo",),
    "fixmes": ("fixme",),
    "grep": ("search",),
    "type-check": ("type", "check"),
    "type-checking": ("type", "checking"),
    "type-checker": ("type", "checker"),
    "organize": ("organise",),
    "optimize": ("organise",),
    "organized": ("organised",),
    "organizing": ("organise",),
}
_POLITE_START = (
    "please|pls|kindly",
    "hey|hi|hello|ok|okay|now|then|so|well|punie|just|quickly",
    "can|could|would|will you",
    "i want|need|would you to",
    "i would|want like you to",
    "i would|want to see|know",
    "i want|need to",
    "help me [to]",
    "let us",
    "go ahead and",
    "do you know",
    "tell me",
    "try to",
)
_POLITE_END = ("please|pls", "for me", "thanks|thx", "thank you", "now", "quickly", "again", "punie")


@dataclass(frozen=True)
class Word:
    """One word, or one quoted text.

    Attributes:
        text: as written, without quotes.
        key: in lower case, for comparison; empty when it was quoted.
        quoted: whether quotes were around it.
    """

    text: str
    key: str
    quoted: bool = False


def words_of(prompt: str) -> list[Word]:
    """The words of a prompt; none when it is too long to be one request."""
    words = _split(prompt) if len(prompt) <= MAX_LENGTH else []
    return words if len(words) <= MAX_WORDS else []


def _split(prompt: str) -> list[Word]:
    found: list[Word] = []
    at = 0
    while match := _TOKEN.search(prompt, at):
        quoted = _quoted(prompt, match.start())
        if quoted is not None:
            text, at = quoted
            found.append(Word(text, "", quoted=True))
            continue
        at = match.end()
        text = match.group().rstrip(_TRAILING) or ("." if match.group() == "." else "")
        if text.lstrip("(").rstrip(")").strip():
            found += _spelled_out(text)
    return found


def _quoted(prompt: str, start: int) -> tuple[str, int] | None:
    """The text in quotes that begins here, and where the next word may begin."""
    end_quote = _QUOTES.get(prompt[start])
    if end_quote is None:
        return None
    end = prompt.find(end_quote, start + 1)
    # An apostrophe inside a word is no end: 'it's here'.
    while end_quote == "'" and end >= 0 and prompt[end + 1 : end + 2].isalnum():
        end = prompt.find(end_quote, end + 1)
    if end <= start + 1:
        return None
    rest = _TOKEN.match(prompt, end + 1)
    if rest and rest.group().strip(_TRAILING + "()"):
        return None
    return prompt[start + 1 : end].strip(), rest.end() if rest else end + 1


def _spelled_out(text: str) -> list[Word]:
    key = text.translate(_APOSTROPHE).lower()
    parts = _CONTRACTIONS.get(key)
    if parts is None:
        return [Word(text, key)]
    return [Word(text if len(parts) == 1 else part, part) for part in parts]


def without_politeness(words: list[Word]) -> list[Word]:
    """Without "could you", "please" and the like, at both ends; a greeting alone stays."""
    rest = words
    while (cut := max((_begins(rest, p) for p in _STARTS), default=0)) and cut < len(rest):
        rest = rest[cut:]
    while (cut := max((_begins(rest[::-1], p[::-1]) for p in _ENDS), default=0)) and cut < len(rest):
        rest = rest[:-cut]
    return rest


def _begins(words: list[Word], phrase: tuple[frozenset[str], ...]) -> int:
    keys = [word.key for word in words[: len(phrase)]]
    fits = len(keys) == len(phrase) and all(key in part for key, part in zip(keys, phrase, strict=True))
    return len(phrase) if fits else 0


def _variants(phrases: tuple[str, ...]) -> list[tuple[frozenset[str], ...]]:
    found = []
    for phrase in phrases:
        parts = phrase.split()
        found.append(tuple(frozenset(p.split("|")) for p in parts if not p.startswith("[")))
        if any(p.startswith("[") for p in parts):
            found.append(tuple(frozenset(p.strip("[]").split("|")) for p in parts))
    return found


_STARTS = _variants(_POLITE_START)
_ENDS = _variants(_POLITE_END)
