"""`punie-ls models`, as people and programs read it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from punie_agent.models import discovery
from punie_ls.cli.models import show_models
from tests.model_server import ModelServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """One server on this machine, and no settings of the user's."""
    monkeypatch.setenv("PUNIE_CONFIG_FILE", str(tmp_path / "own.toml"))
    with ModelServer(models=[{"id": "qwen3-coder", "max_model_len": 32768, "owned_by": "vllm"}]) as server:
        monkeypatch.setattr(discovery, "USUAL_PORTS", ((server.port, "a model server"),))
        yield server


def show(folder: Path, *, as_json: bool = False) -> int:
    return asyncio.run(show_models(folder, as_json=as_json))


def test_the_table(server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "punie.toml").write_text('model = ["builtin", "local"]\n')

    status = show(tmp_path)

    width = len(f"{server.url}#qwen3-coder")
    assert status == 0
    assert capsys.readouterr().out.splitlines() == [
        f"1  {'builtin':<{width}}  the planner: rules, no weights, code style",
        f"2  {server.url}#qwen3-coder  vLLM at 127.0.0.1:{server.port}, 32,768 tokens, code style",
        "",
        f"Chosen (by {tmp_path / 'punie.toml'}): builtin, then {server.url}#qwen3-coder. "
        "The first that can answer does.",
        'Choose one with model = "…" in punie.toml, or several in order: model = ["builtin", "local"].',
    ]


def test_json(server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = show(tmp_path, as_json=True)

    rows = json.loads(capsys.readouterr().out)["models"]
    assert status == 0
    assert [(row["spec"], row["chosen"]) for row in rows] == [("builtin", 1), (f"{server.url}#qwen3-coder", 0)]


def test_a_choice_that_cannot_be_used(server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "punie.toml").write_text('model = "local:phi"\n')

    status = show(tmp_path)

    assert status == 1
    assert "local:phi is no model of this machine's servers; there are qwen3-coder." in capsys.readouterr().out


def test_a_setting_that_means_nothing(server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "punie.toml").write_text('model = "lokal"\n')

    status = show(tmp_path)

    assert status == 2
    assert capsys.readouterr().err.startswith("punie-ls: There is no model 'lokal'. It may be: builtin, local,")


def test_a_stranger_that_the_user_chose_is_asked(
    server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text(f'model = "{server.url}#other"\n')

    status = show(tmp_path)

    assert status == 1
    assert "does not list this model" in capsys.readouterr().out
