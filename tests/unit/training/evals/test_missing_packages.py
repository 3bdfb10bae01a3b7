"""Without the extra `train` the verbs say what to install."""

from __future__ import annotations

import subprocess
import sys

import pytest

_WITHOUT = """
import importlib.abc, importlib.util, sys
class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == {package!r} else find_spec(name, package)
"""
_VERB = "from punie_ls.cli.training.eval import eval_app\neval_app(['--model', 'builtin'])\n"
_API = "from punie_training.evals import {name}\n"


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("package", "shown"), [("pydantic_evals", "pydantic-evals"), ("yaml", "pyyaml")])
def test_the_verb(package: str, shown: str) -> None:
    done = _run(_WITHOUT.format(package=package) + _VERB)

    assert done.returncode == 2
    assert done.stderr == (
        f"punie-ls: {shown} is not installed, which training needs: pip install 'punie-ls[train]'.\n"
    )


@pytest.mark.parametrize(("package", "name"), [("pydantic_evals", "evaluate"), ("yaml", "load_suite")])
def test_the_functions(package: str, name: str) -> None:
    done = _run(_WITHOUT.format(package=package) + _API.format(name=name))

    assert "MissingExtra: " in done.stderr
    assert "pip install 'punie-ls[train]'" in done.stderr
