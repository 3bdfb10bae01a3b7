"""`punie-ls adapters ...` and `model list` as people and scripts use them."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from punie_ls.cli.training.adapters import adapters_app
from punie_ls.cli.training.model_serve import model_app
from punie_training.adapters import open_registry
from tests.unit.training.adapters.made import make_base, record

NO_COLOR = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}


@pytest.fixture(autouse=True)
def _hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))


@pytest.fixture
def two(tmp_path: Path) -> None:
    """Two adapters, the first promoted."""
    with open_registry() as registry:
        registry.add(record("old", tmp_path, metrics={"tool": 0.5, "execution": 0.4, "best_valid": 1.5}))
        registry.add(
            record("new", tmp_path, parent="old", metrics={"tool": 0.9, "execution": 0.3, "best_valid": 1.0, "x": 1})
        )
        registry.promote("old")


def adapters(*arguments: str) -> Result:
    return CliRunner().invoke(adapters_app, list(arguments), env=NO_COLOR)


def models(*arguments: str) -> Result:
    return CliRunner().invoke(model_app, list(arguments), env=NO_COLOR)


def rows(result: Result) -> list[list[str]]:
    return [line.split() for line in result.stdout.splitlines()]


def test_nothing_was_trained_yet() -> None:
    result = adapters("list")

    assert (result.exit_code, result.stdout) == (0, "No adapter was trained yet. Train one: punie-ls train\n")


@pytest.mark.usefixtures("two")
def test_the_list() -> None:
    head, new, old = rows(adapters("list"))

    assert head[:7] == ["adapter", "state", "base", "parent", "tool", "execution", "valid"]
    assert new[:8] == ["new", "ready", "base", "old", "90", "%", "30", "%"]
    assert old[:7] == ["old", "promoted", "base", "50", "%", "40", "%"]


@pytest.mark.usefixtures("two")
def test_the_list_as_json() -> None:
    found: list[dict[str, Any]] = json.loads(adapters("list", "--json").stdout)["adapters"]

    assert [(row["name"], row["state"], row["parent"]) for row in found] == [
        ("new", "ready", "old"),
        ("old", "promoted", ""),
    ]
    assert found[0]["outcomes"] == {"sessions": 0, "accepted": 0, "rejected": 0, "failed": 0}


@pytest.mark.usefixtures("two")
def test_one_adapter() -> None:
    result = adapters("show", "new")

    assert result.exit_code == 0
    assert result.stdout.startswith("new: ready\n")
    assert "from      old\n" in result.stdout
    assert "0 sessions: 0 proposals accepted, 0 rejected, 0 turns failed" in result.stdout


@pytest.mark.usefixtures("two")
def test_a_damaged_one_is_shown_and_named(tmp_path: Path) -> None:
    (tmp_path / "training" / "adapters" / "new" / "adapters.safetensors").unlink()

    result = adapters("show", "new")

    assert result.exit_code == 1
    assert result.stdout.startswith("new: ready\n")
    assert "The adapter new is damaged" in result.stderr


@pytest.mark.usefixtures("two")
def test_from_a_trial_to_a_rollback() -> None:
    trial = adapters("promote", "new", "--share", "20")
    promoted = adapters("promote", "new")
    back = adapters("rollback")
    none = adapters("rollback")
    again = adapters("rollback")

    assert trial.stdout.startswith("new gets 20 % of new sessions, old the others.")
    assert promoted.stdout == 'new is promoted, instead of old. Use it: model = "adapter"\n'
    assert back.stdout == "old is promoted again, instead of new.\n"
    assert none.stdout == "old is not promoted any more, and no other one is.\n"
    assert (again.exit_code, again.stdout) == (2, "")
    assert "No adapter is promoted, so there is nothing to roll back." in again.stderr


@pytest.mark.usefixtures("two")
def test_the_rollback_of_a_trial() -> None:
    adapters("promote", "new", "--share", "20")

    assert adapters("rollback").stdout == "The trial of new has ended; old serves all sessions.\n"


@pytest.mark.usefixtures("two")
def test_removing() -> None:
    refused, removed = adapters("remove", "old"), adapters("remove", "new")

    assert (refused.exit_code, removed.exit_code) == (2, 0)
    assert "The adapter old is promoted, so it is not removed." in refused.stderr
    assert removed.stdout.startswith("new is removed, with its files in ")


@pytest.mark.usefixtures("two")
def test_a_comparison_has_regressions_first() -> None:
    result = adapters("compare", "old", "new")

    assert [row[0] for row in rows(result)[1:4]] == ["execution", "best_valid", "tool"]
    assert "execution   0.400  0.300  -0.100" in result.stdout
    assert "Measured of one alone: x" in result.stdout
    assert "old: 0 sessions: 0 proposals accepted, 0 rejected, 0 turns failed" in result.stdout


@pytest.mark.usefixtures("two")
def test_a_comparison_as_json() -> None:
    found = json.loads(adapters("compare", "old", "new", "--json").stdout)

    assert [(change["name"], change["better"]) for change in found["metrics"]] == [
        ("execution", False),
        ("best_valid", True),
        ("tool", True),
    ]
    assert found["only_in_one"] == ["x"]


def test_an_unknown_adapter() -> None:
    result = adapters("show", "none")

    assert result.exit_code == 2
    assert "There is no adapter 'none', none was trained yet." in result.stderr


def test_there_is_no_model() -> None:
    assert models("list").stdout == "There is no model on this machine. Fetch one: punie-ls model pull NAME\n"


@pytest.mark.usefixtures("two")
def test_models_are_listed_with_what_is_wrong(tmp_path: Path) -> None:
    make_base(tmp_path / "training" / "models" / "mine-5bit")
    hub = tmp_path / "hub-home" / "hub" / "models--org--small"
    make_base(hub / "snapshots" / "abc")
    broken = make_base(tmp_path / "training" / "models" / "broken")
    (broken / "model.safetensors").write_bytes(b"cut")

    result = models("list", "--json")

    found = {line["name"]: line for line in json.loads(result.stdout)["models"]}
    assert list(found) == ["broken", "mine-5bit", "org/small", "new", "old"]
    assert [line["kind"] for line in found.values()] == ["made", "made", "hub", "adapter", "adapter"]
    assert not found["broken"]["usable"]
    assert "not a whole safetensors file" in found["broken"]["note"]
    weights = (32 * 8 + 2 * 8 * 8) * 4
    assert (found["org/small"]["bytes"], found["org/small"]["bits"], found["org/small"]["fits"]) == (weights, 32, True)
    assert found["old"]["note"] == "promoted, on base"
    assert found["old"]["bytes"] > weights


def test_nothing_to_serve() -> None:
    result = models("serve")

    assert result.exit_code == 2
    assert "Nothing is promoted that could be served." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("no-such-model",), "The model no-such-model is not on this machine"),
        (("--host", "0.0.0.0", "{base}"), "host must be one of 127.0.0.1, localhost, ::1"),
        (("{base}", "--draft-model", "{other}"), "take a smaller model of the same family"),
        (("{base}", "--draft-model", "gone"), "The draft model cannot be used: gone is no folder"),
        (("{base}", "--adapter", "none"), "There is no adapter 'none'"),
    ],
)
def test_what_cannot_be_served(tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    base, other = make_base(tmp_path / "model"), make_base(tmp_path / "other")
    config = (other / "config.json").read_text()
    (other / "config.json").write_text(config.replace('"vocab_size": 32', '"vocab_size": 64'))

    result = models("serve", "--port", "0", *(a.format(base=base, other=other) for a in arguments))

    assert result.exit_code == 2
    assert problem in result.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = models("serve", str(make_base(tmp_path / "model")), "--port", str(port))

    assert result.exit_code == 2
    assert result.stderr == (
        f"punie-ls: Another program uses port {port}. Stop that one, or pass --port 0 for a free port.\n"
    )


@pytest.mark.usefixtures("two")
def test_an_adapter_of_another_model_is_not_served(tmp_path: Path) -> None:
    other = make_base(tmp_path / "model", hidden=16)

    result = models("serve", str(other), "--adapter", "new", "--port", "0")

    assert result.exit_code == 2
    assert f"is for another base than {other}" in result.stderr
