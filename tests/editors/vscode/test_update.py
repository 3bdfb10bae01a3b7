"""The extension is updated while a window is open: one message, and the old one goes on until the window is loaded."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.editors.vscode.conftest import shots
from tests.editors.vscode.window import Window, wait_until
from tests.editors.vscode.workbench import code_server, newer

HEIGHT = '    print("🚀 done", height)\n'


def test_an_update_while_a_window_is_open(vsix: Path, page: Page, project: Path, tmp_path: Path) -> None:
    with code_server(tmp_path / "server", vsix) as server:
        window = Window(page, project, shots())
        window.open(server.url(project))
        window.file("app.py", 5, 24)
        window.ready()
        (before,) = server.servers()

        server.install(newer(vsix, "9.8.7", tmp_path))

        message = "Punie 9.8.7 is installed. This window works with 0.1.0 until it is loaded again."
        window.toast(message).wait_for()
        expect(window.page.locator(".notification-toast")).to_have_count(1)
        window.shot("vscode-updated")
        # What runs goes on: nothing is started beside it, and a fix is made by it.
        window.action("Fix with Punie: Change heigt to height").click()
        window.shows(HEIGHT.rstrip())
        window.save("app.py", HEIGHT)
        assert [server.pid for server in server.servers()] == [before.pid]

        window.press_in_notification(message, "Reload Window")

        wait_until(lambda: not before.is_running(), "the old server is still there")
        window.file("app.py")
        window.ready()
        wait_until(lambda: len(server.servers()) == 1, "there is not exactly one server")
        assert window.text().splitlines()[4] == HEIGHT.rstrip()
        expect(window.toast("is installed")).to_have_count(0)
        window.command("Developer: Show Running Extensions")
        window.page.locator(".runtime-extensions-editor", has_text="9.8.7").wait_for()
