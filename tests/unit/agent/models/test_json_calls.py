"""JSON that is nearly JSON: repaired where that is certain, never where something was cut off."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_agent.models.calls import call_text
from punie_agent.models.json_calls import load_object


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('  {"a": 1}\n', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('{"a": [1, 2,],}', {"a": [1, 2]}),
        ('{"a": "x\ny"}', {"a": "x\ny"}),
        ("{'a': None, 'b': True}", {"a": None, "b": True}),
        ("{'code': '''x = 1\ny = 2'''}", {"code": "x = 1\ny = 2"}),
        ('{"a": "\\d+"}', {"a": "\\d+"}),
        ('{"a": 1', {"a": 1}),
        ('{"a": {"b": [1]', {"a": {"b": [1]}}),
        ('{"a": 1}\nThat is it.', {"a": 1}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ('{"code": "print("hello")"}', {"code": 'print("hello")'}),
        ('{"code": "x = \'a\'\nprint("b")"}', {"code": "x = 'a'\nprint(\"b\")"}),
    ],
)
def test_repaired(text: str, value: dict[str, object]) -> None:
    assert load_object(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "x", "[1]", "1", '{"a": "cut of', '{"a": ', "{'a': open('x')}", "{**x}", '{"code": "edit_file(', "{" * 5000],
)
def test_not_guessed(text: str) -> None:
    assert load_object(text) is None


@pytest.mark.parametrize(
    "text", ['{"a": "' * 30_000, "{'a': [" * 30_000, '{"code": "' + '"' * 200_000, "{" + " " * 390_000]
)
def test_hostile_texts_are_given_up_in_time(text: str) -> None:
    started = time.process_time()

    assert load_object(text) is None

    assert time.process_time() - started < 20


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())))
def test_real_json_is_read_as_it_is(value: dict[str, object]) -> None:
    import json

    assert load_object(json.dumps(value)) == value


def test_a_call_as_python() -> None:
    assert call_text("find", {"symbol": 'a"); rm("', "limit": None}) == "find(symbol='a\"); rm(\"', limit=None)"


@pytest.mark.parametrize(
    ("name", "arguments"), [("find", {"a b": 1}), ("find", {"class": 1}), ("os.system", {}), ("x()", {})]
)
def test_what_is_no_name_does_not_get_into_a_program(name: str, arguments: dict[str, object]) -> None:
    assert call_text(name, arguments) is None
