"""Who is held to the grammar: a request's own choice goes before the environment's, and a wrong one is refused."""

from __future__ import annotations

import pytest

from punie_training.grammar.server_hook import problem, wanted


@pytest.mark.parametrize(
    ("options", "environment", "held"),
    [
        (None, "", False),
        (None, "1", True),
        ({}, "1", True),
        ({"enable_thinking": False}, "1", True),
        ({"grammar": "codemode"}, "", True),
        ({"grammar": "off"}, "1", False),
        (None, "0", False),
        ("codemode", "", False),
    ],
)
def test_a_request_goes_before_the_environment(options: object, environment: str, held: bool):
    assert wanted(options, environment) is held


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (None, ""),
        ({}, ""),
        ({"grammar": "codemode"}, ""),
        ({"grammar": "off"}, ""),
        ({"grammar": "sql"}, 'there is no grammar \'sql\': "codemode" or "off"'),
        ({"grammar": None}, 'there is no grammar None: "codemode" or "off"'),
        (["codemode"], "chat_template_kwargs must be an object"),
    ],
)
def test_what_a_request_may_not_say(options: object, wrong: str):
    assert problem(options) == wrong
