"""A folder that nothing can be written into: what Punie cannot do it says once, and what was typed stays."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.editors.vscode.chat import Chat
from tests.editors.vscode.conftest import APP, shots
from tests.editors.vscode.window import Window
from tests.editors.vscode.workbench import CodeServer


@pytest.fixture
def locked(project: Path) -> Iterator[Path]:
    """The project without any permission to write; for root, who needs none, its files are immutable."""
    for path in (*project.iterdir(), project):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid() == 0:
        subprocess.run(["chattr", "-R", "+i", project], check=True)
    try:
        with pytest.raises(PermissionError):
            (project / "new.py").touch()
        yield project
    finally:
        if os.geteuid() == 0:
            subprocess.run(["chattr", "-R", "-i", project], check=True)
        project.chmod(0o755)


def test_a_read_only_folder(workbench: CodeServer, page: Page, locked: Path) -> None:
    window = Window(page, locked, shots())
    window.open(workbench.url(locked))
    window.file("app.py", 5, 24)
    window.ready()
    window.problem().first.wait_for(state="attached")

    window.command("Punie: Fix the Problem at the Cursor")

    toast = window.toast("app.py is read-only. Make it writable, or save it under another name, and ask again.")
    expect(toast.get_by_role("button", name="Save As…")).to_be_visible()
    expect(window.page.locator(".notification-toast")).to_have_count(1)
    window.shot("vscode-read-only")
    assert window.text().rstrip().endswith('print(size(height=1, weight=price(name="apple")))')
    assert "ignore" not in window.text()

    # Questions are answered, and what is typed can still be saved elsewhere: VS Code says so itself.
    chat = Chat(window)
    chat.ask("find references to price")
    expect(chat.turn("find references to price").locator(".answer")).to_contain_text("app.py")
    window.page.locator(".tab", has_text="app.py").first.click()
    window.go(5, 1)
    window.page.keyboard.type("# 世界 ")
    window.page.keyboard.press("Control+S")
    window.toast("Failed to save").get_by_role("button", name="Save As...").wait_for()
    window.shows("# 世界")
    assert (locked / "app.py").read_text(encoding="utf-8") == APP
