"""Templates of requests: every tool has some, they tell apart what they ask for, and wrong ones are named."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from punie_semantic.registry import TOOLS
from punie_semantic.templates import (
    ANSWERS,
    CONTRASTS,
    Template,
    TemplateError,
    fill,
    literal,
    load_templates,
    read_templates,
)

TEMPLATES = load_templates()
GOOD = """
[[hover]]
over = "symbol"
program = "hover(symbol={symbol})"
phrasings = ["What is {symbol}?"]
held_out = ["Hover over {symbol}"]
"""


def of_tool(name: str) -> list[Template]:
    return [t for t in TEMPLATES if t.group == name and t.source not in (ANSWERS, CONTRASTS)]


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_has_templates(name: str) -> None:
    found = of_tool(name)

    assert found, f"{name} has no templates: add them to tools/templates"
    assert max(len(t.phrasings) for t in found) >= 7
    assert max(len(t.held_out) for t in found) >= 3
    assert all(name in t.tools for t in found)


def test_no_two_templates_are_asked_for_in_the_same_words() -> None:
    owners = defaultdict(set)
    for template in TEMPLATES:
        for text in (*template.phrasings, *template.held_out):
            owners[" ".join(text.casefold().strip(" .?!").split())].add(template.program or template.answer)

    assert {text: answers for text, answers in owners.items() if len(answers) > 1} == {}


def test_every_held_out_phrasing_shares_words_with_the_training_ones() -> None:
    """A paraphrase that shares no word with what was learned tests luck."""
    strange = []
    for template in TEMPLATES:
        known = {word for text in template.phrasings for word in _words(text)}
        strange += [(template.name, text) for text in template.held_out if not _words(text) & known]

    assert strange == []


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z_0-9]+", re.sub(r"\{[a-z_]+\}", "", text.casefold())))


def test_answers_are_short() -> None:
    answers = [t.answer for t in TEMPLATES if t.source == ANSWERS]

    assert len(answers) >= 50
    assert max(map(len, answers)) < 160


def test_the_words_of_fix_with_punie_are_learned() -> None:
    from punie_agent.requests import FixRequest, parse_fix_request

    templates = [t for t in TEMPLATES if t.group == "fix_with_punie"]
    row = {"path": "a.py", "line": 3, "column": 5, "tool": "ty", "code": "invalid-return-type", "message": "No."}
    requests = [FixRequest("a.py", 3, 5, "ty", "invalid-return-type", "No.", unsafe) for unsafe in (False, True)]

    assert [fill(template.phrasings[0], row) for template in templates] == [request.prompt() for request in requests]
    assert [parse_fix_request(fill(template.phrasings[0], row)) for template in templates] == requests


def test_slots_become_literals_in_programs() -> None:
    row = {"symbol": 'a"b', "line": 3, "argv": ["git", "log"]}

    assert fill("f({symbol}, {line}, {argv}, {other})", row, literals=True) == 'f(\'a"b\', 3, ["git", "log"], {other})'
    assert fill("Show {symbol}", row) == 'Show a"b'
    assert literal("it's\n") == '"it\'s\\n"'


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "information.toml").write_text(GOOD, encoding="utf-8")

    (template,) = load_templates(tmp_path)

    assert (template.name, template.category, template.tools) == ("information.hover.1", "single_tool", ("hover",))


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("information", "[[hover]]", "[hover]", r"information.toml: hover is no list of tables"),
        ("information", "[[hover]]", "[[hoover]]", r"information.toml: hoover is no tool"),
        ("checks", "", "", r"checks.toml: hover is a tool of information"),
        ("information", "What is {symbol}", "What is {symbl}", r"hover, entry 1: \{symbl\} is an unknown slot"),
        ("information", "What is {symbol}", "What is {folder}", r"entry 1: \{folder\} is not a slot of kind 'symbol'"),
        ("information", '"symbol"', '"symbols"', r"entry 1: unknown kind 'symbols'"),
        ("information", "hover(symbol={symbol})", "hover(", r"entry 1: the program does not parse"),
        ("information", "hover(symbol={symbol})", "typecheck()", r"entry 1: the program does not call hover"),
        ("information", 'program = "hover(symbol={symbol})"', "", r"needs either a program or an answer"),
        ("information", '["What is {symbol}?"]', "[]", r"phrasings needs a list of texts"),
        ("information", '["What is {symbol}?"]', '["a {symbol}", "A {symbol}?"]', r"phrasings says something twice"),
        ("information", "Hover over {symbol}", "what is {symbol}", r"is both in phrasings and held out"),
        ("information", "held_out", "heldout", r"entry 1: unknown key heldout"),
        ("information", "[[hover]]", "[[hover", r"information.toml cannot be read"),
        ("contrasts", "", "", r"contrasts.toml: hover needs two entries"),
    ],
)
def test_a_wrong_file_is_named_with_its_entry(tmp_path: Path, name: str, old: str, new: str, message: str) -> None:
    file = tmp_path / f"{name}.toml"
    file.write_text(GOOD.replace(old, new) if old else GOOD, encoding="utf-8")

    with pytest.raises(TemplateError, match=message):
        read_templates(file)


def test_a_folder_without_templates_is_told(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="has no template files"):
        load_templates(tmp_path)
