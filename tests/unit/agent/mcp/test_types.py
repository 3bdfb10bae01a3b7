"""JSON schemas as typed Python stubs."""

from __future__ import annotations

from typing import Any

import pytest

from punie_semantic.stubs import render_stubs
from tests.unit.agent.mcp.offered import described, taking

RECURSIVE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
OBJECT = {"type": "object", "properties": {"name": {"type": "string"}, "n": {"type": "integer"}}, "required": ["name"]}


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "string"}, "str"),
        ({"type": "integer"}, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"enum": ["a", "b 🚀", 3, True]}, 'Literal["a", "b 🚀", 3, True]'),
        ({"enum": ["a", None]}, 'Literal["a", None]'),
        ({"const": "x"}, 'Literal["x"]'),
        ({"enum": [1.5, 2]}, "Any"),
        ({"enum": ["x" * 100, "y"]}, "str"),
        ({"enum": ["a\nb"]}, "str"),
        ({"enum": [str(n) for n in range(200)]}, "str"),
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
        ({"type": "array"}, "list[Any]"),
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": False}, "list[Any]"),
        ({"type": ["string", "null"]}, "str | None"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "str | int"),
        ({"anyOf": [{"type": "string"}, {}]}, "Any"),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, 'Literal["a"] | Literal["b"]'),
        ({"allOf": [{"type": "string"}]}, "str"),
        ({"allOf": [{"type": "string"}, {"minLength": 3}]}, "Any"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
        (OBJECT, "McpShopFindX"),
        ({"type": "array", "items": OBJECT}, "list[McpShopFindXItem]"),
        ({"$ref": "#/$defs/Name"}, "str"),
        ({"$ref": "#/$defs/Loop"}, "Any"),
        ({"$ref": "https://example.org/schema"}, "Any"),
        ({"$ref": "#/nowhere"}, "Any"),
        ({"type": "odd"}, "Any"),
        ({"type": 3}, "Any"),
        ({}, "Any"),
        (True, "Any"),
        (None, "Any"),
        ([], "Any"),
    ],
)
def test_a_type(schema: object, shown: str) -> None:
    whole: dict[str, Any] = {**taking(x=schema), "required": ["x"]}
    whole["$defs"] = {"Name": {"type": "string"}, "Loop": {"$ref": "#/$defs/Loop"}}

    stub = render_stubs([described(whole)]).splitlines()[-1]

    assert stub == f"def shop_find(x: {shown}) -> str: ..."


def test_nested_objects_are_dictionaries_with_known_keys() -> None:
    schema = taking(filters={"type": "array", "items": {**OBJECT, "additionalProperties": False}})

    assert render_stubs([described(schema)]) == (
        "from typing import Any, Literal, NotRequired, TypedDict\n\n"
        "class McpShopFindFiltersItem(TypedDict):\n    name: str\n    n: NotRequired[int]\n\n"
        "def shop_find(filters: list[McpShopFindFiltersItem] | None = None) -> str: ...\n"
    )


def test_keys_that_are_no_names_are_written_as_they_are() -> None:
    fields = {"a b": {"type": "integer"}, "class": {"type": "string"}, "__x": {}, '"': {}}
    stubs = render_stubs([described({}, output={"type": "object", "properties": fields, "required": ["a b"]})])

    assert (
        'McpShopFindResult = TypedDict("McpShopFindResult", {"a b": int, "class": NotRequired[str], '
        '"__x": NotRequired[Any], "\\"": NotRequired[Any]})'
    ) in stubs


def test_what_refers_to_itself_ends() -> None:
    node = {**RECURSIVE, "$defs": {"Node": RECURSIVE}}

    stubs = render_stubs([described({**taking(node={"$ref": "#/$defs/Node"}), "$defs": {"Node": RECURSIVE}})])
    deep = render_stubs([described(node, output=node)])

    assert len(stubs) < 2_000
    assert len(deep) < 4_000


def test_what_branches_without_end_is_any() -> None:
    parts: dict[str, Any] = {f"P{n}": {"anyOf": [{"$ref": f"#/$defs/P{n + 1}"}] * 8} for n in range(12)}
    schema = {**taking(x={"$ref": "#/$defs/P0"}), "$defs": parts}

    assert "x: Any = None" in render_stubs([described(schema)])


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ({"type": "integer", "default": 5}, "int = 5"),
        ({"type": "string", "default": "a'b"}, 'str = "a\'b"'),
        ({"type": "integer", "default": "5"}, "int | None = None"),
        ({"type": "boolean", "default": 1}, "bool | None = None"),
        ({"enum": ["a"], "default": "b"}, 'Literal["a"] | None = None'),
        ({"type": "string", "default": "x\u2028y"}, "str | None = None"),
        ({"type": "string", "default": "x" * 1000}, "str | None = None"),
        ({"type": "array", "default": []}, "list[Any] | None = None"),
        ({"type": ["string", "null"], "default": None}, "str | None = None"),
    ],
)
def test_a_default(field: dict[str, Any], shown: str) -> None:
    stub = render_stubs([described(taking(x=field))]).splitlines()[-1]

    assert stub == f"def shop_find(x: {shown}) -> str: ..."


def test_required_parameters_come_first_and_have_names_of_their_own() -> None:
    fields = ["b", "user-id", "user_id", "class", "workspace", "🚀", "größe", "1st", "self", "a"]
    schema = {**taking(**{name: {"type": "string"} for name in fields}), "required": ["a", "class"]}

    tool = described(schema)

    assert list(tool.signature.parameters) == [
        *("class_", "a", "b", "user_id", "user_id_2", "workspace_2", "arg", "groe", "arg_1st", "self")
    ]
    assert tool.arguments is not None
    assert list(tool.arguments.schema["required"]) == ["class_", "a"]


@pytest.mark.parametrize(
    "schema", [{"anyOf": [taking(a={}), taking(b={})]}, {"type": "object", "additionalProperties": True}, "no schema"]
)
def test_arguments_that_are_not_known_are_one_dict(schema: object) -> None:
    stub = render_stubs([described(schema)]).splitlines()[-1]

    assert stub == "def shop_find(arguments: dict[str, Any] | None = None) -> str: ..."


@pytest.mark.parametrize("schema", [{"type": "object"}, {}, {"type": "object", "additionalProperties": False}])
def test_no_arguments(schema: object) -> None:
    assert render_stubs([described(schema)]).splitlines()[-1] == "def shop_find() -> str: ..."


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (None, "str"),
        ({"type": "object", "properties": {"result": {"type": "integer"}}, "required": ["result"]}, "int"),
        ({"type": "object", "properties": {"result": {}, "more": {}}}, "McpShopFindResult"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
    ],
)
def test_what_a_tool_returns(output: object, shown: str) -> None:
    assert render_stubs([described({}, output=output)]).splitlines()[-1] == f"def shop_find() -> {shown}: ..."
