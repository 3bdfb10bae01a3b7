"""JSON with comments is read as editors read it, and what is wrong is said with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_ls.init.exceptions import Broken
from punie_ls.init.jsonc import parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_what_json_writes_is_read_as_json_reads_it(value: object, indent: int | str | None, ascii_only: bool) -> None:
    node = parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only))

    assert node is not None
    assert node.value == value


def test_comments_and_trailing_commas_are_read_over() -> None:
    node = parse('/* a */ {// b "x": 1\n "url": "http://x/*y*/", /* c\n */ "list": [1, 2,],\r\n} // end')

    assert node is not None
    assert node.value == {"url": "http://x/*y*/", "list": [1, 2]}


def test_of_two_equal_keys_the_last_counts() -> None:
    node = parse('{"a": 1, "a": 2}')

    member = node.member("a") if node else None
    assert member is not None
    assert member.node.value == 2


@pytest.mark.parametrize("text", ["", "  \r\n", "// nothing\n", "/* nothing */"])
def test_a_text_without_a_value_is_empty(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', 3, 'a comma or } is expected, not `"`'),
        ('{\n  "a": ,\n}', 2, "a value is expected, not `,`"),
        ('{\n  "a" 1\n}', 2, 'a colon is expected after "a", not `1`'),
        ('{\n\n  "a": 1,\n', 1, "{ is not closed"),
        ('{\n  "a": [1,\n', 2, "[ is not closed"),
        ("{\n  a: 1\n}", 2, "a name in double quotes is expected, not `a`"),
        ("{\n  'a': 1\n}", 2, "a name in double quotes is expected, not `'`"),
        ('{"a": "x\n"}', 1, "a string is not closed on its line"),
        ('{\n"a": "\\q"}', 2, "a string has a backslash that means nothing"),
        ("{}\n}", 2, "there is something after the end of the value"),
        ("{\n/* never closed", 2, "a comment is not closed"),
        ("{,}", 1, "a name in double quotes is expected, not `,`"),
        ('{"a": 01}', 1, "a value is expected, not `01`"),
        ('{"a": NaN}', 1, "a value is expected, not `NaN`"),
        ("[" * 5000, 1, "it is nested more than 200 deep"),
        ('{"a"', 1, 'a colon is expected after "a", not the end of the file'),
        ("\x00", 1, "a value is expected, not `\x00`"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(Broken) as caught:
        parse(text)

    assert (str(caught.value), caught.value.line) == (reason, line)


@given(st.text(alphabet='{}[]":,/*\\ \n1atrue\u2028🚀', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    lines = range(1, text.count("\n") + 2)
    node, refused = None, None
    try:
        node = parse(text)
    except Broken as error:
        refused = error.line

    assert refused is None or refused in lines
    assert node is None or text[node.start : node.end].strip()
