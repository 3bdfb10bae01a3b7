"""How questions about a project are put: several ways for each kind, one of them for each subject."""

from __future__ import annotations

import zlib

# `{}` is what is asked about.
PHRASINGS: dict[str, tuple[str, ...]] = {
    "definition": (
        "Where is `{}` defined?",
        "Find the definition of {}.",
        "In which file is {} declared?",
        "Take me to {}.",
        "Which line defines `{}`?",
    ),
    "purpose": (
        "What does `{}` do?",
        "What is {} for?",
        "Show me the documentation of {}.",
        "Explain `{}` by its docstring.",
    ),
    "signature": (
        "Which parameters does `{}` take?",
        "What is the signature of {}?",
        "How is {} called, and what does it give back?",
        "Show the type of `{}`.",
    ),
    "uses": (
        "Where is `{}` used?",
        "Find all references to {}.",
        "Which places depend on {}?",
        "List every use of `{}`.",
    ),
    "callers": (
        "Who calls `{}`?",
        "Which functions call {}?",
        "List the callers of {}.",
        "From where is `{}` called?",
    ),
    "subclasses": (
        "Which classes derive from `{}`?",
        "List the subclasses of {}.",
        "Who inherits from {}?",
    ),
    "bases": (
        "What does `{}` derive from?",
        "Which base classes does {} have?",
        "What is the superclass of {}?",
    ),
    "contents": (
        "What is defined in {}?",
        "Give me an outline of {}.",
        "Which classes and functions are in {}?",
    ),
    "tests": (
        "Which tests are in {}?",
        "List the tests of {}.",
        "What does {} test?",
    ),
    "pattern": (
        "Show me the test `{}`.",
        "How is {} written?",
        "Print the code of {}.",
    ),
    "raising": (
        "Which tests expect {}?",
        "Find the checks for {}.",
        "Where is it tested that there is {}?",
    ),
    "tested": (
        "Which tests call {}?",
        "How do tests use {}?",
        "Show the lines that exercise {}.",
    ),
    "concept": (
        "What is {}?",
        "Explain {}.",
        "What should I know about {}?",
        "Tell me about {}.",
    ),
}


def phrase(kind: str, subject: str) -> tuple[str, str]:
    """A question about a subject, the same every time, and the name of its phrasing."""
    ways = PHRASINGS[kind]
    number = zlib.crc32(f"{kind} {subject}".encode("utf-8", "surrogatepass")) % len(ways)
    return ways[number].replace("{}", subject), f"mine.{kind}.{number}"
