"""Each subcommand of :Punie, as a user types it, with what the server then does."""

from __future__ import annotations

from pathlib import Path

from tests.editors.neovim.conftest import APP
from tests.editors.neovim.driver import Neovim
from tests.model_server import ModelServer, call, say

TESTS = """\
from shop import price


def test_passes():
    assert price("a") == 1


def test_fails():
    assert price("🚀") == 2
"""


def write_tests(neovim: Neovim, project: Path) -> Path:
    """Open a file with a test that fails."""
    path = project / "test_shop.py"
    path.write_text(TESTS)
    neovim.edit(path)
    return path


def test_ask_takes_words_and_a_selection(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("A price."))
    neovim.go("price(")
    neovim.keys("v4l:Punie! ask What is “this”,  with two spaces?<CR>")

    neovim.wait_panel("A price.")

    # The client counts in UTF-8, prompts in code points.
    assert "What is “this”,  with two spaces?" in str(model.chats[-1].body["messages"])
    assert "app.py:4:5-4:10" in str(model.chats[-1].body["messages"])


def test_a_selection_of_whole_lines(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("Two lines."))
    neovim.keys("3GVj:Punie! ask What is this?<CR>")

    neovim.wait_panel("Two lines.")

    assert "app.py:3:1-4:17" in str(model.chats[-1].body["messages"])


def test_ask_without_words_asks_for_them(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("Yes."))
    neovim.choose("Is it so?")

    neovim.ex("Punie! ask")

    neovim.wait_panel("## 1. Is it so?")
    assert neovim.asked() == [{"prompt": "Ask Punie: "}]
    neovim.wait_panel("Yes.")


def test_ask_without_an_answer_to_that_does_nothing(neovim: Neovim, app: Path, model: ModelServer) -> None:
    neovim.ex("Punie! ask")

    neovim.wait_until(lambda: neovim.asked() == [{"prompt": "Ask Punie: "}])
    assert neovim.panel() == []


def test_fix_takes_the_only_fix(neovim: Neovim, app: Path) -> None:
    neovim.wait_until(lambda: neovim.codes() == ["Ruff F541", "Ruff F541"], neovim.codes)
    neovim.go('f"done"')

    # A moment after the start there is nothing to be offered yet.
    def fixed() -> bool:
        neovim.ex("Punie fix")
        return 'print("🚀 世界", "done")' in neovim.lines()

    neovim.choose(*["Fix with Punie"] * 50)
    neovim.wait_until(fixed, neovim.lines)
    assert 'print("二 🚀", f"again")' in neovim.lines()


def test_fix_where_nothing_may_be_changed(neovim: Neovim, app: Path) -> None:
    neovim.lua("vim.bo.readonly = true")

    neovim.ex("Punie fix")

    neovim.wait_said("app.py is read-only here ('readonly'), so nothing is fixed.")
    neovim.lua("vim.bo.readonly = false")


