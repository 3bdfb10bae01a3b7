"""`punie-ls demo` mends what ty and ruff see, names the rest, and leaves the bundled project alone."""

from __future__ import annotations

import re
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


def test_it_fixes_all_that_ty_and_ruff_see(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, _ = told

    assert "14 of 15 seeded defects fixed and re-checked" in done.stdout
    assert "1 is left and named above" in done.stdout


def test_a_slip_has_two_fixes_with_their_evidence(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, _ = told
    words = " ".join(done.stdout.split())

    assert "Fix with Punie: Change Home to home (preferred) Fix with Punie: Change home to Home where it is" in words
    assert "Change Home to home: " in words
    assert "Change home to Home where it is bound: " in words
    assert "nothing new in 1 file" in words
    assert "Not offered: “Change Home to HOME” would cause " in words
    assert re.search(r"The first is chosen, made and re-checked in \d+ ms\. Why: `home` is in scope", words)


def test_only_files_with_a_mended_defect_changed(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, root = told
    before, after = contents(BOOKSHOP), contents(root)

    changed = {name for name in before if after[name] != before[name]}
    assert before.keys() == after.keys()
    assert changed == {
        "src/bookshop/cart.py",
        "src/bookshop/catalog.py",
        "src/bookshop/cli.py",
        "src/bookshop/inventory.py",
        "src/bookshop/models.py",
        "src/bookshop/notifications.py",
        "src/bookshop/orders.py",
        "src/bookshop/payments.py",
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
