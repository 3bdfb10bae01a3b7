"""docs/permissions.md: what its tables say of rules is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from punie_agent.policy import Policy
from punie_semantic import settings
from tests.unit.agent.policy.requests import command

PAGE = (Path(__file__).parents[4] / "docs" / "permissions.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `((?:command|network)[^`]*: [^`]*)` \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
CASES = [
    (rule, line, allowed)
    for rule, matches, others in ROWS
    for cell, allowed in ((matches, True), (others, False))
    for line in re.findall(r"`([^`]+)`", cell)
    if "…" not in line and line != "docs"
]


def test_the_table_is_found() -> None:
    assert len(ROWS) >= 9
    assert len(CASES) >= 25


@pytest.mark.parametrize(("rule", "line", "allowed"), CASES)
def test_rules_that_allow(rule: str, line: str, allowed: bool) -> None:
    folder = rule.partition(" in ")[2].partition(":")[0] or "."
    decision = Policy(settings.Policy(allow=(rule,))).decide(command(line, folder=folder, trusted=True))

    assert (decision.verdict == "allow") is allowed


def test_the_example_can_be_read() -> None:
    (example,) = [text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[policy]" in text]
    layer = settings.layer_of("the page", tomllib.loads(example))

    assert layer.problems == ()
    assert Policy(settings.resolve([layer]).settings.policy).problems == ()
