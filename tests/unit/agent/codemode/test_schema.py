"""What a model is shown of the tools fits into few tokens, and is true."""

from __future__ import annotations

import re

from punie_agent.codemode.schema import CORE, MOST_BYTES, describe_code_mode
from punie_semantic.registry import TOOLS


def test_it_is_short() -> None:
    assert MOST_BYTES == 4608
    assert len(describe_code_mode().encode()) <= MOST_BYTES


def test_every_tool_is_shown_or_named() -> None:
    page = describe_code_mode()
    shown = re.findall(r"^(\w+)\(", page, re.MULTILINE)
    named = page.splitlines()[-1].removeprefix("Others: ").split(", ")

    assert tuple(shown) == CORE
    assert sorted([*shown, *named]) == sorted(TOOLS)


def test_results_are_shown_with_their_fields() -> None:
    lines = describe_code_mode().splitlines()

    assert "read_file(path, start_line=1, line_count=2000) -> FileText" in lines
    assert "FileText: file, text, start_line, total_lines" in lines
    assert "LocationsResult*: locations: [Location], total, candidates: [SymbolMatch]" in lines
    assert "rollback(checkpoint)" in lines


def test_every_result_that_is_named_is_described() -> None:
    page = describe_code_mode()
    named = set(re.findall(r"-> (\w+)$", page, re.MULTILINE)) | set(re.findall(r"\[([A-Z]\w+)\]", page))
    described = set(re.findall(r"^(\w+)\*?: ", page, re.MULTILINE))

    assert named - described - {"int", "X"} == set()


def test_a_choice_of_tools_is_all_there_is() -> None:
    page = describe_code_mode(("read_file", "git_log"))

    assert "edit_file" not in page.split("\n\n", 1)[1]
    assert page.splitlines()[-1] == "Others: git_log"
