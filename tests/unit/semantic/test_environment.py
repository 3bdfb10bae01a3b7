"""Which Python a project uses, and where ty and ruff are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from punie_semantic.environment import Interpreter, child_environ, find_interpreter, find_tool, ty_settings


def venv(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch(mode=0o755)
    (folder / "bin" / "python3").touch(mode=0o755)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "group" / "project"
    folder.mkdir(parents=True)
    return folder


def test_each_rule_wins_over_those_below_it(project: Path, tmp_path: Path) -> None:
    named, active, conda, on_path = (venv(tmp_path / name) for name in ("named", "active", "conda", "path"))
    own, above = venv(project / ".venv"), venv(project.parent / ".venv")
    environ = {"VIRTUAL_ENV": str(active), "CONDA_PREFIX": str(conda), "PATH": f"{on_path / 'bin'}"}

    assert find_interpreter(project, setting=str(named), environ=environ) == Interpreter(named, "setting")
    assert find_interpreter(project, environ=environ) == Interpreter(active, "VIRTUAL_ENV")
    del environ["VIRTUAL_ENV"]
    assert find_interpreter(project, environ=environ) == Interpreter(conda, "CONDA_PREFIX")
    del environ["CONDA_PREFIX"]
    assert find_interpreter(project, environ=environ) == Interpreter(own, ".venv")
    own.rename(tmp_path / "gone")
    assert find_interpreter(project, environ=environ) == Interpreter(above, ".venv")
    above.rename(tmp_path / "gone-too")
    assert find_interpreter(project, environ=environ) == Interpreter(on_path, "PATH")
    environ["PATH"] = ""
    assert find_interpreter(project, environ=environ) == Interpreter(Path(sys.base_prefix), "base interpreter")


@pytest.mark.parametrize("setting", ["env", "./env", "env/bin/python", "env/bin/python3"])
def test_the_setting_may_be_relative_or_the_python_itself(project: Path, setting: str) -> None:
    venv(project / "env")

    assert find_interpreter(project, setting=setting, environ={}).sys_prefix.resolve() == project / "env"


def test_a_setting_that_names_nothing_falls_through(project: Path, tmp_path: Path) -> None:
    active = venv(tmp_path / "active")

    found = find_interpreter(project, setting="/nowhere", environ={"VIRTUAL_ENV": str(active)})

    assert found == Interpreter(active, "VIRTUAL_ENV")


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="Punie runs in no virtual environment here")
def test_the_environment_of_punie_itself_is_not_the_project_s(project: Path, tmp_path: Path) -> None:
    on_path = venv(tmp_path / "path")
    environ = {"VIRTUAL_ENV": sys.prefix, "PATH": f"{sys.prefix}/bin:{on_path}/bin"}

    assert find_interpreter(project, environ=environ) == Interpreter(on_path, "PATH")
    assert find_interpreter(project, setting=sys.prefix, environ=environ).source == "setting"
    assert child_environ({"VIRTUAL_ENV": sys.prefix, "A": "1"}) == {"A": "1"}


def test_a_python_on_the_path_is_asked_for_its_prefix(project: Path, tmp_path: Path) -> None:
    shim = tmp_path / "shims" / "python3"
    shim.parent.mkdir()
    shim.write_text(f"#!/bin/sh\nprintf {tmp_path}/real\n")
    shim.chmod(0o755)

    found = find_interpreter(project, environ={"PATH": f"{shim.parent}:/usr/bin:/bin"})

    assert found == Interpreter(tmp_path / "real", "PATH")


def test_a_broken_python_on_the_path_is_not_taken(project: Path, tmp_path: Path) -> None:
    shim = tmp_path / "shims" / "python3"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\nexit 1\n")
    shim.chmod(0o755)

    assert find_interpreter(project, environ={"PATH": str(shim.parent)}).source == "base interpreter"


def test_children_keep_the_user_s_environment(tmp_path: Path) -> None:
    environ = {"VIRTUAL_ENV": str(tmp_path), "PYTHONHOME": "/x", "__PYVENV_LAUNCHER__": "/y", "PATH": "/bin"}

    assert child_environ(environ) == {"VIRTUAL_ENV": str(tmp_path), "PATH": "/bin"}


def test_tools_are_taken_from_the_variable_first_and_then_beside_punie() -> None:
    beside = Path(sys.executable).parent / "ruff"

    assert find_tool("ruff", environ={"PUNIE_RUFF": "/opt/ruff"}) == Path("/opt/ruff")
    assert find_tool("ruff", environ={}) == beside


def test_a_tool_that_is_not_beside_punie_is_looked_for_on_the_path(tmp_path: Path) -> None:
    tool = tmp_path / "no-such-tool"
    tool.touch(mode=0o755)

    assert find_tool("no-such-tool", environ={"PATH": str(tmp_path)}) == tool
    assert find_tool("no-such-tool", environ={"PATH": ""}) is None


def test_ty_is_told_the_prefix() -> None:
    assert ty_settings(Interpreter(Path("/env"), "setting")) == {
        "pythonExtension": {"activeEnvironment": {"executable": {"sysPrefix": "/env"}}}
    }
