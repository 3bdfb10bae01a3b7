"""New text takes the form of its file: line ends, indentation, and what is in strings stays."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punie_semantic.layout import fitted, indent_unit, take_form
from punie_semantic.sources import with_line_ending
from punie_semantic.text_edits import split_lines

LINES = st.lists(st.sampled_from(["a", "b 📚", "價格", "\tx", "", "\f", "z"]), max_size=8)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\r\nb\r\n", "a\nB\n", "a\r\nB\r\n"),
        ("a\nb\r\nc\r\n", "a\nx\nb\nc\n", "a\nx\r\nb\r\nc\r\n"),
        ("a\r\nb\nc\r\n", "a\nB\nc\n", "a\r\nB\nc\r\n"),
        ("a\r\nb", "a\r\nB", "a\r\nB"),
        ("a", "a\r\nb\r\n", "a\nb\n"),
        ("a\rb\r", "a\nb\nc\n", "a\rb\rc\r"),
        ("a\n", "\ufeffa\n", "a\n"),
        ("a\r\n", "", ""),
    ],
)
def test_line_ends_of_a_new_text(before: str, after: str, expected: str) -> None:
    assert take_form(before, after) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b 📚", "價格", "", "\f"]), ENDS), max_size=8), LINES, st.integers(0, 8)
)
def test_lines_that_are_not_replaced_keep_their_bytes(old: list[tuple[str, str]], new: list[str], at: int) -> None:
    # A line end of \r before an empty line that ends with \n would be one line end.
    before = "".join(line + end for line, end in old)
    lines = split_lines(before)
    at = min(at, len(lines))
    plain = [with_line_ending(line, "\n") for line in lines]
    after = take_form(before, "".join([*plain[:at], *(f"+{line}\n" for line in new), *plain[at:]]))

    assert after.startswith("".join(lines[:at]))
    assert after.endswith("".join(lines[at:]))
    assert with_line_ending(after, "\n") == "".join([*plain[:at], *(f"+{line}\n" for line in new), *plain[at:]])


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", "    "),
        ("if 1:\n\tx\n", "\t"),
        ("if 1:\n  x\n  if 2:\n    y\n", "  "),
        ("def f():\n    if 1:\n        x\n", "    "),
        ("x = [\n          1,\n]\n", "    "),
    ],
)
def test_one_level_of_a_file_s_indentation(text: str, unit: str) -> None:
    assert indent_unit(text) == unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", "\tx = 1\r\n"),
        ("\n\n  x = 1\n  y = 2\n\n", "\tx = 1\r\n\ty = 2\r\n"),
        ("def f():\n  if 1:\n    return 2", "\tdef f():\r\n\t\tif 1:\r\n\t\t\treturn 2\r\n"),
        ("def f(self):\n        return 1", "\tdef f(self):\r\n\t\treturn 1\r\n"),
        ('x = """a\n  b\n\tc"""', '\tx = """a\r\n  b\r\n\tc"""\r\n'),
        (
            "    # note\n    def f():\n        pass\n\n        # end\n",
            "\t# note\r\n\tdef f():\r\n\t\tpass\r\n\r\n\t\t# end\r\n",
        ),
        ("f(1,\n  2)", "\tf(1,\r\n\t  2)\r\n"),
        ("def f(:\n    x", "\tdef f(:\r\n\t    x\r\n"),
    ],
)
def test_a_piece_of_code_at_some_depth(text: str, expected: str) -> None:
    assert fitted(text, indent="\t", unit="\t", ending="\r\n") == expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["x = 1", "if x:\n  y = '''\n a\n'''", "def f():\n    '📚'\n    return [\n1]"]), min_size=1
    )
)
def test_code_means_the_same_at_any_depth(parts: list[str]) -> None:
    code = "\n".join(parts)
    inside = fitted(textwrap.indent(code, ""), indent="\t", unit="\t", ending="\n")

    assert ast.dump(ast.Module(ast.parse(f"if 1:\n{inside}").body[0].body, [])) == ast.dump(ast.parse(code))  # ty: ignore[missing-attribute]
