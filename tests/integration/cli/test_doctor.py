"""`punie-ls doctor`: what it says when all is well, and when things are broken."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from punie_ls.doctor.servers import examine, plain_editor
from punie_ls.doctor.watcher import examine as examine_watcher
from punie_ls.relay.supervisor import Launch
from tests.integration.cli.conftest import Finished, Project, punie

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def nothing_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, log or active environment of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith(("PUNIE_", "TY_", "RUFF_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PUNIE_LOG_DIR", str(tmp_path / "logs"))
    monkeypatch.setenv("PUNIE_CONFIG_FILE", str(tmp_path / "punie.toml"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def doctor(root: Path, **environ: str) -> tuple[int, Json]:
    done = punie("doctor", "--json", str(root), cwd=root.parent, **environ)
    assert done.err == ""
    return done.code, json.loads(done.out)


def said(report: Json, part: str = "problems") -> str:
    return "\n".join(f"{finding['what']} {finding['do']}" for finding in report[part])


def test_all_is_well(project: Project) -> None:
    root = project({"app.py": "x = 1\n"})

    code, report = doctor(root)

    assert (code, report["ok"], report["problems"]) == (0, True, [])
    assert report["schema"] == 1
    assert report["folder"] == str(root)
    assert set(report["versions"]) >= {
        "punie-ls",
        "Python",
        "pygls",
        "lsprotocol",
        "pydantic-ai-slim",
        "pydantic-monty",
    }
    assert [(t["name"], t["chosen_by"], t["error"]) for t in report["tools"]] == [
        ("ty", "beside Punie", None),
        ("ruff", "beside Punie", None),
    ]
    assert [(s["name"], s["error"]) for s in report["servers"]] == [
        ("ty", None),
        ("ruff", None),
        ("punie", None),
        ("watcher", None),
    ]
    assert all(s["seconds"] > 0 for s in report["servers"])
    python = report["python"]
    assert (python["environment"], python["found_by"]) == (str(root / ".venv"), ".venv")
    assert python["version"] == sys.version.split()[0]
    assert [(s["name"], s["source"]) for s in report["settings"]][:2] == [
        ("interpreter", "default"),
        ("model", "default"),
    ]
    assert {s["name"]: s["value"] for s in report["settings"]}["budget"]["tool-calls"] > 0
    assert "has no pytest" in said(report, "notes")


def test_the_page_for_people(project: Project) -> None:
    root = project({"app.py": "x = 1\n"})

    done = punie("doctor", cwd=root)

    assert (done.code, done.err) == (0, "")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert lines[0] == f"Punie's doctor on {root}"
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles[1:] == [
        "Versions",
        "ty and ruff",
        "The project's Python",
        "Servers, each started once",
        "Settings",
        "Machine",
        "Log",
        "Variables",
        "Nothing is wrong.",
        "Worth knowing",
    ]
    assert f"  environment  {root / '.venv'}" in lines
    assert any(line.startswith("  ty       answered initialize after ") for line in lines)
    assert any(line.startswith("  watcher  noticed a file after ") for line in lines)


def test_a_page_of_80_columns_is_folded(project: Project) -> None:
    root = project({"app.py": "x = 1\n", "pyproject.toml": "[tool.punie]\nlog-levl = 'info'\n"})

    done = punie("doctor", cwd=root, COLUMNS="80", FORCE_COLOR="1", NO_COLOR="1")

    assert done.code == 1
    lines = re.sub(r"\x1b\[[0-9;]*m", "", done.out).splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "What is wrong" in lines


@pytest.mark.parametrize(
    ("argument", "message"), [("gone", "gone is not there"), ("app.py", "app.py is no folder"), ("--loud", "--loud")]
)
def test_bad_usage(project: Project, argument: str, message: str) -> None:
    done = punie("doctor", argument, cwd=project({"app.py": ""}))

    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize("name", ["ty", "ruff"])
def test_a_tool_that_is_not_there_is_said_once(project: Project, name: str) -> None:
    code, report = doctor(project({}), **{f"PUNIE_{name.upper()}": "/nowhere/tool"})

    (problem,) = report["problems"]
    assert code == 1
    assert problem["what"].startswith(f"{name} does not work, so ")
    assert "/nowhere/tool" in problem["what"]
    assert problem["do"] == f"Set PUNIE_{name.upper()} to a working {name}, or unset it."
    (tool,) = [t for t in report["tools"] if t["name"] == name]
    assert (tool["path"], tool["chosen_by"], tool["version"]) == ("/nowhere/tool", f"PUNIE_{name.upper()}", None)
    assert {s["name"]: s["error"] is None for s in report["servers"]} == {
        "ty": name != "ty",
        "ruff": name != "ruff",
        "punie": True,
        "watcher": True,
    }


def test_a_tool_that_is_another_program(project: Project) -> None:
    _, report = doctor(project({}), PUNIE_TY="/bin/false")

    assert "/bin/false is no ty: exit code 1" in said(report)


def test_an_environment_whose_python_does_not_run(project: Project) -> None:
    root = project({})
    python = root / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text("#!/bin/sh\necho 'no libpython' >&2\nexit 3\n")
    python.chmod(0o755)

    code, report = doctor(root)

    assert code == 1
    assert f"The project's Python does not run ({python}: exit code 3: no libpython)" in said(report)
    assert (report["python"]["version"], report["python"]["found_by"]) == (None, ".venv")


def test_an_environment_whose_python_is_gone(project: Project) -> None:
    root = project({})
    for path in (root / ".venv" / "bin").iterdir():
        path.unlink()
        path.symlink_to("/gone/python")

    code, report = doctor(root)

    assert code == 1
    assert f"{root / '.venv'} is there, but the Python in it is not" in said(report)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"[tool.punie\n", "{}: "), (b"[project\n", "{} is no valid TOML: "), (b"\xff", "{} is no valid TOML: ")],
)
def test_a_project_file_that_cannot_be_read(project: Project, content: bytes, message: str) -> None:
    root = project({"pyproject.toml": content})

    code, report = doctor(root)

    assert code == 1
    about = [p["what"] for p in report["problems"] if p["what"].startswith(message.format(root / "pyproject.toml"))]
    assert len(about) == 1


def test_a_project_file_that_is_a_folder(project: Project) -> None:
    root = project({"pyproject.toml/x.py": ""})

    code, report = doctor(root)

    assert code == 1
    assert "pyproject.toml: Is a directory" in said(report)


def test_settings_have_sources_and_wrong_ones_are_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "punie.toml").write_text("log-level = 'debug'\ninterpreter = 'x'\n")
    root = project({"pyproject.toml": "[tool.punie]\nlog-levl = 'info'\ninterpreter = 'nowhere'\n"})

    code, report = doctor(root)

    settings = {s["name"]: (s["value"], s["source"]) for s in report["settings"]}
    assert code == 1
    assert settings["log-level"] == ("debug", str(tmp_path / "punie.toml"))
    assert settings["interpreter"] == ("nowhere", str(root / "pyproject.toml"))
    assert settings["watch-files"] == ("auto", "default")
    assert "there is no setting 'log-levl'; do you mean 'log-level'? " in said(report)
    assert "The setting `interpreter` names nowhere, where there is no Python environment." in said(report)


def test_the_environment_that_ty_is_told_to_take(project: Project) -> None:
    root = project({"pyproject.toml": f"[tool.ty.environment]\npython = '{sys.base_prefix}'\n"})

    code, report = doctor(root)

    assert code == 0
    assert report["python"]["override"] == {"file": str(root / "pyproject.toml"), "value": sys.base_prefix}
    assert "ty takes its Python from" in said(report, "notes")


def test_what_ty_and_ruff_complain_about(project: Project) -> None:
    text = "[tool.ty.environment]\npython = '/nonexistent'\n[tool.ruff.lint]\nselect = ['NOPE1']\n"

    code, report = doctor(project({"pyproject.toml": text}))

    assert code == 1
    assert "Invalid `environment.python` setting" in said(report)
    assert "Unknown rule selector `NOPE1`" in said(report)


def test_what_ty_complains_about_in_punies_own_settings(project: Project) -> None:
    text = "[ty.configuration.environment]\npython = '/nonexistent'\n"

    code, report = doctor(project({"punie.toml": text}))

    assert code == 1
    assert report["python"]["override"]["value"] == "/nonexistent"
    (problem,) = report["problems"]
    assert problem["what"].startswith("ty complains: Failed to load project")
    assert "No such file or directory" in problem["what"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("no json", "PUNIE_SERVER_COMMAND is no JSON list of words"),
        ('["/nowhere/server"]', "The punie server does not work, so Punie's own fixes are off"),
        ('["sh", "-c", "echo last words >&2"]', "Its last words: last words"),
    ],
)
def test_a_server_that_does_not_start(project: Project, command: str, message: str) -> None:
    code, report = doctor(project({}), PUNIE_SERVER_COMMAND=command)

    assert code == 1
    assert message in said(report)


async def test_a_server_that_hangs_is_ended_with_all_it_has_started(tmp_path: Path) -> None:
    command = ["sh", "-c", "sleep 300 & echo $! > pid; wait"]
    begun = time.monotonic()

    server = await examine("ty", Launch(command, os.environ), await plain_editor(tmp_path), seconds=2)

    assert server.error == "no answer within 2 s"
    assert time.monotonic() - begun < 100
    pid = int((tmp_path / "pid").read_text())
    assert not Path(f"/proc/{pid}/cwd").exists()


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["/nowhere/watcher"], "No such file or directory"),
        (["sh", "-c", "echo no watchfiles >&2; exit 3"], "exit code 3: no watchfiles"),
        (["sleep", "300"], "it noticed nothing within 1 s"),
    ],
)
async def test_a_watcher_that_does_not_work(tmp_path: Path, command: list[str], error: str) -> None:
    server = await examine_watcher(Launch(command, os.environ), tmp_path, seconds=1 if command[0] == "sleep" else 60)

    assert (server.name, server.error, server.seconds) == ("watcher", error, None)


def test_a_watcher_that_cannot_be_loaded_is_a_problem(project: Project, tmp_path: Path) -> None:
    (tmp_path / "watchfiles.py").write_text("raise ImportError('not for this machine')\n", encoding="utf-8")

    code, report = doctor(project({}), PYTHONPATH=str(tmp_path))

    assert code == 1
    (problem,) = report["problems"]
    assert problem["what"].startswith("Punie's file watcher does not work (exit code 1: ImportError: not for this mach")
    assert problem["what"].endswith("goes unnoticed in editors that do not watch files themselves.")
    assert problem["do"].startswith("Run it by hand and see what it says: ")


def test_errors_in_the_log_are_shown(project: Project, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    path = tmp_path / "logs" / "punie-ls-20250101-000000-1.log"
    lines = [
        "2025-01-01T00:00:00.000 1 INFO punie_ls.relay.main: an ERROR in words",
        "2025-01-01T00:00:01.000 1 ERROR punie_ls.relay.supervisor: ty stopped",
        "    Traceback",
    ]
    path.write_text("\n".join(lines))

    code, report = doctor(project({}))

    assert code == 0
    assert report["logs"] == {"directory": str(tmp_path / "logs"), "files": [str(path)], "errors": [lines[1]]}
    assert f"the last one is of 2025-01-01T00:00:01.000. See {path}." in said(report, "notes")


def test_a_log_directory_that_cannot_be(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    code, report = doctor(project({}), PUNIE_LOG_DIR=str(tmp_path / "file" / "logs"))

    assert code == 1
    assert "Log files cannot be written: " in said(report)


def test_secrets_are_not_shown(project: Project) -> None:
    done: Finished = punie("doctor", cwd=project({}), PUNIE_API_KEY="hush-hush", RUFF_CACHE_DIR="/tmp/cache")

    assert "hush-hush" not in done.out
    assert "PUNIE_API_KEY" in done.out
    assert "/tmp/cache" in done.out


def test_the_code_of_the_project_is_not_run(project: Project, tmp_path: Path) -> None:
    evil = f"open({str(tmp_path / 'ran')!r}, 'a').write(__name__)\n"
    site = f".venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    names = ("json.py", "sitecustomize.py", "conftest.py", "rich/__init__.py", "lsprotocol/__init__.py", "typer.py")
    files = dict.fromkeys(names, evil) | {
        f"{site}/sitecustomize.py": evil,
        f"{site}/evil.pth": f"import os; {evil}",
    }
    root = project({**files, f"{site}/pytest/__init__.py": evil})

    done = punie("doctor", "--json", cwd=root)

    assert done.code == 0
    assert json.loads(done.out)["python"]["pytest"] == str(root / site)
    assert not (tmp_path / "ran").exists()


def test_the_servers_own_help_names_the_options() -> None:
    done = punie("lsp", "--help", cwd=Path.cwd())

    assert done.code == 0
    assert "--trace" in done.out
    assert "--log-level" in done.out
