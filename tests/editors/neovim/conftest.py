"""One Neovim for each module, on a small shop, with a model that says what the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import make_project
from tests.editors.neovim.driver import Neovim, start_neovim
from tests.model_server import ModelServer

APP = """\
from shop import price

print("🚀 世界", f"done")
x = price("👩‍🚀")


def first() -> int:
    return 1


def second() -> int:
    return 2


print("二 🚀", f"again")
"""


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    """The model that answers in this module."""
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def project(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that Neovim is started in."""
    root = make_project(tmp_path_factory.mktemp("shop"))
    (root / "punie.toml").write_text(f'model = "{model.spec}"\n')
    return root


@pytest.fixture(scope="module")
def shared(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    """The module's Neovim."""
    with start_neovim(tmp_path_factory.mktemp("nvim"), project) as neovim:
        yield neovim


@pytest.fixture
def neovim(shared: Neovim, model: ModelServer) -> Neovim:
    """Neovim without what earlier tests have left."""
    model.script.replies.clear()
    model._released.clear()  # an earlier test let its replies go on
    shared.forget()
    return shared


@pytest.fixture
def app(neovim: Neovim, project: Path) -> Path:
    """A file with two problems, emoji and Windows line ends, open and as it is on disk."""
    path = project / "app.py"
    path.write_bytes(APP.replace("\n", "\r\n").encode())
    neovim.edit(path)
    return path
