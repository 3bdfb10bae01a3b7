"""What a recipe is: the phrases it answers to, and the steps from there to an answer. Knows no recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Slots = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What was understood: a recipe's name and what it is about.

    A symbol is `symbol`, `path` or both, or a place: `path`, `line`, `column`. Lines and columns count from 1.
    """

    recipe: str
    slots: Slots


@dataclass(frozen=True)
class Answer:
    """The end of a turn, in Markdown. `asks` when it asks what was meant: another model may know."""

    text: str
    asks: bool = False


@dataclass(frozen=True)
class Program:
    """A code-mode program to run; its value is the next of the results that the recipe's step is given."""

    code: str


Step = Program | Answer
Results = Sequence[Any]


@dataclass(frozen=True)
class Recipe:
    """One thing that can be asked for.

    Attributes:
        name: what it is called in `Request`.
        does: what the user gets, for the page of requests.
        phrases: how people ask for it, in the language of `phrases`.
        example: one way to ask.
        step: what to do next, given the slots and the values of the programs so far.
        edits: whether it changes files.
        weight: wins over others that fit as well.
        about: what it is about: a symbol, a range, a file (needed, or what the user points at is meant), or a folder.
        ask: what to ask when there is nothing to act on.
        accepts: the slots as the step wants them, or what to ask when they will not do.
    """

    name: str
    does: str
    phrases: tuple[str, ...]
    example: str
    step: Callable[[Slots, Results], Step]
    edits: bool = False
    weight: int = 0
    about: Literal["", "symbol", "symbol_or_file", "range", "file", "folder"] = ""
    ask: str = ""
    accepts: Callable[[Slots], Slots | str] = lambda slots: slots
