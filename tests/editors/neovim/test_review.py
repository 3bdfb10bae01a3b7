"""Edits reviewed hunk by hunk: what is accepted is re-checked and applied, what is rejected is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors.neovim.conftest import APP
from tests.editors.neovim.driver import Neovim, start_neovim
from tests.model_server import ModelServer, Reply, call, say

BOTH = call(
    "run_code",
    code="edit_file('app.py', 'f\"done\"', '\"done\"')\nedit_file('app.py', 'f\"again\"', '\"again\"')",
)
FIRST = APP.replace('f"done"', '"done"')
SECOND = APP.replace('f"again"', '"again"')
ALL = FIRST.replace('f"again"', '"again"')


def text(neovim: Neovim, path: Path) -> str:
    """A file's text as its buffer has it."""
    return "\n".join(neovim.lua("return vim.api.nvim_buf_get_lines(vim.fn.bufnr(...), 0, -1, false)", str(path))) + "\n"


def propose(neovim: Neovim, model: ModelServer) -> list[str]:
    """Let the agent propose two edits in one file; gives the review."""
    model.add(BOTH, say("I removed the prefixes."))
    neovim.ex("Punie! ask Tidy app.py")
    return neovim.wait_question("@@")


def marks(neovim: Neovim) -> list[str]:
    """What stands beside the hunks."""
    return neovim.lua(
        "local space = vim.api.nvim_get_namespaces()['punie.review']\n"
        "local found = {}\n"
        "for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do\n"
        "  if mark[4].virt_text then found[#found + 1] = vim.trim(mark[4].virt_text[1][1]) end\n"
        "end\n"
        "return found"
    )


def test_the_review_shows_what_would_change(neovim: Neovim, app: Path, model: ModelServer) -> None:
    lines = propose(neovim, model)

    assert lines[0] == "app.py (+2 -2). Re-checked by ty and ruff: nothing new is reported."
    assert "app.py" in lines
    assert '-print("🚀 世界", f"done")' in lines
    assert '+print("🚀 世界", "done")' in lines
    assert marks(neovim) == ["✓ accepted  1/2", "✓ accepted  2/2"]
    assert neovim.statusline().endswith(": your answer?")
    neovim.keys("q")
    neovim.wait_idle()
    assert text(neovim, app) == APP


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("<CR>", ALL),
        ("]c<Space><CR>", FIRST),
        ("<Space><CR>", SECOND),
        ("x<Space><CR>", FIRST),
        ("x]c<Space><CR>", SECOND),
        ("x<CR>", APP),
        ("xa<CR>", ALL),
        ("q", APP),
        ("<Esc>", APP),
        (":quit<CR>", APP),
    ],
)
def test_accepting_and_rejecting(neovim: Neovim, app: Path, model: ModelServer, keys: str, wanted: str) -> None:
    propose(neovim, model)

    neovim.keys(keys)
    neovim.wait_idle()

    assert text(neovim, app) == wanted
    assert neovim.question() == []
    assert neovim.lua("return vim.bo[vim.fn.bufnr(...)].fileformat", str(app)) == "dos"
    outcome = "Applied." if wanted != APP else "Rejected; nothing was changed."
    neovim.wait_panel(f"**{outcome}**")


def test_a_part_is_undone_and_made_again(neovim: Neovim, app: Path, model: ModelServer) -> None:
    propose(neovim, model)
    neovim.keys("<Space><CR>")
    neovim.wait_until(lambda: text(neovim, app) == SECOND)
    neovim.wait_idle()
    neovim.keys("q")

    neovim.ex("Punie undo")
    neovim.wait_until(lambda: text(neovim, app) == APP)
    neovim.ex("Punie redo")
    neovim.wait_until(lambda: text(neovim, app) == SECOND)


def test_a_part_that_breaks_something_is_not_applied(neovim: Neovim, app: Path, model: ModelServer) -> None:
    code = "edit_file('app.py', 'def first', 'def renamed')\nedit_file('app.py', 'f\"again\"', 'renamed()')"
    model.add(call("run_code", code=code), say("Renamed."))
    neovim.ex("Punie! ask Rename first")
    neovim.wait_question("@@")

    neovim.keys("<Space><CR>")

    neovim.wait_said("do not re-check clean, so nothing was applied")
    assert text(neovim, app) == APP


