"""Arguments of a program's tool calls are checked, with messages for the model."""

from __future__ import annotations

from typing import Any

import pytest

from punie_agent.codemode.tools import bind_arguments
from punie_semantic.registry import TOOLS


def test_positions_and_defaults_get_their_names() -> None:
    assert bind_arguments(TOOLS["search_text"], ("TODO",), {"regex": True}) == {
        "pattern": "TODO",
        "path": ".",
        "regex": True,
        "limit": 200,
        "ignore_case": False,
        "word": False,
        "include": "",
        "exclude": "",
        "context": 0,
        "hidden": False,
    }


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "message"),
    [
        ("read_file", (), {}, r"read_file\(path: str.*missing a required argument: 'path'"),
        ("read_file", ("a",), {"nope": 1}, "got an unexpected keyword argument 'nope'"),
        ("read_file", (1, 2, 3, 4), {}, "too many positional arguments"),
        ("read_file", (3,), {}, "read_file: path: Input should be a valid string"),
        ("read_file", ("a", "1"), {}, "read_file: start_line: Input should be a valid integer"),
        ("read_file", ("a", True), {}, "start_line: Input should be a valid integer"),
        ("hover", ("a", "x", None), {}, "line: .*; column: "),
    ],
)
def test_wrong_arguments_are_told(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        bind_arguments(TOOLS[name], args, kwargs)
