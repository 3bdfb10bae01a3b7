"""The tables policy and budget: merged field by field; a project's own file can only make them tighter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from punie_semantic.settings import Budget, Layer, Policy, Settings, layer_of, of_project, read_project, resolve


def user(**table: Any) -> Layer:
    return layer_of("user.toml", table)


def project(**table: Any) -> Layer:
    return of_project(layer_of("punie.toml", table))


def editor(**table: Any) -> Layer:
    return layer_of("the editor", table)


def test_fields_are_merged_and_rules_that_deny_add_up() -> None:
    resolved = resolve(
        [
            user(policy={"mode": "auto", "allow": ["tests"], "deny": ["network", "packages"]}, budget={"tokens": 5}),
            project(policy={"deny": ["packages", "edit: docs/**"]}),
            editor(policy={"allow": ["command: make docs"]}, budget={"toolCalls": 7}),
        ]
    )

    assert resolved.settings.policy == Policy(
        mode="auto", allow=("command: make docs",), deny=("network", "packages", "edit: docs/**")
    )
    assert resolved.settings.budget == Budget(tokens=5, tool_calls=7)
    assert resolved.sources == {"policy": "the editor", "budget": "the editor"}
    assert resolved.problems == ()


def test_a_project_s_file_allows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_CONFIG_FILE", "/home/me/punie.toml")
    (tmp_path / "punie.toml").write_text(
        "sandbox-commands = 'never'\ntest-network = true\nstore = 'sqlite:///x'\n"
        "[policy]\nmode = 'auto'\nallow = ['command']\ndeny = ['network']\n",
        encoding="utf-8",
    )

    layer = read_project(tmp_path)

    assert layer.values == {"policy": {"deny": ("network",)}}
    where = f"{tmp_path / 'punie.toml'}: "
    assert sorted(problem.removeprefix(where) for problem in layer.problems) == [
        "policy.allow is ignored in a project's own file; put it into /home/me/punie.toml",
        "policy.mode = 'auto' is ignored in a project's own file; put it into /home/me/punie.toml",
        "sandbox-commands other than always is ignored in a project's own file; put it into /home/me/punie.toml",
        "store is ignored in a project's own file; put it into /home/me/punie.toml",
        "test-network is ignored in a project's own file; put it into /home/me/punie.toml",
    ]


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        ("auto", "ask", "ask"),
        ("auto", "read-only", "read-only"),
        ("ask", "read-only", "read-only"),
        ("read-only", "ask", "read-only"),
        ("read-only", "auto", "read-only"),
        ("ask", "auto", "ask"),
        (None, "auto", "ask"),
        (None, "read-only", "read-only"),
    ],
)
def test_the_stricter_mode_holds(mine: str | None, theirs: str, together: str) -> None:
    resolved = resolve([user(policy={"mode": mine} if mine else {}), project(policy={"mode": theirs})])

    assert resolved.settings.policy.mode == together


def test_the_user_has_the_last_word_in_the_editor() -> None:
    resolved = resolve([user(), project(policy={"mode": "read-only"}), editor(policy={"mode": "ask"})])

    assert resolved.settings.policy.mode == "ask"


def test_a_project_only_lowers_the_budget() -> None:
    said = {"tokens": 10, "requests": 10**6, "cost": 3.0, "seconds": 1e9}

    resolved = resolve([user(budget={"tokens": 100}), project(budget=said)])

    assert resolved.settings.budget == Budget(tokens=10, requests=50, cost=3.0, seconds=900.0)
    assert [problem.partition(" is ignored")[0] for problem in resolved.problems] == [
        "punie.toml: budget.requests = 1000000",
        "punie.toml: budget.seconds = 1000000000.0",
    ]


def test_a_sandbox_can_be_demanded_by_a_project() -> None:
    assert resolve([project(**{"sandbox-commands": "always"})]).settings.sandbox_commands == "always"


@pytest.mark.parametrize(
    ("table", "values", "problems"),
    [
        (
            {"policy": {"denny": ["tests"], "mode": "ask"}},
            {"mode": "ask"},
            ["x: policy has no setting 'denny'; do you mean 'deny'?"],
        ),
        (
            {"policy": {"zzz": 1}},
            {},
            ["x: policy has no setting 'zzz'; there are mode, allow, deny"],
        ),
        (
            {"policy": {"mode": "readOnly"}},
            {"mode": "read-only"},
            [],
        ),
        (
            {"policy": {"mode": "atuo"}},
            {"mode": "ask"},
            ["x: policy.mode: there is no mode 'atuo'; there are ask, auto and read-only. Punie asks"],
        ),
        (
            {"policy": {"deny": "network"}},
            {"deny": ("network",)},
            ["x: policy.deny: must be a list of rules, not 'network'"],
        ),
        (
            {"policy": {"deny": ["network", 3]}},
            {"deny": ("network", "3")},
            ["x: policy.deny: 3 is no rule; rules are texts"],
        ),
        (
            {"policy": {"deny": {"network": True}}},
            {"deny": ("{'network': True}",)},
            ["x: policy.deny: must be a list of rules, not {'network': True}"],
        ),
        ({"policy": "read-only"}, {}, ["x: policy must be a table, not 'read-only'"]),
    ],
)
def test_wrong_policies(table: dict[str, Any], values: dict[str, Any], problems: list[str]) -> None:
    layer = layer_of("x", table)

    assert layer.values["policy"] == values
    assert list(layer.problems) == problems


@pytest.mark.parametrize(
    ("table", "values", "problems"),
    [
        ({"tokns": 1}, {}, ["x: budget has no setting 'tokns'; do you mean 'tokens'?"]),
        ({"tokens": "many", "requests": 3}, {"requests": 3}, ["x: budget.tokens: Expected `int | null`, got `str`"]),
        ({"tokens": -1}, {}, ["x: budget.tokens: Expected a number that is not negative"]),
        ({"cost": float("nan")}, {}, ["x: budget.cost: Expected a number that is not negative"]),
        ({"tool-calls": 3}, {"tool_calls": 3}, []),
    ],
)
def test_wrong_budgets(table: dict[str, Any], values: dict[str, Any], problems: list[str]) -> None:
    layer = layer_of("x", {"budget": table})

    assert layer.values["budget"] == values
    assert list(layer.problems) == problems


def test_what_the_editor_says_goes_through_json() -> None:
    first = editor(policy={"deny": ["network"], "mode": "auto"}, budget={"tokens": 3})

    again = layer_of("the editor", json.loads(msgspec.json.encode(dict(first.values))))

    assert (
        resolve([again]).settings
        == resolve([first]).settings
        == Settings(policy=Policy(mode="auto", deny=("network",)), budget=Budget(tokens=3))
    )


def test_tables_can_be_made_in_python() -> None:
    layer = Layer("test", {"policy": Policy(mode="auto"), "budget": Budget(tokens=None)})

    assert resolve([layer]).settings == Settings(policy=Policy(mode="auto"), budget=Budget(tokens=None))
