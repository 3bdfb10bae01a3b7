"""`punie-ls fix --apply`: each file is one transaction; whatever ends the run keeps what is done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sysconfig
import time
from pathlib import Path

import pytest

from tests.e2e.fix.conftest import Files, Fix
from tests.integration.cli.conftest import SCRIPT
from tests.integration.semantic.projects import snapshot

pytestmark = pytest.mark.timeout(600)  # several processes, on a machine that may be busy


def slow(functions: int) -> str:
    """A file that takes long to fix."""
    lines = "def value_{0}(number: int) -> int:\n    return number\n\n\nprint(valu_{0}(1))\n"
    return "".join(lines.format(number) for number in range(functions))


SLOW, SLOWER = slow(40), slow(200)


def test_each_file_is_a_transaction_and_imported_ones_come_first(files: Files, fix: Fix, punie: Fix) -> None:
    root = files({"app.py": "import os\nimport shop\nprint(shop.x)\n", "shop.py": "x = f'a'\n"})
    before = snapshot(root)

    done = fix("--apply", "--diff")

    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("2 fixed in 2 file(s), written; 0 left.\n")
    assert done.out.index("+++ b/shop.py") < done.out.index("+++ b/app.py")
    listed = json.loads(punie("history", "--json").out)
    assert [t["title"] for t in listed] == ["punie-ls fix: 1 problem in app.py", "punie-ls fix: 1 problem in shop.py"]
    assert punie("undo").code == punie("undo").code == 0
    assert snapshot(root) == before


def test_two_problems_with_one_fix_and_two_on_one_line(files: Files, fix: Fix) -> None:
    root = files(
        {"app.py": "import os, sys\n\n\ndef total(items: list[int]) -> int:\n    return sum(items)\n\n\ntotl([1])\n"}
    )

    done = fix("--apply")

    assert done.code == 0
    assert (root / "app.py").read_text().endswith("\n\n\ntotal([1])\n")
    assert "import" not in (root / "app.py").read_text()


def test_what_is_not_likely_enough_is_left(files: Files, fix: Fix) -> None:
    root = files({"app.py": 'y: int = "one"\n'})

    done = fix("--apply", "--confidence", "1")

    assert done.code == 1
    assert "app.py:1:10: invalid-assignment left: " in done.out
    assert (root / "app.py").read_text() == 'y: int = "one"\n'


def test_a_fix_that_breaks_a_test_is_left(files: Files, fix: Fix, environ: dict[str, str]) -> None:
    """`== None` and `is None` are not the same for everything."""
    app = "class Void:\n    def __eq__(self, other):\n        return True\n\n\ndef empty(x):\n    return x == None\n"
    test = "from app import Void, empty\n\n\ndef test_void():\n    assert empty(Void())\n"
    root = files({"app.py": app, "test_app.py": test, "conftest.py": ""})
    (packages,) = (root / ".venv" / "lib").glob("*/site-packages")
    (packages / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    unsafe = ("--apply", "--unsafe-fixes", "--confidence", "0.1")

    done = fix(*unsafe, "--tests")

    assert done.code == 1
    assert "E711 left" in done.out
    assert "breaks test_app.py::test_void" in done.out
    assert (root / "app.py").read_text() == app
    assert fix(*unsafe).code == 0
    assert "x is None" in (root / "app.py").read_text()


def test_no_more_fixes_than_wanted(files: Files, fix: Fix) -> None:
    root = files({"a.py": "x = f'a'\ny = f'b'\n", "b.py": "z = f'c'\n"})

    done = fix("--apply", "--most", "1")

    assert done.code == 1
    assert (root / "a.py").read_text() == "x = 'a'\ny = f'b'\n"
    assert (root / "b.py").read_text() == "z = f'c'\n"
    assert "a.py:2:5: F541 left: Not tried: 1 fix was made, and no more were wanted.\n" in done.out
    assert done.out.endswith("1 fixed in 1 file(s), written; 2 left.\n")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_whatever_ends_it_keeps_what_is_done(
    files: Files, punie: Fix, environ: dict[str, str], how: signal.Signals
) -> None:
    root = files({"a.py": "x = f'a'\n", "b.py": SLOWER, "c.py": "y = f'b'\n"})
    process = subprocess.Popen(
        [str(SCRIPT), "fix", "--apply"], cwd=root, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 300
    while (root / "a.py").read_text() != "x = 'a'\n" and time.monotonic() < deadline:
        time.sleep(0.01)

    os.kill(process.pid, how)
    out, err = process.communicate(timeout=300)

    assert (root / "a.py").read_text() == "x = 'a'\n"
    assert (root / "c.py").read_text() == "y = f'b'\n"
    titles = [t["title"] for t in json.loads(punie("history", "--json").out)]
    assert titles[-1] == "punie-ls fix: 1 problem in a.py"
    if how is signal.SIGKILL:
        assert (root / "b.py").read_text() == SLOWER
        return
    assert (process.returncode, err) == (1, b"")
    told = out.decode()
    assert "Stopped early: " in told
    assert "c.py:1:5: F541 left: Not tried: " in told
    fixed = (root / "b.py").read_text().count("print(value_")
    assert f"\n{1 + 2 * fixed} fixed in " in told or f"\n{1 + fixed} fixed in " in told


def test_a_file_that_changes_meanwhile_is_not_overwritten(files: Files, environ: dict[str, str]) -> None:
    root = files({"a.py": SLOW})
    process = subprocess.Popen(
        [str(SCRIPT), "fix", "--apply", "--seconds", "30"],
        cwd=root,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    store = Path(environ["PUNIE_STORE"])
    assert not store.exists()
    time.sleep(0.5)
    (root / "a.py").write_text(f"# mine\n{SLOW}")
    process.communicate(timeout=300)

    assert (root / "a.py").read_text().startswith("# mine\n")
