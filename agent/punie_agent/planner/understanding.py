"""From a prompt to a request, by rules: the most specific phrase wins; what may mean two things is asked back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from punie_agent.planner.phrases import Fit, fits
from punie_agent.planner.recipe import Recipe, Request, Slots
from punie_agent.planner.slots import READERS
from punie_agent.planner.table import QUESTIONS, RECIPES
from punie_agent.planner.words import Word, without_politeness, words_of
from punie_agent.requests import AskRequest, parse_ask_request

MAX_TYPOS = 2


@dataclass(frozen=True)
class Question:
    """What Punie asks back."""

    text: str


@dataclass(frozen=True)
class _Found:
    recipe: Recipe
    fit: Fit

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Greater is more specific."""
        return (-self.fit.typos, self.recipe.weight, self.fit.literal, self.fit.special)


def understand(prompt: str) -> Request | Question | None:
    """What a prompt asks for; None when no recipe is for it."""
    asked = parse_ask_request(prompt)
    said = words_of(asked.text)
    plain = without_politeness(said)
    for typos in (0, MAX_TYPOS):
        for words in filter(None, (plain, said) if plain != said else (said,)):
            found = sorted(_found(words, typos), key=lambda f: f.rank, reverse=True)
            if found:
                return _chosen(found, asked)
            if question := _question(words, typos):
                return question
    return None


def _found(words: list[Word], typos: int) -> Iterator[_Found]:
    for recipe in RECIPES.values():
        for phrase in recipe.phrases:
            for fit in fits(phrase, words, READERS, typos=typos):
                yield _Found(recipe, fit)


def _chosen(found: list[_Found], asked: AskRequest) -> Request | Question | None:
    """The best of what fits; a question when two fit as well, and one of them edits."""
    best = [f for f in found if f.rank == found[0].rank]
    recipes = {f.recipe.name: f.recipe for f in best}
    if len(recipes) > 1 and any(recipe.edits for recipe in recipes.values()):
        readings = "\n".join(f"- {recipe.does}: `{recipe.example}`" for recipe in recipes.values())
        return Question(f"That can mean several things. Which of these?\n\n{readings}")
    return _request(best[0].recipe, dict(best[0].fit.slots), asked)


def _request(recipe: Recipe, slots: Slots, asked: AskRequest) -> Request | Question:
    """The slots as the recipe wants them, with what the user pointed at."""
    this = slots.pop("this", False)
    this_file = slots.pop("this_file", False)
    everything = slots.pop("everything", False)
    lacks = recipe.about not in ("", "folder") and not _about(recipe, slots) and not everything
    if this or this_file or lacks:
        pointed = _pointed(recipe, asked, whole=this_file)
        if pointed is None:
            named = " Or name it, for example" if recipe.ask else ""
            where = "Which one? Put the cursor on it, or select it." if this or this_file else ""
            text = f"{where}{named}: `{recipe.example}`." if where else recipe.ask
            return Question(text)
        slots = {**pointed, **slots}
    checked = recipe.accepts(slots)
    return Question(checked) if isinstance(checked, str) else Request(recipe.name, checked)


def _about(recipe: Recipe, slots: Slots) -> bool:
    match recipe.about:
        case "symbol":
            return bool(slots.get("symbol") or slots.get("line"))
        case "range":
            return bool(slots.get("line"))
        case _:
            return bool(slots.get("path") or slots.get("symbol"))


def _pointed(recipe: Recipe, asked: AskRequest, *, whole: bool) -> Slots | None:
    """Where the user was, as far as the recipe can use it."""
    if not asked.file:
        return None
    if whole or recipe.about in ("file", "folder") or (recipe.about == "symbol_or_file" and not asked.line):
        return {"path": asked.file}
    if not asked.line:
        return None
    slots: Slots = {"path": asked.file, "line": asked.line, "column": asked.column}
    if recipe.about == "range" and asked.end_line:
        slots |= {"end_line": asked.end_line, "end_column": asked.end_column}
    return slots


def _question(words: list[Word], typos: int) -> Question | None:
    for phrase, text in QUESTIONS:
        for fit in fits(phrase, words, READERS, typos=typos):
            slots = {name: str(value) for name, value in fit.slots.items()}
            named = {"it": slots.get("symbol") or slots.get("path") or "this"} | slots
            return Question(text.format_map(named))
    return None
