"""Sample projects in temporary folders, and editors on them."""

from __future__ import annotations

import os
import shlex
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.editor import PUNIE_LS, Editor, start_editor
from tests.model_server import ModelServer

F541_TEXT = 'print("🚀 世界", f"done")\n'

PYPROJECT = """\
[project]
name = "sample"
version = "0.1.0"
requires-python = ">=3.11"

[tool.ruff.lint]
select = ["E4", "E7", "E9", "F", "I", "UP"]
"""


@pytest.fixture(autouse=True, scope="session")
def no_user_configuration(tmp_path_factory: pytest.TempPathFactory) -> None:
    """ty, ruff and Punie would read the configuration, and the sessions, of whoever runs the tests."""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))


def make_project(root: Path) -> Path:
    """A small project that leaves its Python environment to discovery."""
    root = root.resolve()
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "shop.py").write_text(
        "def price(name: str) -> int:\n    return len(name)\n\n\ndef total(names: list[str]) -> int:\n"
        "    return sum(price(name) for name in names)\n"
    )
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return make_project(folder)


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    """A model whose answers are scripted, for all tests of a module."""
    with ModelServer() as server:
        yield server


Write = Callable[[str, str], Path]


@pytest.fixture
def write(project: Path) -> Write:
    """Write a file of the project, its line ends as given."""

    def write_file(name: str, text: str) -> Path:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    return write_file


class Gate:
    """A ruff that does not answer `ruff check` while the gate is shut; as a server it always does."""

    def __init__(self, folder: Path) -> None:
        self._lock = folder / "shut"
        program = folder / "gated-ruff"
        lock, ruff = shlex.quote(str(self._lock)), shlex.quote(str(PUNIE_LS.with_name("ruff")))
        program.write_text(
            f'#!/bin/sh\n[ "$1" = check ] && while [ -e {lock} ]; do sleep 0.05; done\nexec {ruff} "$@"\n'
        )
        program.chmod(0o755)
        self.environ = {"PUNIE_RUFF": str(program)}

    def shut(self) -> None:
        """Fixes begin, and wait."""
        self._lock.touch()

    def open(self) -> None:
        """What waits goes on."""
        self._lock.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A way to hold a fix in the middle of its work."""
    gate = Gate(tmp_path_factory.mktemp("gate"))
    yield gate
    gate.open()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_editor(gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    """One server for a module, whose ruff can be held at the gate."""
    root = make_project(tmp_path_factory.mktemp("project"))
    async with start_editor(root, environ=gate.environ) as editor:
        yield editor


@pytest_asyncio.fixture(loop_scope="module")
async def editor(shared_editor: Editor, gate: Gate) -> Editor:
    """The client without what earlier tests have left."""
    gate.open()
    shared_editor.progress_reports.clear()
    shared_editor.applied.clear()
    return shared_editor


@pytest.fixture
def uri(editor: Editor, request: pytest.FixtureRequest) -> str:
    """A document of the test's own: what is known of one text is remembered."""
    assert editor.root is not None
    path = editor.root / f"{request.node.name}.py"
    path.write_text(F541_TEXT)
    return editor.open(path)
