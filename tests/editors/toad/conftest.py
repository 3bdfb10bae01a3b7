"""A Toad for each test, on a small shop, with a model that says what the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import make_project
from tests.editors.programs import REQUIRED
from tests.editors.toad.driver import APP, NoPython, Toad, open_toad, toad_program
from tests.model_server import ModelServer


@pytest.fixture(scope="session")
def program() -> Path:
    """Toad itself, installed by `tests/editors/setup`. It needs a Python newer than ours: where there is none, not even
    `PUNIE_EDITORS=required` can ask for it."""
    try:
        found = toad_program()
    except NoPython as error:
        pytest.skip(str(error))
    if not found.exists():
        why = "Toad is not installed: run tests/editors/setup"
        pytest.fail(why) if REQUIRED else pytest.skip(why)
    return found


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """The model that answers when the builtin planner does not."""
    with ModelServer() as server:
        yield server


@pytest.fixture
def app(tmp_path: Path, model: ModelServer) -> Path:
    """A file of a project, with a problem, emoji and Windows line ends."""
    root = tmp_path / "shop"
    root.mkdir()
    make_project(root)
    (root / "punie.toml").write_text(f'model = ["builtin", "{model.spec}"]\n')
    path = root / "app.py"
    path.write_bytes(APP.replace("\n", "\r\n").encode())
    return path


@pytest.fixture
def toad(program: Path, app: Path, tmp_path: Path) -> Iterator[Toad]:
    """Toad, connected to Punie."""
    home = tmp_path / "home"
    home.mkdir()
    with open_toad(program, home, app.parent) as toad:
        yield toad
