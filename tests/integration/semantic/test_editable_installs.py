"""The copy that tests run in wins on the import path over an editable install of the original, however it is made."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from punie_semantic.editable import editable_paths
from punie_semantic.environment import Interpreter
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.testing import pytest_run
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.projects import snapshot

PYPROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "shop"
version = "1.0"

[tool.hatch.build]
dev-mode-exact = {exact}

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""
TEST = """import os
import subprocess
import sys

import shop
from shop.prices import price


def test_price():
    assert price("abc") == 30
    assert os.getcwd() in shop.__file__


def test_a_program_of_its_own():
    code = "import shop.prices; print(shop.prices.price('ab'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd="/")
    assert done.stdout == "20\\n"
"""


def install(root: Path, environment: Path) -> None:
    """`pip install -e` into an environment that has pytest by a path file."""
    site = next((environment / "lib").glob("python*/site-packages"))
    (site / "pytest_of_ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--prefix", str(environment), "-e", str(root)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def plain_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.usefixtures("plain_plugins")
@pytest.mark.parametrize("exact", ["false", "true"], ids=["path file", "import finder"])
@pytest.mark.parametrize("package", ["src/shop", "shop", "lib/python/shop"])
async def test_edits_are_seen_over_an_editable_install(project: Project, exact: str, package: str) -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": PYPROJECT.format(exact=exact, package=package),
        f"{package}/__init__.py": "",
        f"{package}/prices.py": "def price(name):\n    return len(name)\n",
        "tests/test_prices.py": TEST,
    }
    root = project(files)
    install(root, root / ".venv")
    before = snapshot(root)
    async with Workspace.open(root, trusted=True) as workspace:
        unedited = await pytest_run(workspace, "tests")
        await edit_file(workspace, f"{package}/prices.py", "len(name)", "len(name) * 10")
        edited = await pytest_run(workspace, "tests/test_prices.py::test_price")

    assert (unedited.passed, unedited.failed) == (0, 2), unedited
    assert (edited.passed, edited.failures) == (1, []), edited
    assert snapshot(root) == before


@pytest.mark.usefixtures("plain_plugins")
async def test_programs_that_tests_start_see_a_plain_editable_install_in_the_copy(project: Project) -> None:
    root = project(
        {
            "pyproject.toml": PYPROJECT.format(exact="false", package="src/shop"),
            "src/shop/__init__.py": "",
            "src/shop/prices.py": "def price(name):\n    return len(name)\n",
            "tests/test_prices.py": TEST,
        }
    )
    install(root, root / ".venv")
    async with Workspace.open(root, trusted=True) as workspace:
        await edit_file(workspace, "src/shop/prices.py", "len(name)", "len(name) * 10")
        result = await pytest_run(workspace, "tests")

    assert (result.passed, result.failures) == (2, [])


FINDER = """import sys
MAPPING: dict[str, str] = {{'shop': {package!r}, 'other': '/nowhere/other'}}
NAMESPACES: dict[str, list[str]] = {{}}

from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path


class _EditableFinder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname not in MAPPING:
            return None
        init = Path(MAPPING[fullname], "__init__.py")
        return spec_from_file_location(fullname, str(init)) if init.exists() else None


def install():
    sys.meta_path.append(_EditableFinder)
"""


@pytest.mark.usefixtures("plain_plugins")
async def test_a_finder_that_maps_a_package_to_a_folder_of_another_name(project: Project) -> None:
    root = project(
        {
            "code/__init__.py": "",
            "code/prices.py": "def price(name):\n    return len(name)\n",
            "tests/test_prices.py": "from shop.prices import price\n\ndef test_price():\n    assert price('a') == 10\n",
        }
    )
    site = next((root / ".venv" / "lib").glob("python*/site-packages"))
    (site / "pytest_of_ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (site / "__editable___shop_1_finder.py").write_text(FINDER.format(package=str(root / "code")))
    (site / "__editable__.shop-1.pth").write_text(
        "import __editable___shop_1_finder; __editable___shop_1_finder.install()\n"
    )
    async with Workspace.open(root, trusted=True) as workspace:
        await edit_file(workspace, "code/prices.py", "len(name)", "len(name) * 10")
        result = await pytest_run(workspace, "tests")

    assert (result.passed, result.failures) == (1, [])


def test_where_editable_installs_look(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "src" / "shop").mkdir(parents=True)
    (root / "lib" / "py" / "a" / "b").mkdir(parents=True)
    site = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (site / "a.pth").write_text(f"# shop\nimport os; os.x()\n{root / 'src'}\n/nowhere/else\nrelative\n\0\n")
    mapping = {"a.b": str(root / "lib/py/a/b"), "c": str(root / "d")}
    (site / "__editable___x_finder.py").write_text(
        f"import sys\nMAPPING: dict[str, str] = {mapping}\nNAMESPACES = {{}}\n"
    )

    assert editable_paths(root, Interpreter(tmp_path / "env", "test")) == [root / "src", root / "lib" / "py"]
