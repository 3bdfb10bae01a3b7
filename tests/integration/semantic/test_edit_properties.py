"""Random edits leave all other bytes alone; random renames keep the bookshop as it is."""

from __future__ import annotations

import asyncio
import codecs
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import punie_ls.demo
from punie_semantic.checking import Findings
from punie_semantic.exceptions import EditError
from punie_semantic.outlines import Located, outline
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.symbol_edits import Where, insert_at_symbol, rename_symbol, replace_symbol
from punie_semantic.workspace import Workspace

BOOKSHOP = Path(punie_ls.demo.__file__).parent / "bookshop"
RENAMES = 12
BESIDE: tuple[Where, ...] = ("before", "after")
ANYWHERE: tuple[Where, ...] = (*BESIDE, "body_start", "body_end")
SEED = 20

LINES = st.lists(
    st.tuples(
        st.sampled_from(["a = '📚'", "價 = 1", "\tb", "", "\f", "# é", "x = 1  "]), st.sampled_from(["\n", "\r\n"])
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(LINES, st.booleans(), st.booleans(), st.data())
def test_an_edit_leaves_all_other_bytes_alone(
    lines: list[tuple[str, str]], bom: bool, final_newline: bool, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    new = data.draw(st.sampled_from(["new = '✏️'", "one\ntwo\r\nthree", "", "\tindented"]))
    parts = [f"{line}{end}".encode() for line, end in lines]
    marked = f"unique = '鍵'{lines[at][1]}".encode()
    parts[at] = marked if final_newline or at + 1 < len(lines) else marked.rstrip(b"\r\n")
    head = (codecs.BOM_UTF8 if bom else b"") + b"".join(parts[:at])
    tail = parts[at].removeprefix("unique = '鍵'".encode()) + b"".join(parts[at + 1 :])

    written = asyncio.run(_edited(head + b"unique = '\xe9\x8d\xb5'" + tail, "unique = '鍵'", new))

    assert written.startswith(head)
    assert written.endswith(tail)
    middle = written[len(head) : len(written) - len(tail)].decode()
    assert middle.replace("\r\n", "\n") == new.replace("\r\n", "\n")


async def _edited(content: bytes, old: str, new: str) -> bytes:
    """The bytes that a file would have on disk after an edit."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.py").write_bytes(content)
        async with Workspace.open(folder) as workspace:
            await edit_file(workspace, "a.py", old, new)
            change = workspace.overlay.changes()[0]
            return change.source.encode(change.text)


async def test_edits_at_random_symbols_touch_nothing_else(tmp_path: Path) -> None:
    shutil.copytree(BOOKSHOP, tmp_path / "shop")
    chosen = random.Random(SEED)
    async with Workspace.open(tmp_path / "shop") as workspace:
        symbols = [s for s in await _symbols(workspace) if s.kind in ("class", "function", "method")]
        for symbol in chosen.sample(symbols, 20):
            number = workspace.overlay.checkpoint()
            before = workspace.overlay.text(symbol.file)
            file = symbol.file.relative_to(workspace.root).as_posix()
            one_line = symbol.range["start"]["line"] == symbol.range["end"]["line"]
            where = chosen.choice(BESIDE if one_line else ANYWHERE)
            inserted = await insert_at_symbol(workspace, symbol.qualified_name, where, "if True:\n  mark = '📚'", file)
            added = workspace.overlay.text(symbol.file)
            workspace.overlay.rollback(number)
            lines = before.splitlines(keepends=True)
            own = "".join(lines[symbol.range["start"]["line"] : symbol.range["end"]["line"] + 1])
            replaced = await replace_symbol(workspace, symbol.qualified_name, own, file)

            assert [line for line in added.splitlines() if "mark" not in line and "if True" not in line] == (
                before.splitlines()
            )
            assert inserted.syntax_error == replaced.syntax_error == ""
            assert replaced.changed is False


async def test_random_renames_keep_the_bookshop_as_it_is(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(BOOKSHOP, root)
    tests_before = await asyncio.to_thread(_outcomes, root)
    chosen = random.Random(SEED)
    async with Workspace.open(root) as workspace:
        problems = [_kinds(f) for f in await _findings(workspace)]
        symbols = [s for s in await _symbols(workspace) if "tests" not in s.file.parts]
        renamed = 0
        for symbol in chosen.sample(symbols, len(symbols)):
            if renamed == RENAMES or symbol.name.startswith("__"):
                continue
            try:
                await rename_symbol(
                    workspace,
                    f"{symbol.name}_é",
                    path=symbol.file.relative_to(root).as_posix(),
                    line=symbol.position["line"] + 1,
                    column=symbol.position["character"] + 1,
                )
                renamed += 1
            except (EditError, LookupError):
                continue

        assert renamed == RENAMES
        assert [_kinds(f) for f in await _findings(workspace)] == problems
        for change in workspace.overlay.changes():
            change.path.write_bytes(change.source.encode(change.text))
    assert await asyncio.to_thread(_outcomes, root) == tests_before


async def _symbols(workspace: Workspace) -> list[Located]:
    found = [s for file in sorted(workspace.files.paths) for s in await outline(workspace, file)]
    names = [s.qualified_name for s in found]
    return [s for s in found if names.count(s.qualified_name) == 1]


async def _findings(workspace: Workspace) -> list[Findings]:
    return [await workspace.checker.by_ty(file) for file in sorted(workspace.files.paths)]


def _kinds(findings: Findings) -> list[str]:
    assert findings.unknown == ()
    return [d.code for d in findings.problems]


def _outcomes(root: Path) -> list[str]:
    """The outcome of each of the bookshop's tests, in order."""
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-p", "no:randomly", "tests"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env={"PYTHONPATH": "src"})
    found = [line.split(" ")[:2] for line in done.stdout.splitlines() if "::" in line and "%]" in line]
    assert found, done.stdout + done.stderr
    return [" ".join(line) for line in found]
