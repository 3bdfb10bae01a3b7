"""The refactoring tools on real ty: edits go into the overlay, wrong input is told what to do, nothing is half done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator

import pytest

from punie_agent.codemode.runner import open_runner
from punie_agent.codemode.tools import tool_caller
from punie_semantic.exceptions import PathError, PositionError, RefactorError, SourceError
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.tools.refactor import annotate_types, extract_function, extract_variable, inline_variable
from punie_semantic.tools.review import checkpoint, verify_edits
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

CART = """\
import datetime

_VAT = 20


class Cart:
    def total(self, names: list[str], rate: int = 2):
        result = 0
        for name in names:
            result += len("🚀" + name) * rate
        vat = result * _VAT // 100
        return result + vat

    def made(self):
        return datetime.date(2020, 1, 1)
"""


@pytest.fixture
async def shop(project: Project) -> AsyncGenerator[Workspace]:
    files: dict[str, str | bytes] = {
        "cart.py": CART,
        "other.py": "import cart\n\n\nclass Other(cart.Cart):\n    def _extracted(self) -> None: ...\n",
        "uses.py": "_SHARED = 1\n\n\ndef f():\n    return _SHARED\n",
        "patch.py": "TARGET = 'uses._SHARED'\n",
        "wrong.py": "def f(:\n    return a.b\n",
        "binary.py": b"\xff\xfe\x00",
    }
    async with Workspace.open(project(files)) as workspace:
        yield workspace


async def test_a_variable(shop: Workspace) -> None:
    start = await checkpoint(shop)

    result = await extract_variable(shop, "cart.py", 10, 23, 39, name="length")

    assert result.name == "length"
    assert result.changed
    assert result.diff == (
        "--- a/cart.py\n+++ b/cart.py\n@@ -8,5 +8,6 @@\n         result = 0\n         for name in names:\n"
        '-            result += len("🚀" + name) * rate\n+            length = len("🚀" + name)\n'
        "+            result += length * rate\n         vat = result * _VAT // 100\n         return result + vat\n"
    )
    assert (shop.root / "cart.py").read_text() == CART
    assert (await verify_edits(shop, start)).state == "clean"


async def test_a_function_with_the_types_of_its_parameters_and_result(shop: Workspace) -> None:
    result = await extract_function(shop, "cart.py", 9, 10, name="summed")

    assert "+def summed(names: list[str], result: int, rate: int) -> int:\n" in result.diff
    assert "+        result = summed(names, result, rate)\n" in result.diff


async def test_a_method_name_of_a_subclass_in_another_file_is_not_taken(shop: Workspace) -> None:
    start = await checkpoint(shop)

    shop.overlay.write(shop.overlay.resolve("cart.py"), "class Cart:\n    def f(self):\n        print(self)\n")
    assert (await extract_function(shop, "cart.py", 3, 3)).name == "_extracted_2"
    shop.overlay.rollback(start)
    shop.overlay.write(shop.overlay.resolve("cart.py"), "class Cart:\n    def f(self):\n        print(self)\n")
    with pytest.raises(RefactorError, match=r"other\.py uses the name _extracted"):
        await extract_function(shop, "cart.py", 3, 3, name="_extracted")


async def test_a_variable_is_inlined(shop: Workspace) -> None:
    result = await inline_variable(shop, "cart.py", 11, 9)

    assert result.name == "vat"
    assert "+        return result + result * _VAT // 100\n" in result.diff


async def test_a_private_constant_that_no_other_file_mentions(shop: Workspace) -> None:
    result = await inline_variable(shop, "cart.py", 3, 1)

    assert "+        vat = result * 20 // 100\n" in result.diff


async def test_a_private_constant_that_another_file_mentions_stays(shop: Workspace) -> None:
    with pytest.raises(RefactorError, match=r"patch\.py mentions _SHARED too"):
        await inline_variable(shop, "uses.py", 1, 1)

    assert shop.overlay.state == {}


async def test_inferred_types(shop: Workspace) -> None:
    assert "-> int:" in (await annotate_types(shop, "cart.py", 7)).diff
    assert "vat: int = result" in (await annotate_types(shop, "cart.py", 11, 9)).diff


async def test_a_type_is_imported(shop: Workspace) -> None:
    result = await annotate_types(shop, "cart.py", 14)

    assert "date:\n" in result.diff
    start = await checkpoint(shop)
    assert (await verify_edits(shop, start)).introduced == []


async def test_what_ty_does_not_know_is_not_annotated(shop: Workspace) -> None:
    shop.overlay.write(shop.overlay.resolve("cart.py"), "def f(a):\n    return a.b\n")
    before = shop.overlay.state

    with pytest.raises(RefactorError, match="ty infers Unknown for f"):
        await annotate_types(shop, "cart.py", 1)

    assert shop.overlay.state == before


@pytest.mark.parametrize(
    ("path", "line", "start", "end", "error", "message"),
    [
        ("cart.py", 99, 1, 2, PositionError, "line 99 does not exist"),
        ("cart.py", 3, 1, 99, PositionError, "column 99 is not in it"),
        ("cart.py", 3, 1, 3, RefactorError, "not a whole expression"),
        ("wrong.py", 2, 12, 15, RefactorError, "syntax error"),
        ("gone.py", 1, 1, 2, PathError, "does not exist"),
        ("binary.py", 1, 1, 2, SourceError, "binary.py"),
        ("../out.py", 1, 1, 2, PathError, "outside the workspace"),
    ],
)
async def test_wrong_input(
    shop: Workspace, path: str, line: int, start: int, end: int, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        await extract_variable(shop, path, line, start, end)

    assert shop.overlay.state == {}


async def test_a_syntax_error_in_another_file_does_not_matter(shop: Workspace) -> None:
    result = await extract_variable(shop, "cart.py", 10, 23, 39)

    assert result.changed


async def test_a_read_only_file_stays(shop: Workspace) -> None:
    (shop.root / "cart.py").chmod(0o444)

    with pytest.raises(PathError, match="read-only"):
        await extract_variable(shop, "cart.py", 10, 23, 39)


async def test_a_program_calls_them(shop: Workspace) -> None:
    program = 'edit = extract_variable("cart.py", 10, 23, 39, name="length")\n[edit.name, edit.changed]'
    async with open_runner(render_stubs(), TOOLS) as runner:
        done = await runner.run(program, tool_caller(shop, lambda event: None))

    assert done.value == ["length", True]


@pytest.mark.parametrize("module", ["punie_ls.server.main", "punie_ls.cli.app", "punie_semantic.registry"])
def test_libcst_loads_when_it_is_needed_only(module: str) -> None:
    code = f"import sys, {module}; print('libcst' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
