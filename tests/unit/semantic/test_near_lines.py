"""What a model is told when its text is not in the file."""

from __future__ import annotations

import pytest

from punie_semantic.near_lines import nearest


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("a = 1\ndef total(self):\n    pass\n", "def totl(self):", "Nearest: line 2 of the file:\ndef total(self):"),
        ("if x:\n\treturn 1\n", "    return 1\n",
         "Only its white space is different. The file is indented with tabs. line 2 of the file:\n\treturn 1"),
        ("a\nx = f( 1 )\nb\n", "a\nx = f(1)",
         "Only its white space is different. lines 1 to 2 of the file:\na\nx = f( 1 )"),
        ("a = 1\n", "nothing like it at all", ""),
        ("", "x", ""),
        ("x\n", "\n", ""),
    ],
)  # fmt: skip
def test_the_nearest_lines(text: str, wanted: str, expected: str) -> None:
    assert nearest(text, wanted) == expected
