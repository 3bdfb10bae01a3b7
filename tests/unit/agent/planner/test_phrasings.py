"""Requests in usual words are understood, others are not, and nothing is guessed where two things may be meant."""

from __future__ import annotations

from typing import Any

import pytest

from punie_agent.planner.recipe import Request
from punie_agent.planner.understanding import Question, understand
from punie_agent.requests import AskRequest
from tests.unit.agent.planner.phrasings import ASKED_BACK, DECLINED, POINTED, SELECTIONS, UNDERSTOOD


@pytest.mark.parametrize(("prompt", "recipe", "slots"), UNDERSTOOD, ids=[row[0][:50] for row in UNDERSTOOD])
def test_usual_phrasings(prompt: str, recipe: str, slots: dict[str, Any]) -> None:
    assert understand(prompt) == Request(recipe, slots)


@pytest.mark.parametrize(("prompt", "recipe", "slots"), POINTED, ids=[row[0] for row in POINTED])
def test_what_is_pointed_at(prompt: str, recipe: str, slots: dict[str, Any]) -> None:
    asked = AskRequest(prompt, "src/app.py", 12, 5)

    assert understand(asked.prompt()) == Request(recipe, slots)


@pytest.mark.parametrize(("prompt", "recipe", "slots"), SELECTIONS, ids=[row[0] for row in SELECTIONS])
def test_what_is_selected(prompt: str, recipe: str, slots: dict[str, Any]) -> None:
    asked = AskRequest(prompt, "src/app.py", 12, 5, 14, 9)

    assert understand(asked.prompt()) == Request(recipe, slots)


@pytest.mark.parametrize("prompt", DECLINED, ids=[prompt[:50] for prompt in DECLINED])
def test_what_needs_a_model_is_declined(prompt: str) -> None:
    assert understand(prompt) is None


@pytest.mark.parametrize(("prompt", "named"), ASKED_BACK, ids=[row[0] for row in ASKED_BACK])
def test_what_is_open_is_asked(prompt: str, named: list[str]) -> None:
    asked = understand(prompt)

    assert isinstance(asked, Question)
    assert [part for part in named if part not in asked.text] == []


def wrapped(prompt: str) -> list[str]:
    """A prompt with the politeness and the sloppiness of people around it."""
    return [
        f"  {prompt}  ",
        f"Please {prompt}",
        f"{prompt}, please.",
        f"Hey Punie, could you {prompt}?",
        f"{prompt} !!",
        f"I'd like you to {prompt}",
    ]


COMMANDS = [row for row in UNDERSTOOD if row[0][:5].lower() in ("find ", "show ", "renam", "run t", "lint ", "forma")]


@pytest.mark.parametrize(("prompt", "recipe", "slots"), COMMANDS, ids=[row[0][:50] for row in COMMANDS])
def test_politeness_changes_nothing(prompt: str, recipe: str, slots: dict[str, Any]) -> None:
    bare = prompt.rstrip("?.!")

    assert [understand(text) for text in wrapped(bare)] == [Request(recipe, slots)] * len(wrapped(bare))


@pytest.mark.parametrize("prompt", ["rename Cart to class", "rename Cart to 2fast", "rename Cart to a-b"])
def test_a_name_that_is_none_is_asked_again(prompt: str) -> None:
    asked = understand(prompt)

    assert isinstance(asked, Question)
    assert "is no name" in asked.text
