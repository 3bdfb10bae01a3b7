"""How the same request is said: plainly, in lower case, politely, the thing first, without its last mark.

Knows no templates.
"""

from __future__ import annotations

import random
import re

# Only requests that begin like this can follow "please" or "can you".
# fmt: off
_VERBS = frozenset((
    "add", "annotate", "apply", "ask", "autofix", "change", "check", "clean", "collect", "compare", "complete",
    "count", "create", "delete", "describe", "display", "edit", "execute", "explain", "extract", "filter", "find",
    "fix", "format", "get", "give", "go", "group", "hover", "import", "inline", "insert", "introduce", "jump", "lay",
    "let", "lint", "list", "look", "make", "mark", "move", "name", "open", "organise", "organize", "plan", "print",
    "put", "read", "reformat", "remember", "remove", "rename", "repair", "replace", "run", "save", "search", "set",
    "show", "sort", "stub", "suggest", "take", "tell", "tidy", "try", "turn", "type", "use", "verify", "write",
))
# fmt: on
PLAIN = 0.6
COUNT = 7
# One more, of training alone: `plain` does not undo it.
THING_FIRST = COUNT
# What a request is about, where it ends with that: a slot, or several that make one place.
_LAST_THING = re.compile(
    r"(?P<rest>.+?)(?: (?P<link>of|in|at|for|on|over))? (?P<thing>`?\{\w+\}(?:[:.]\{\w+\})*`?)(?P<mark>\??)"
)
_POLITE = ("please ", "can you ", "punie, ", "quick question: ", "i want you to ")


def said(text: str, manner: int) -> str:
    """A request in one of COUNT manners, or THING_FIRST; 0 is as it is. Some leave some requests as they are."""
    imperative = text.split(maxsplit=1)[0].lower() in _VERBS and not text.endswith("?")
    match manner:
        case 1:
            return _lower(text)
        case 2 if imperative:
            return f"Please {_lower(text)}"
        case 3 if imperative:
            return f"Can you {_lower(text)}?"
        case 4 if imperative:
            return f"{_lower(text)} please"
        case 4:
            return _lower(text).rstrip("?")
        case 5:
            return f"Punie, {_lower(text)}"
        case 6 if imperative:
            return f"I want you to {_lower(text)}"
        case 6 if text.endswith("?"):
            return f"Quick question: {_lower(text)}"
        case _ if manner == THING_FIRST:
            return _thing_first(text, imperative=imperative)
        case _:
            return text


def chosen(text: str, chooser: random.Random) -> str:
    """A request in a manner that chance decides; most often as it is."""
    return text if chooser.random() < PLAIN else said(text, chooser.randrange(1, THING_FIRST + 1))


def plain(text: str) -> str:
    """What is left of a request when case, marks and politeness do not count: the same for the same request."""
    words = " ".join(text.casefold().strip(" .?!").split())
    for polite in _POLITE:
        words = words.removeprefix(polite)
    return words.removesuffix(" please").strip(" .?!,")


def _thing_first(text: str, *, imperative: bool) -> str:
    """`Show the type of {symbol}` as `{symbol}: show the type`; what does not end with its thing stays as it is."""
    found = _LAST_THING.fullmatch(text)
    if found is None or "{" in found["rest"]:
        return text
    # Without "of" a question needs its thing where it stands; a verb alone takes it as its object.
    fits = found["link"] or " " not in found["rest"] if imperative else found["link"] == "of"
    return f"{found['thing']}: {_lower(found['rest'])}{found['mark']}" if fits else text


def _lower(text: str) -> str:
    """With a small first letter, unless the first word is a name or an abbreviation."""
    first = text.split(maxsplit=1)[0]
    is_word = first[:1].isupper() and first[1:].islower() and first.isalpha()
    return text[0].lower() + text[1:] if is_word else text
