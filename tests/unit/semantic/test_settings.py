"""Settings: where they come from, which wins, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.settings import Settings, layer_of, read_project, read_user_file, resolve, user_file


def test_a_later_layer_wins_and_tables_are_merged() -> None:
    project = layer_of("p", {"interpreter": "a", "ty": {"configuration": {"rules": {"x": "warn", "y": "error"}}}})
    editor = layer_of("e", {"interpreter": "b", "ty": {"configuration": {"rules": {"x": "ignore"}}}})
    resolved = resolve([project, editor])

    assert resolved.settings.interpreter == "b"
    assert resolved.settings.ty == {"configuration": {"rules": {"x": "ignore", "y": "error"}}}
    assert resolved.sources == {"interpreter": "e", "ty": "e"}
    assert resolved.settings.watch_files == "auto"


def test_null_is_no_value() -> None:
    resolved = resolve([layer_of("p", {"interpreter": "a"}), layer_of("e", {"interpreter": None, "ty": {"x": None}})])

    assert resolved.settings.interpreter == "a"
    assert resolved.sources["interpreter"] == "p"


@pytest.mark.parametrize("key", ["watch-files", "watch_files", "watchFiles"])
def test_every_habit_of_writing_names_is_fine(key: str) -> None:
    assert layer_of("e", {key: "never"}).values == {"watch_files": "never"}


def test_wrong_settings_are_named_and_the_right_ones_hold() -> None:
    layer = layer_of("x.toml", {"interpretor": "a", "zzz": 1, "log-level": "loud", "interpreter": 3, "ruff": {"a": 1}})

    assert layer.values == {"ruff": {"a": 1}}
    assert layer.problems == (
        "x.toml: there is no setting 'interpretor'; do you mean 'interpreter'?",
        "x.toml: there is no setting 'zzz'; there are interpreter, model, tool-style, model-options, adapters, policy, "
        "budget, sandbox-commands, test-network, store, log-level, watch-files, ty, ruff",
        "x.toml: log-level: Invalid enum value 'loud'",
        "x.toml: interpreter: Expected `str | null`, got `int`",
    )


@pytest.mark.parametrize("table", [[], "x", 3])
def test_what_is_no_table_is_said(table: object) -> None:
    assert layer_of("x", table).problems == (f"x: Punie's settings must be a table, not {table!r}",)


def test_the_project_says_it_in_either_file(tmp_path: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert read_project(tmp_path).values == {}

    pyproject.write_text("[tool.punie]\ninterpreter = 'venv'\n", encoding="utf-8")
    layer = read_project(tmp_path)
    assert (layer.source, layer.values) == (str(pyproject), {"interpreter": "venv"})

    (tmp_path / "punie.toml").write_text("log-level = 'debug'\n", encoding="utf-8")
    assert read_project(tmp_path).values == {"log_level": "debug"}


@pytest.mark.parametrize("content", [b"[tool.punie\n", b"[tool.punie]\ninterpreter = '\xff'\n", b"[tool]\npunie = 3\n"])
def test_a_broken_file_is_a_problem_and_no_crash(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    layer = read_project(tmp_path)

    assert layer.values == {}
    assert len(layer.problems) == 1
    assert str(tmp_path / "pyproject.toml") in layer.problems[0]


def test_a_folder_in_a_files_place_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "punie.toml").mkdir()

    assert read_project(tmp_path).problems == (f"{tmp_path / 'punie.toml'}: Is a directory",)


def test_the_users_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_CONFIG_FILE", str(tmp_path / "mine.toml"))
    assert read_user_file().values == {}

    (tmp_path / "mine.toml").write_text("watch-files = 'always'\n", encoding="utf-8")
    assert resolve([read_user_file()]).settings == Settings(watch_files="always")

    monkeypatch.delenv("PUNIE_CONFIG_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_file().name == "punie.toml"
