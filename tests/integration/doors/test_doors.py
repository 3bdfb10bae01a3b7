"""Every tool works, and gives the same, from Python, from a program in the sandbox, and from the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from punie_semantic.registry import TOOLS
from tests.integration.doors.conftest import Answers
from tests.integration.doors.examples import EXAMPLES


def test_every_tool_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(TOOLS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_tool_works_from_python(answers: Mapping[str, Answers], name: str) -> None:
    shown = json.dumps(answers["python"][name], ensure_ascii=False)

    assert EXAMPLES[name].shows in shown.replace("\\n", "\n").replace('\\"', '"')
    assert isinstance(answers["python"][name], dict | int | None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_program_gets_the_same(answers: Mapping[str, Answers], name: str) -> None:
    assert answers["program"][name] == answers["python"][name]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_command_line_gives_the_same(answers: Mapping[str, Answers], name: str) -> None:
    if refused := EXAMPLES[name].refused:
        assert refused in answers["command line"][name]
        return
    assert answers["command line"][name] == answers["python"][name]
