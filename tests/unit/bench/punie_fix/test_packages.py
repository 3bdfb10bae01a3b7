"""What is measured is what was chosen, and is not installed where it could be looked up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.punie_fix.kinds.table import KINDS
from tests.bench.punie_fix.packages import PACKAGES, REQUIREMENTS, _refuse_measured


def test_enough_is_held_out():
    assert len(KINDS) >= 40
    assert sum(kind.held_out for kind in KINDS.values()) >= 8
    assert len(PACKAGES) >= 6
    assert sum(package.held_out for package in PACKAGES) >= 3


def test_every_package_and_requirement_is_pinned():
    assert all(len(package.sha256) == 64 and "==" in package.name for package in PACKAGES)
    assert all("==" in requirement for requirement in REQUIREMENTS)


def test_an_environment_with_a_measured_package_is_refused(tmp_path: Path):
    (tmp_path / "lib" / "click-8.5.1.dist-info").mkdir(parents=True)
    _refuse_measured(tmp_path)
    (tmp_path / "lib" / "python_dotenv-1.2.4.dist-info").mkdir()
    with pytest.raises(RuntimeError, match="python-dotenv came with the tests' requirements"):
        _refuse_measured(tmp_path)
