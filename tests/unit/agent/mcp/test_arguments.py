"""Arguments are checked before a call, with messages that say where and what."""

from __future__ import annotations

from typing import Any

import pytest

from punie_agent.codemode.tools import bind_arguments
from punie_agent.mcp.arguments import SchemaArguments
from tests.unit.agent.mcp.offered import described, taking

ITEM = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
SCHEMA: dict[str, Any] = {
    **taking(
        **{
            "user-id": {"type": "integer", "minimum": 1},
            "kind": {"enum": ["a", "b"]},
            "items": {"type": "array", "items": ITEM, "maxItems": 2},
        }
    ),
    "required": ["user-id"],
}


def test_what_is_given_is_sent_under_the_server_s_names() -> None:
    tool = described(SCHEMA)

    checked = bind_arguments(tool, (3,), {"items": [{"name": "🚀"}], "kind": None})

    assert checked == {"user_id": 3, "items": [{"name": "🚀"}]}
    assert isinstance(tool.arguments, SchemaArguments)
    assert tool.arguments.sent(checked) == {"user-id": 3, "items": [{"name": "🚀"}]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"user_id": "3"}, "user_id: '3' is not of type 'integer'"),
        ({"user_id": 0}, "user_id: 0 is less than the minimum of 1"),
        ({"user_id": 1, "kind": "c"}, "kind: 'c' is not one of ['a', 'b']"),
        ({"user_id": 1, "items": [{"name": "x"}, {"nam": 1}]}, "items[1]: 'name' is a required property"),
        ({"user_id": 1, "items": [{"name": 5}]}, "items[0].name: 5 is not of type 'string'"),
        ({"user_id": 1, "items": [{"name": "x"}] * 3}, "items: [{'name': 'x'}, {'name': 'x'}, {'name': 'x'}] is too"),
        ({"kind": "a"}, "missing a required argument: 'user_id'"),
        ({"user_id": 1, "sort": "x"}, "got an unexpected keyword argument 'sort'"),
        ({"user_id": None}, "user_id: None is not of type 'integer'"),
    ],
)
def test_a_wrong_argument(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        bind_arguments(described(SCHEMA), (), arguments)

    assert message in str(caught.value)


def test_messages_are_bounded_and_show_what_is_hidden() -> None:
    with pytest.raises(TypeError) as caught:
        bind_arguments(described(SCHEMA), (), {"user_id": "\u202e" + "x" * 10_000})
    assert len(str(caught.value)) < 500
    assert "\u202e" not in str(caught.value)

    many = taking(**{f"p{n}": {"type": "integer"} for n in range(20)})
    with pytest.raises(TypeError) as caught:
        bind_arguments(described(many), (), {f"p{n}": "x" for n in range(20)})
    assert str(caught.value).count("is not of type") == 5


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string", "pattern": "^(a+)+$"},
        {"type": "string", "format": "uuid"},
        {"$ref": "https://example.org/schema.json"},
        {"$ref": "#/properties/x"},
        {"type": "nonsense"},
        {"minimum": "three"},
    ],
    ids=["pattern", "format", "remote", "loop", "type", "keyword"],
)
def test_what_cannot_be_checked_here_is_left_to_the_server(field: dict[str, Any]) -> None:
    text = "a" * 60 + "!"

    assert bind_arguments(described(taking(x=field)), (), {"x": text}) == {"x": text}


def test_arguments_as_one_dict_are_checked_as_a_whole() -> None:
    one_of = {"type": "object", "anyOf": [{"required": ["id"]}, {"required": ["name"]}]}
    tool = described(one_of)

    assert isinstance(tool.arguments, SchemaArguments)
    assert tool.arguments.sent(bind_arguments(tool, (), {"arguments": {"id": 3}})) == {"id": 3}
    with pytest.raises(TypeError, match="is not valid under any of the given schemas"):
        bind_arguments(tool, ({"x": 1},), {})
