"""The commands and programs that README and docs show do what the pages say."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from punie_ls.demo.seeds import copy_bookshop

ROOT = Path(__file__).parents[2]
SCRIPT = Path(sys.executable).parent / "punie-ls"


@pytest.fixture(scope="module")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_bookshop(tmp_path_factory.mktemp("docs") / "bookshop")


def shell_lines(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.S)
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]


def run(bookshop: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(SCRIPT), *arguments]
    return subprocess.run(command, cwd=bookshop, capture_output=True, text=True, timeout=120, check=False)


def test_the_readme_shows_the_make_targets_that_exist() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    shown = [line.removeprefix("make ") for line in shell_lines("README.md") if line.startswith("make ")]

    assert shown == ["demo", "test"]
    assert set(shown) <= set(targets)


def test_the_readme_program_lists_violations(bookshop: Path) -> None:
    line = next(line for line in shell_lines("README.md") if line.startswith("punie-ls run"))
    program = line.partition("'")[2].rpartition("'")[0]

    done = run(bookshop, "run", "-c", program)

    assert (done.returncode, done.stderr) == (0, "")
    assert "src/bookshop/cart.py 7 F401" in done.stdout.splitlines()


def test_the_readme_fix_with_select_and_json(bookshop: Path) -> None:
    done = run(bookshop, "fix", "--select", "F401", "--json")

    assert (done.returncode, done.stderr) == (0, "1 fixed in 1 file(s), not written; use --apply; 0 left.\n")
    assert '"code": "F401"' in done.stdout


def test_the_code_mode_page_program_counts(bookshop: Path) -> None:
    page = (ROOT / "docs" / "code-mode.md").read_text(encoding="utf-8")
    program = page.partition("punie-ls run -c '")[2].partition("\n'\n")[0]

    done = run(bookshop, "run", "-c", program)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "4"


def test_the_fix_as_a_program_on_the_code_mode_page(bookshop: Path) -> None:
    page = (ROOT / "docs" / "code-mode.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    program = program.replace("src/shop.py", "src/bookshop/cart.py").replace("12", "7")

    done = run(bookshop, "run", "-c", program)

    assert (done.returncode, done.stderr) == (0, "")
    assert "-from functools import cached_property" in done.stdout


def test_the_tool_page_is_up_to_date() -> None:
    done = run(ROOT, "tools", "reference", "--check", "docs/tools.md")

    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_on_the_python_page(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    root = copy_bookshop(tmp_path / "bookshop")

    command = [sys.executable, "-P", "-c", page.partition("```python\n")[2].partition("```")[0]]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    first, second, *files = done.stdout.splitlines()
    assert first.startswith("clean ")
    assert second.startswith("clean ")
    assert "src/bookshop/money.py" in files
    assert "def parse(" in (root / "src" / "bookshop" / "money.py").read_text(encoding="utf-8")


def test_the_calls_on_the_python_page(bookshop: Path) -> None:
    page = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    for line in page.partition("```sh\n")[2].partition("```")[0].splitlines():
        done = run(bookshop, *shlex.split(line)[1:])

        assert (done.returncode, done.stderr) == (0, "")
        assert "find_references" in done.stdout or '"locations"' in done.stdout