def test_a_new_file_is_one_hunk(neovim: Neovim, app: Path, project: Path, model: ModelServer) -> None:
    """It is made in the editor, to be saved by the user."""
    code = "write_file('made 🚀.py', 'x = 1\\n\\ny = 2\\n')\nedit_file('app.py', 'f\"done\"', '\"done\"')"
    model.add(call("run_code", code=code), say("Made."))
    neovim.ex("Punie! ask Make a file")

    lines = neovim.wait_question("@@")
    files = [line for line in lines if line in ("app.py", "made 🚀.py (new file)")]
    assert sorted(files) == ["app.py", "made 🚀.py (new file)"]
    neovim.keys("x" + "]c" * files.index("made 🚀.py (new file)") + "<Space><CR>")
    neovim.wait_idle()

    neovim.wait_panel("**Applied.**")
    neovim.wait_said("changed, but not saved: made 🚀.py. :wall saves them.")
    assert text(neovim, project / "made 🚀.py") == "x = 1\n\ny = 2\n"
    assert text(neovim, app) == APP


def test_typing_before_the_answer(neovim: Neovim, app: Path, model: ModelServer) -> None:
    propose(neovim, model)
    neovim.lua("vim.api.nvim_buf_set_lines(vim.fn.bufnr(...), 0, 0, false, { '# typed' })", str(app))

    neovim.keys("<CR>")

    # The server says it, or Neovim, when the server has not heard of the change yet.
    neovim.wait_said("app.py changed meanwhile")
    assert text(neovim, app) == "# typed\n" + APP


def test_unsaved_text_is_what_is_edited(neovim: Neovim, app: Path, model: ModelServer) -> None:
    neovim.lua("vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# 🚀 not saved' })")

    propose(neovim, model)
    neovim.keys("<CR>")
    neovim.wait_idle()

    assert text(neovim, app) == "# 🚀 not saved\n" + ALL
    assert app.read_bytes() == APP.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("option", ["readonly", "nomodifiable"])
def test_a_read_only_buffer(neovim: Neovim, app: Path, model: ModelServer, option: str) -> None:
    propose(neovim, model)
    name = option.removeprefix("no")
    neovim.lua("vim.bo[vim.fn.bufnr((...)[1])][(...)[2]] = (...)[3]", [str(app), name, option == "readonly"])

    neovim.keys("<CR>")

    neovim.wait_said(f"('{option}')")
    assert text(neovim, app) == APP
    neovim.lua("vim.bo[vim.fn.bufnr((...)[1])][(...)[2]] = (...)[3]", [str(app), name, option != "readonly"])


def test_a_question_waits_until_typing_ends(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(BOTH, Reply(text="I removed the prefixes. " * 4, size=8, hold=9))
    neovim.ex("Punie! ask Tidy app.py")
    neovim.wait_panel("I removed")
    neovim.keys("q")
    neovim.wait_lua("return vim.bo.buftype == ''")
    neovim.keys("Gi")
    neovim.wait_lua("return vim.api.nvim_get_mode().mode == 'i'")

    model.release()
    neovim.wait_said("a question waits until you are back in Normal mode")
    assert neovim.question() == []
    neovim.keys("<Esc>")

    neovim.wait_question("@@")
    neovim.keys("<CR>")
    neovim.wait_until(lambda: text(neovim, app) == ALL)


def test_stopping_withdraws_the_review(neovim: Neovim, app: Path, model: ModelServer) -> None:
    propose(neovim, model)

    neovim.ex("Punie stop")

    neovim.wait_until(lambda: neovim.question() == [])
    neovim.wait_idle()
    assert text(neovim, app) == APP
    assert ":" not in neovim.statusline().partition("127.0.0.1:")[2]


def test_one_question_for_all(project: Path, tmp_path: Path, model: ModelServer) -> None:
    path = project / "app.py"
    path.write_text(APP)
    with start_neovim(tmp_path, project, more="vim.g.punie = { review = false }") as neovim:
        neovim.edit(path)
        model.script.replies.clear()
        model.add(BOTH, say("I removed the prefixes."))
        neovim.ex("Punie ask Tidy app.py")

        lines = neovim.wait_question("Apply")
        assert lines[-2:] == [" 1  Apply", " 2  Reject"]
        neovim.keys("1")

        neovim.wait_until(lambda: text(neovim, path) == ALL)