def test_fix_file(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie fixFile")

    neovim.wait_question("@@")
    neovim.keys("<CR>")

    neovim.wait_said("2 problems fixed in 1 file. Applied.")
    assert "\n".join(neovim.lines()) + "\n" == APP.replace('f"', '"')


def test_fix_workspace(neovim: Neovim, app: Path, project: Path) -> None:
    (project / "other.py").write_text("import os\n")

    neovim.ex("Punie fixWorkspace")

    lines = neovim.wait_question("@@")
    assert {"app.py", "other.py"} <= set(lines)
    neovim.keys("q")
    neovim.wait_said("Rejected; nothing was changed.")
    assert (project / "other.py").read_text() == "import os\n"
    (project / "other.py").unlink()


def test_explain_the_problem_under_the_cursor(neovim: Neovim, app: Path, model: ModelServer) -> None:
    neovim.wait_until(lambda: neovim.codes() == ["Ruff F541", "Ruff F541"], neovim.codes)
    model.add(say("It has no placeholders."))
    neovim.go('f"done"')

    neovim.ex("Punie! explain")

    neovim.wait_panel("It has no placeholders.")
    # Line 3, after a rocket and two ideographs.
    assert "Explain the code at app.py:3:15-3:22\nRuff F541: " in model.chats[-1].last


def test_explain_the_name_under_the_cursor(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("A function."))
    neovim.go("second()")

    neovim.ex("Punie! explain")

    neovim.wait_panel("A function.")
    assert model.chats[-1].last == "Explain the code at app.py:11:5"


def test_tasks_say_what_came_of_them(neovim: Neovim, app: Path, model: ModelServer) -> None:
    for name, words in {
        "writeDocstring": "Write a docstring for the definition at app.py:11:5",
        "annotateTypes": "Add type annotations to the definition at app.py:11:5",
        "generateTests": "Write tests for the definition at app.py:11:5",
    }.items():
        neovim.go("second()")
        model.add(say(f"Nothing to do for {name}."))
        neovim.ex(f"Punie! {name}")
        neovim.wait_said(f"Nothing to do for {name}.")
        assert model.chats[-1].last == words


def test_refactor_in_words(neovim: Neovim, app: Path, model: ModelServer) -> None:
    code = "edit_file('app.py', 'def second', 'def other')"
    model.add(call("run_code", code=code), say("Renamed."))
    neovim.go("second()")

    neovim.ex("Punie! refactor call it other")

    neovim.wait_question("+def other() -> int:")
    neovim.keys("<CR>")
    neovim.wait_until(lambda: "def other() -> int:" in neovim.lines(neovim.lua("return vim.fn.bufnr(...)", str(app))))
    assert "call it other" in str(model.chats[-1].body["messages"])


def test_run_code(neovim: Neovim, project: Path) -> None:
    path = project / "program.py"
    path.write_text('print("🚀")\n[1, 2]\n')
    neovim.edit(path)

    neovim.keys("ggVG:Punie runCode<CR>")

    neovim.wait_panel("🚀")
    neovim.wait_panel("[1, 2]")
    path.unlink()


def test_tests_ask_first(neovim: Neovim, project: Path) -> None:
    path = write_tests(neovim, project)
    neovim.go('price("🚀")')

    neovim.ex("Punie tests nearest")

    lines = neovim.wait_question("pytest")
    assert "pytest -- test_shop.py::test_fails" in lines
    neovim.keys("4")
    neovim.wait_said("not allowed")
    neovim.ex("Punie tests file")
    neovim.wait_question("pytest -- test_shop.py")
    neovim.keys("1")
    neovim.wait_panel("## test_shop.py::test_fails")
    neovim.wait_said("1 passed, 1 failed.")
    neovim.keys("q")
    neovim.lua("vim.cmd.buffer(vim.fn.bufnr(...))", str(path))
    neovim.wait_until(lambda: "Punie test-failure" in neovim.codes(), neovim.codes)


def test_tests_of_the_project_and_of_one_id(neovim: Neovim, project: Path) -> None:
    write_tests(neovim, project)

    neovim.ex("Punie tests all")
    assert "pytest -- ." in neovim.wait_question("pytest")
    neovim.keys("1")
    neovim.wait_panel("# Run")
    neovim.keys("q")
    neovim.ex("Punie tests test_shop.py::test_passes")
    assert "pytest -- test_shop.py::test_passes" in neovim.wait_question("pytest")
    neovim.keys("<CR>")
    neovim.wait_said("1 passed.")


def test_no_test_above(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie tests nearest")

    neovim.wait_said("there is no test at or above the cursor.")


def test_sessions(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("Kept."))
    neovim.ex("Punie! ask Remember me")
    neovim.wait_panel("*1 request")
    neovim.keys("q")

    neovim.choose("Remember me", "show")
    neovim.ex("Punie sessions")
    neovim.wait_panel("Kept.")
    menu, actions = neovim.asked()
    assert menu["prompt"] == "Which session?"
    assert menu["items"][0].startswith("* Remember me (1 turn, ")
    assert actions == {"prompt": "Remember me", "items": ["resume", "show", "export", "delete"]}

    model.add(say("Another."))
    neovim.ex("Punie! ask Something else")
    neovim.wait_panel("Another.")
    neovim.choose("Remember me")
    neovim.ex("Punie sessions resume")
    neovim.wait_said("“Remember me” goes on")
    neovim.wait_panel("Kept.")
    model.add(say("Gladly."))
    neovim.ex("Punie ask Go on")
    neovim.wait_panel("Gladly.")
    assert "Kept." in str(model.chats[-1].body["messages"])

    session = neovim.lua("return require('punie.conversation').session()")
    neovim.choose("Keep")
    neovim.ex(f"Punie sessions delete {session}")
    neovim.wait_until(lambda: neovim.asked()[-1]["prompt"].endswith("for good?"))
    neovim.choose("Delete")
    neovim.ex(f"Punie sessions delete {session}")
    neovim.wait_said("“Remember me” is deleted.")
    neovim.ex("Punie sessions list")
    neovim.wait_panel("# Sessions")
    assert "Remember me" not in "\n".join(neovim.panel())


def test_model(neovim: Neovim, app: Path, model: ModelServer) -> None:
    neovim.choose("builtin")
    neovim.ex("Punie model")
    neovim.wait_said("answers from now on.")
    neovim.wait_until(lambda: "builtin" in neovim.statusline(), neovim.statusline)

    neovim.ex(f"Punie model {model.spec}")
    neovim.wait_until(lambda: "scripted" in neovim.statusline(), neovim.statusline)


def test_undo_and_redo(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie fixFile")
    neovim.wait_question("@@")
    neovim.keys("<CR>")
    neovim.wait_said("Applied.")

    neovim.ex("Punie undo")
    neovim.wait_until(lambda: "\n".join(neovim.lines()) + "\n" == APP, neovim.lines)
    neovim.wait_said("Undo: Fix app.py with Punie: done.")
    neovim.ex("Punie redo")
    neovim.wait_until(lambda: "\n".join(neovim.lines()) + "\n" == APP.replace('f"', '"'), neovim.lines)


def test_status(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie status")

    neovim.wait_panel("## Running")
    assert neovim.panel()[0].startswith("# Punie ")


def test_stop_when_nothing_runs(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie stop")

    neovim.wait_said("Nothing of Punie is running.")


def test_without_a_subcommand_there_is_a_menu(neovim: Neovim, app: Path) -> None:
    neovim.choose("status")

    neovim.ex("Punie")

    neovim.wait_panel("## Running")
    assert "writeDocstring" in neovim.asked()[0]["items"]


def test_a_wrong_subcommand(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie ksa 🚀")

    neovim.wait_said("Punie: ksa is no subcommand; there are annotateTypes, ask, close, explain,")


def test_a_wrong_session_and_a_wrong_action(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie sessions burn")
    neovim.wait_said("burn is nothing to do with sessions; there are list, resume, show, export, delete.")

    neovim.ex("Punie sessions show nosuch")
    neovim.wait_said("nosuch")


def test_plug_mappings(neovim: Neovim, app: Path, model: ModelServer) -> None:
    neovim.lua("vim.keymap.set({ 'n', 'x' }, '<F5>', '<Plug>(punie-ask)')")
    neovim.choose("From a key?")
    model.add(say("Pressed."))

    neovim.keys("4GV<F5>")

    neovim.wait_panel("Pressed.")
    assert "app.py:4:1-4:17" in str(model.chats[-1].body["messages"])
    mapped = neovim.lua("return vim.fn.maparg('<Plug>(punie-fix)', 'n') ~= ''")
    assert mapped
    assert (
        neovim.lua(
            "return vim.tbl_filter(function(map) return map.lhs:find('^[^<]') and "
            "(map.rhs or ''):find('Punie') end, vim.api.nvim_get_keymap('n'))"
        )
        == []
    )
