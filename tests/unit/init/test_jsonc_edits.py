"""One value of a JSON text is changed; comments, layout and all other values stay, and it can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_ls.init.exceptions import Broken
from punie_ls.init.json_target import JsonTarget, Wish, take_back
from punie_ls.init.jsonc import parse
from punie_ls.init.jsonc_edits import put, remove
from punie_ls.init.text_file import TextFile

GAPS = st.sampled_from(["", " ", "\n", "\n    ", "\r\n  ", " // c, } \n", " /* , { */ ", "\n/* a\n b */\n"])
KEYS = st.sampled_from(["a", "b.c", "a b", "🚀", "lsp", "ty", 'q"\\'])


@st.composite
def objects(draw: st.DrawFn, depth: int = 0) -> str:
    """An object as a person might have written it."""
    gap = lambda: draw(GAPS)  # noqa: E731 - a word for drawing
    members = []
    for key in draw(st.lists(KEYS, max_size=4, unique=True)):
        nested = depth < 2 and draw(st.booleans())
        value = (
            draw(objects(depth=depth + 1)) if nested else draw(st.sampled_from(["1", '"x // y"', "[1, 2,]", "null"]))
        )
        name = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
        members.append(f"{gap()}{name}{gap()}:{gap()}{value}{gap()}")
    trailing = "," + gap() if members and draw(st.booleans()) else ""
    return "{" + ",".join(members) + gap() + trailing + "}"


PATHS = st.lists(KEYS, min_size=1, max_size=3).map(tuple)
WANTED = st.sampled_from(["/usr/bin/punie-ls", [], ["acp"], {"x": {"y": 1}}, True, "日本 🚀"])


def value_of(text: str) -> Any:
    node = parse(text)
    return None if node is None else node.value


def with_value(data: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    key, *rest = path
    return {**data, key: with_value(data.get(key, {}), tuple(rest), value) if rest else value}


def comments(text: str) -> int:
    return text.count("/*") + text.count("// c, }")


@given(objects(), PATHS, WANTED)
def test_only_the_value_at_the_path_changes(text: str, path: tuple[str, ...], value: object) -> None:
    try:
        edited = put(text, path, value)
    except Broken:
        # Something on the way is no object.
        holder = value_of(text)
        for key in path[:-1]:
            holder = holder.get(key, {}) if isinstance(holder, dict) else holder
        assert not isinstance(holder, dict)
        return

    assert value_of(edited) == with_value(value_of(text), path, value)


@given(objects(), st.lists(st.tuples(PATHS, WANTED), min_size=1, max_size=3, unique_by=lambda w: w[0]))
def test_what_was_written_can_be_taken_back(text: str, wanted: list[tuple[tuple[str, ...], Any]]) -> None:
    wishes = [Wish(path, lambda _, value=value: value) for path, value in wanted]
    try:
        merged = JsonTarget(Path("settings.json"), wishes).merge(file_of(text), None)
    except Broken:
        return

    taken = take_back(merged.text, merged.changes)

    assert value_of(taken.text) == value_of(text)
    assert comments(taken.text) == comments(text)
    assert taken.left == ()


@given(objects(), PATHS, WANTED)
def test_new_values_leave_every_comment(text: str, path: tuple[str, ...], value: object) -> None:
    path = (*path, "new")
    try:
        edited = put(text, path, value)
    except Broken:
        return

    assert comments(edited) == comments(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "x": 1\n}\n'),
        ("{}", '{\n  "x": 1\n}'),
        ("{ }", '{\n  "x": 1\n}'),
        ("// mine\n", '// mine\n{\n  "x": 1\n}\n'),
        ('{"a": 2}', '{"a": 2, "x": 1}'),
        ('{"a": 2,}', '{"a": 2, "x": 1,}'),
        ('{\n\t"a": 2 // two\n}\n', '{\n\t"a": 2, // two\n\t"x": 1\n}\n'),
        ('{\n    "a": 2, // two\n}\n', '{\n    "a": 2, // two\n    "x": 1,\n}\n'),
        ('{\r\n  "a": 2\r\n}\r\n', '{\r\n  "a": 2,\r\n  "x": 1\r\n}\r\n'),
        ("{\n  // nothing yet\n}\n", '{\n  "x": 1\n  // nothing yet\n}\n'),
        ("{ // note\n}\n", '{ // note\n  "x": 1\n}\n'),
        ('{\n  "x": 0, // zero\n  "a": 2\n}', '{\n  "x": 1, // zero\n  "a": 2\n}'),
        ('{\n  "x": 0,\n  "x": 0\n}', '{\n  "x": 0,\n  "x": 1\n}'),
    ],
)
def test_a_value_is_written_in_the_layout_that_is_there(before: str, after: str) -> None:
    assert put(before, ("x",), 1) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{ "a": 2, }\n', '{ "a": 2,\n  "x": {\n    "y": []\n  },\n}\n'),
        ('{"a": 2}', '{"a": 2,\n  "x": {\n    "y": []\n  }\n}'),
        ('{\n\t"a": 2\n}', '{\n\t"a": 2,\n\t"x": {\n\t\t"y": []\n\t}\n}'),
    ],
)
def test_an_object_is_written_in_lines(before: str, after: str) -> None:
    assert put(before, ("x", "y"), []) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{\n  "a": 2,\n  "x": 1\n}', '{\n  "a": 2\n}'),
        ('{\n  "x": 1,\n  "a": 2\n}', '{\n  "a": 2\n}'),
        ('{\n  "a": 2,\n  "x": 1,\n}', '{\n  "a": 2,\n}'),
        ('{"a": 2, "x": 1}', '{"a": 2}'),
        ('{"x": 1, "a": 2}', '{"a": 2}'),
        ('{\n  "a": 2,\n  "x": 1 // why\n}', '{\n  "a": 2\n // why\n}'),
        ('{\n  "x": 1, // why\n  "a": 2\n}', '{\n  // why\n  "a": 2\n}'),
        ('{"x": 1}', "{}"),
    ],
)
def test_a_value_is_removed_with_its_comma_and_line(before: str, after: str) -> None:
    assert remove(before, ("x",)) == after


def test_what_the_user_changed_since_is_left_and_named() -> None:
    wishes = [Wish(("lsp", "ty", "path"), lambda _: "punie-ls"), Wish(("theme",), lambda _: "dark")]
    merged = JsonTarget(Path("settings.json"), wishes).merge(file_of('{"theme": "light"}'), None)
    edited = put(put(merged.text, ("lsp", "ty", "path"), "ty"), ("mine",), True)

    taken = take_back(edited, merged.changes)

    assert value_of(taken.text) == {"theme": "light", "lsp": {"ty": {"path": "ty"}}, "mine": True}
    assert taken.left == ("lsp.ty.path is left, because it was changed since",)


def file_of(text: str) -> TextFile:
    return TextFile(Path("settings.json"), Path("settings.json"), text.encode(), text, 0o644)
