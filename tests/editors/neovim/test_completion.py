"""What <Tab> offers after :Punie."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors.neovim.driver import Neovim
from tests.model_server import ModelServer, say


def complete(neovim: Neovim, line: str) -> list[str]:
    """What is offered for a command line."""
    return neovim.lua("return vim.fn.getcompletion(..., 'cmdline')", line)


def test_subcommands(neovim: Neovim, app: Path) -> None:
    assert complete(neovim, "Punie fix") == ["fix", "fixFile", "fixWorkspace"]
    assert complete(neovim, "Punie re") == ["redo", "refactor", "restart"]
    assert complete(neovim, "Punie nosuch") == []
    assert len(complete(neovim, "Punie ")) == 20


@pytest.mark.parametrize("line", ["Punie! as", "3,4Punie as", "'<,'>Punie as", "silent Punie as"])
def test_after_a_range_or_a_bang(neovim: Neovim, app: Path, line: str) -> None:
    neovim.keys("V<Esc>")

    assert complete(neovim, line) == ["ask"]


def test_models(neovim: Neovim, app: Path, model: ModelServer) -> None:
    # The agent starts when it is first asked for; until then there is nothing to offer.
    neovim.wait_until(lambda: complete(neovim, "Punie model ") == ["builtin", model.spec])
    assert complete(neovim, "Punie model bu") == ["builtin"]
    assert complete(neovim, "Punie model builtin ") == []


def test_sessions(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(say("Kept."))
    neovim.ex("Punie! ask Remember me")
    neovim.wait_panel("*1 request")
    session = neovim.lua("return require('punie.conversation').session()")

    assert complete(neovim, "Punie sessions ") == ["list", "resume", "show", "export", "delete"]
    assert complete(neovim, "Punie sessions res") == ["resume"]
    assert session in complete(neovim, "Punie sessions show ")
    assert complete(neovim, f"Punie sessions show {session[:6]}") == [session]
    assert complete(neovim, "Punie sessions list ") == []


def test_tests(neovim: Neovim, project: Path) -> None:
    path = project / "test_shop.py"
    path.write_text("def test_a():\n    pass\n\n\ndef test_世界():\n    pass\n")
    neovim.edit(path)

    neovim.wait_until(
        lambda: (
            complete(neovim, "Punie tests ")
            == ["nearest", "file", "all", "test_shop.py::test_a", "test_shop.py::test_世界"]
        ),
        lambda: complete(neovim, "Punie tests "),
    )


def test_words_are_not_completed(neovim: Neovim, app: Path) -> None:
    assert complete(neovim, "Punie ask Who ") == []
    assert complete(neovim, "Punie stop ") == []
