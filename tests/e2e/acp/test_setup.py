"""`punie-ls setup`: a model is chosen in the terminal, and the rest of the user's settings stays."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.editor import PUNIE_LS
from tests.model_server import ModelServer

BEFORE = '# mine\nmodel = "builtin"  # rules\n\n[policy]\nmode = "ask"\n'


def setup(settings: Path, typed: str, *verb: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PUNIE_CONFIG_FILE": str(settings)}
    command = [str(PUNIE_LS), *(verb or ("setup",))]
    return subprocess.run(command, input=typed, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("verb", [("setup",), ("acp", "--setup")])
def test_a_model_is_chosen(tmp_path: Path, verb: tuple[str, ...]) -> None:
    settings = tmp_path / "new folder" / "punie.toml"

    done = setup(settings, "http://127.0.0.1:1234/v1#qwen3-8b\n", *verb)

    assert (done.returncode, done.stderr) == (0, "")
    assert settings.read_text() == 'model = "http://127.0.0.1:1234/v1#qwen3-8b"\n'
    assert "builtin" in done.stdout
    assert str(settings) in done.stdout.replace("\n", "")


def test_by_its_number(tmp_path: Path, model: ModelServer) -> None:
    settings = tmp_path / "punie.toml"
    settings.write_text(BEFORE.replace("builtin", model.spec))

    done = setup(settings, "99\n1\n")

    assert done.returncode == 0
    assert "There is no number 99." in done.stdout
    assert "scripted" in done.stdout
    assert settings.read_text() == BEFORE


def test_what_is_no_model_is_asked_again(tmp_path: Path) -> None:
    settings = tmp_path / "punie.toml"
    done = setup(settings, "nonsense\nlocal\n")
    assert "There is no model 'nonsense'" in done.stderr
    assert settings.read_text() == 'model = "local"\n'


@pytest.mark.parametrize("typed", ["", "\n"])
def test_nothing_is_chosen(tmp_path: Path, typed: str) -> None:
    settings = tmp_path / "punie.toml"
    settings.write_text(BEFORE)
    assert setup(settings, typed).returncode == 1
    assert settings.read_text() == BEFORE


def test_settings_that_cannot_be_read_are_not_written_over(tmp_path: Path) -> None:
    settings = tmp_path / "punie.toml"
    settings.write_text("model = [broken\n")

    done = setup(settings, "local\n")

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert settings.read_text() == "model = [broken\n"
