"""`punie-ls demo` mends what ty or ruff can mend, names the rest, and leaves the bundled project alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from punie_ls.demo.seeds import BOOKSHOP, contents, load_seeds

SCRIPT = Path(sys.executable).parent / "punie-ls"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    root = tmp_path_factory.mktemp("demo") / "bookshop"
    command = [str(SCRIPT), "demo", "--keep", str(root)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False), root


def test_it_succeeds(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, _ = told

    assert (done.returncode, done.stderr) == (0, "")


def test_it_fixes_ten_of_fifteen_and_names_the_rest(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, _ = told

    assert "10 of 15 seeded defects fixed and re-checked" in done.stdout
    assert done.stdout.count("left: Neither ruff nor ty has a fix") >= 3
    assert "would cause" in done.stdout  # ruff's fix for the mutable default, refused by ty


def test_only_files_with_a_mended_defect_changed(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, root = told
    before, after = contents(BOOKSHOP), contents(root)

    changed = {name for name in before if after[name] != before[name]}
    assert before.keys() == after.keys()
    assert changed == {
        "src/bookshop/cart.py",
        "src/bookshop/inventory.py",
        "src/bookshop/models.py",
        "src/bookshop/notifications.py",
        "src/bookshop/orders.py",
        "src/bookshop/reports.py",
        "src/bookshop/search.py",
        "src/bookshop/shipping.py",
        "src/bookshop/storage.py",
    }
    assert b"\r\n" in after["src/bookshop/shipping.py"]
    assert b"\n" not in after["src/bookshop/shipping.py"].replace(b"\r\n", b"")


def test_the_seed_list_names_lines_of_the_bundled_project() -> None:
    lines = {seed: (BOOKSHOP / seed.file).read_text(encoding="utf-8").splitlines() for seed in load_seeds()}

    assert all(0 < seed.line <= len(text) for seed, text in lines.items())
