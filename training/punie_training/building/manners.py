"""How the same request is said: plainly, in lower case, politely, without its last mark. Knows no templates."""

from __future__ import annotations

import random

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
_POLITE = ("please ", "can you ", "punie, ", "quick question: ", "i want you to ")


def said(text: str, manner: int) -> str:
    """A request in one of COUNT manners; the first is as it is. Some manners leave some requests as they are."""
    imperative = text.split(maxsplit=1)[0].lower() in _VERBS and not text.endswith("?")
    match manner % COUNT:
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
        case _:
            return text


def chosen(text: str, chooser: random.Random) -> str:
    """A request in a manner that chance decides; most often as it is."""
    return text if chooser.random() < PLAIN else said(text, chooser.randrange(1, COUNT))


def plain(text: str) -> str:
    """What is left of a request when case, marks and politeness do not count: the same for the same request."""
    words = " ".join(text.casefold().strip(" .?!").split())
    for polite in _POLITE:
        words = words.removeprefix(polite)
    return words.removesuffix(" please").strip(" .?!,")


def _lower(text: str) -> str:
    """With a small first letter, unless the first word is a name or an abbreviation."""
    first = text.split(maxsplit=1)[0]
    is_word = first[:1].isupper() and first[1:].islower() and first.isalpha()
    return text[0].lower() + text[1:] if is_word else text
