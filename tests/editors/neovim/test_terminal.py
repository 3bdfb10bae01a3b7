"""The screen of a real terminal: the float over the code, the review over both, and the status line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors.neovim.terminal import ask, open_terminal, review
from tests.editors.programs import skipped_without
from tests.model_server import ModelServer


@pytest.mark.skipif(skipped_without("tmux"), reason="there is no tmux: tests/editors/setup")
def test_the_screen(tmp_path: Path) -> None:
    with ModelServer(models=["qwen3-coder"]) as model, open_terminal(tmp_path, model) as terminal:
        ask(terminal, model)

        screen = terminal.wait("● Writing the answer…")
        lines = screen.splitlines()
        title = next(line for line in lines if "╭" in line)
        assert "Punie · qwen3-coder at 127.0.0.1:" in title
        assert title.index("╭") > 5, "the code is seen beside it"
        assert "Cart.add is called in two places:" in screen, "Markdown's signs are concealed"
        assert any("╰" in line and "q close · <CR> ask on · <C-c> stop ╯" in line for line in lines)
        assert lines[-2].endswith(": Writing the answer…")
        assert lines[-2].startswith(" app.py")

        model.release()
        terminal.wait("0 tool calls")
        terminal.keys("q")
        review(terminal, model)
        screen = terminal.text()
        assert "✓ accepted  1/2" in screen
        assert "✗ rejected  2/2" in screen
        assert '-print(f"Bücher 📚")' in screen
        terminal.keys("Enter")
        terminal.wait("app.py [+]")
        terminal.keys("q")
        terminal.wait('print("Bücher 📚")')
        assert 'print("total", f"done")' in terminal.text()
