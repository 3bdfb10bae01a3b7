"""The window with answers: text while it is written, one conversation in one buffer, and keys that work in it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.editors.neovim.driver import Neovim, start_neovim
from tests.model_server import ModelServer, Reply, call, say


def windows(neovim: Neovim) -> list[str]:
    """What kind each window is."""
    return neovim.lua(
        "return vim.tbl_map(function(win)\n"
        "  return vim.api.nvim_win_get_config(win).relative ~= '' and 'float' or 'window'\n"
        "end, vim.api.nvim_list_wins())"
    )


def test_text_arrives_while_it_is_written(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(Reply(text="The beginning 🚀 of all. And so on. And so on. And the rest of it.", size=5, hold=9))

    neovim.ex("Punie! ask Who uses price?")
    neovim.wait_panel("The beginning 🚀")

    assert neovim.panel()[:3] == ["# Who uses price?", "", "## 1. Who uses price?"]
    assert "And the rest of it." not in "\n".join(neovim.panel())
    assert windows(neovim) == ["window", "float"]
    assert neovim.lua("return vim.bo.filetype") == "markdown", "the focus is in the answer"
    neovim.wait_until(lambda: neovim.statusline().endswith(": Writing the answer…"), neovim.statusline)
    model.release()
    neovim.wait_panel("And so on. And the rest of it.")
    neovim.wait_panel("*1 request, 15 tokens, 0 tool calls*")
    neovim.wait_until(lambda: ":" not in neovim.statusline().partition("127.0.0.1:")[2], neovim.statusline)


def test_a_conversation_stays_in_one_buffer(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("First answer."), say("Second answer."))
    neovim.ex("Punie! ask One?")
    neovim.wait_panel("*1 request")
    before = neovim.lua("return #vim.api.nvim_list_bufs()")

    neovim.choose("Two?")
    neovim.keys("<CR>")
    neovim.wait_panel("Second answer.")
    neovim.wait_idle()

    text = "\n".join(neovim.panel())
    assert text.startswith("# One?\n\n## 1. One?\n\nFirst answer.")
    assert "## 2. Two?\n\nSecond answer." in text
    assert text.count("First answer.") == 1
    assert neovim.lua("return #vim.api.nvim_list_bufs()") == before
    assert windows(neovim) == ["window", "float"]
    assert "First answer." in str(model.chats[-1].body["messages"])
    name = neovim.lua("return vim.api.nvim_buf_get_name(0)")
    assert re.match(r"punie:///One-.*\.md$", name)


def test_q_closes_and_open_shows_it_again(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("Here."))
    neovim.ex("Punie! ask Where?")
    neovim.wait_panel("*1 request")

    neovim.keys("q")
    neovim.wait_until(lambda: windows(neovim) == ["window"])
    assert neovim.lua("return vim.api.nvim_buf_get_name(0)") == str(app)

    neovim.ex("Punie open")
    neovim.wait_panel("## 1. Where?")


def test_who_closes_it_early_is_not_disturbed(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(Reply(text="One two three four five six seven eight nine ten.", size=4, hold=9))
    neovim.ex("Punie! ask Count")
    neovim.wait_panel("One")
    neovim.keys("q")
    neovim.wait_until(lambda: windows(neovim) == ["window"])

    model.release()
    neovim.wait_said("the answer is complete; :Punie open shows it")

    assert windows(neovim) == ["window"]
    neovim.ex("Punie open")
    neovim.wait_panel("eight nine ten.")


def test_reading_further_up_is_not_scrolled_away(neovim: Neovim, app: Path, model: ModelServer) -> None:
    lines = [f"Line {number}.\n\n" for number in range(60)]
    model.add(Reply(text="".join(lines), size=200, hold=3))
    neovim.ex("Punie! ask Long?")
    neovim.wait_panel("Line 30.")
    neovim.keys("gg")

    model.release()
    neovim.wait_panel("Line 59.")
    neovim.wait_idle()

    assert neovim.lua("return vim.api.nvim_win_get_cursor(0)[1]") == 1


def test_ctrl_c_stops_and_keeps_what_was_said(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(Reply(text="The beginning. " * 20, size=15, hold=5))
    neovim.ex("Punie! ask Tell me")
    neovim.wait_panel("The beginning.")

    neovim.keys("<C-C>")
    neovim.wait_panel("**Cancelled.**")

    assert "The beginning." in "\n".join(neovim.panel())
    neovim.wait_said("Stopped: Ask Punie.")
    model.add(say("Here I am."))
    neovim.choose("Are you there?")
    neovim.keys("<CR>")
    neovim.wait_panel("## 2. Are you there?")
    neovim.wait_panel("Here I am.")


def test_what_runs_is_shown_below_the_text(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(call("run_code", code="len(find_references('price').references)"), Reply(text="Twice.", hold=0))

    neovim.ex("Punie! ask How often?")

    neovim.wait_until(
        lambda: (
            "● Waiting for the model…"
            in neovim.lua(
                "local space = vim.api.nvim_get_namespaces()['punie.conversation']\n"
                "local found = {}\n"
                "for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do\n"
                "  for _, line in ipairs(mark[4].virt_lines or {}) do\n"
                "    for _, part in ipairs(line) do found[#found + 1] = part[1] end\n"
                "  end\n"
                "end\n"
                "return found"
            )
        )
    )
    model.release()
    neovim.wait_panel("Twice.")


def test_a_failing_model_is_said_where_the_answer_would_be(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(Reply(status=401, text="bad key"))

    neovim.ex("Punie! ask Who?")

    neovim.wait_said("Failed: ")
    neovim.wait_panel("refuses the API key")
    assert neovim.panel()[2:4] == ["## 1. Who?", ""]
    assert neovim.panel()[4].startswith("**")


def test_tables_are_columns(neovim: Neovim, app: Path, model: ModelServer) -> None:
    fence = "```\n| a | b |\n|---|---|\n```"
    model.add(say(f"| name | n |\n|---|---|\n| `price` 🚀 | 12 |\n\n{fence}\n"))

    neovim.ex("Punie! ask A table")
    neovim.wait_panel("*1 request")

    text = "\n".join(neovim.panel())
    assert "| name       | n   |\n| ---------- | --- |\n| `price` 🚀 | 12  |" in text
    assert fence in text


def test_a_server_without_events(project: Path, tmp_path: Path, model: ModelServer) -> None:
    (project / "plain.py").write_text("x = 1\n")
    model.add(say("All at once."))
    off = "vim.lsp.config('punie', { capabilities = { experimental = { punie = { events = false } } } })"
    with start_neovim(tmp_path, project, more=off) as neovim:
        neovim.edit(project / "plain.py")

        neovim.ex("Punie ask Well?")

        neovim.wait_panel("## 1. Well?")
        assert "All at once." in neovim.panel()
        assert len(neovim.lua("return vim.api.nvim_list_wins()")) == 2
        neovim.keys("q")
        neovim.wait_until(lambda: len(neovim.lua("return vim.api.nvim_list_wins()")) == 1)


def test_a_split_instead_of_a_float(project: Path, tmp_path: Path, model: ModelServer) -> None:
    (project / "plain.py").write_text("x = 1\n")
    model.add(say("Beside the code."))
    settings = "vim.g.punie = { window = { layout = 'vsplit', width = 40 } }"
    with start_neovim(tmp_path, project, more=settings) as neovim:
        neovim.edit(project / "plain.py")

        neovim.ex("Punie ask Well?")
        neovim.wait_panel("*1 request")

        assert windows(neovim) == ["window", "window"]
        assert neovim.lua("return vim.api.nvim_win_get_width(require('punie.panel').window())") == 40
        assert "q close" in neovim.lua("return vim.wo.winbar")
        neovim.keys("q")
        neovim.wait_until(lambda: windows(neovim) == ["window"])
