"""What people do all day: rename, the palette, the status bar's menu, both kinds of themes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.editors.vscode.chat import Chat
from tests.editors.vscode.conftest import make_project, shots
from tests.editors.vscode.window import Window, wait_until
from tests.editors.vscode.workbench import CodeServer


def test_rename_in_both_files(window: Window) -> None:
    window.file("app.py", 9, 16)
    window.ready()

    window.page.keyboard.press("F2")
    box = window.page.locator(".rename-box input.rename-input")
    box.wait_for()
    box.fill("cost")
    window.shot("vscode-rename")
    window.page.keyboard.press("Enter")

    window.shows("from shop import cost")
    window.command("File: Save All Files")
    wait_until(lambda: "def cost(" in (window.folder / "shop.py").read_text(), "shop.py was not renamed in")


def test_fix_all_from_the_palette(window: Window) -> None:
    (window.folder / "app.py").write_text("import os\nimport sys\n\nprint(f'done')\n")
    window.file("app.py")
    window.ready()

    window.command("Punie: Fix All in File")

    chat = Chat(window)
    question = chat.question()
    expect(question).to_contain_text("3 problems can be fixed")
    window.shot("vscode-fix-all")
    question.get_by_role("button", name="Apply", exact=True).click()
    window.shows("print('done')")
    window.page.locator(".tab", has_text="app.py").first.click()
    window.save("app.py", "\nprint('done')\n")


def test_without_the_chat_questions_are_messages(workbench: CodeServer, page: Page, project: Path) -> None:
    (project / ".vscode").mkdir()
    (project / ".vscode/settings.json").write_text(json.dumps({"punie.showAnswers": "document"}))
    (project / "app.py").write_text("import os\n\nprint('done')\n")
    window = Window(page, project, shots())
    window.open(workbench.url(project))
    window.file("app.py")
    window.ready()

    window.command("Punie: Fix All in File")
    window.press_in_toast("1 problem can be fixed", "Apply")

    window.save("app.py", "print('done')\n")
    wait_until(lambda: "import" not in window.text(), "the import stayed")


def test_documents_of_the_server_open_beside_the_code(window: Window) -> None:
    window.file("shop.py")
    window.ready()

    window.command("Punie: Show Status")

    window.page.locator(".tab", has_text="Status-status.md").wait_for()
    expect(window.page.locator(".editor-group-container")).to_have_count(2)
    expect(window.page.locator(".editor-group-container.active .tab.active")).to_contain_text("shop.py")
    window.shot("status")


def test_only_a_part_of_the_edits(window: Window) -> None:
    between = "".join(f"x{number} = {number}\n" for number in range(12))
    (window.folder / "app.py").write_text(f"import os\n\n{between}print(f'done')\n")
    window.file("app.py")
    window.ready()
    window.command("Punie: Fix All in File")
    chat = Chat(window)

    chat.question().get_by_role("checkbox", name="Take part 1 of app.py").uncheck()
    chat.question().get_by_role("button", name="Apply", exact=True).click()

    window.shows("print('done')")
    window.page.locator(".tab", has_text="app.py").first.click()
    window.save("app.py", f"import os\n\n{between}print('done')\n")


def test_the_menu_of_the_status_bar(window: Window) -> None:
    window.file("shop.py")
    window.ready()

    window.page.locator("#punie\\.punie\\.punie\\.status").click()

    for label in ("Open Chat", "Select Model…", "Sessions…", "Restart", "Show Logs", "Settings"):
        expect(window.rows(label)).not_to_have_count(0)
    window.shot("vscode-menu")
    window.choose("Stop")
    window.page.locator("#punie\\.punie\\.punie\\.status .codicon-circle-slash").wait_for()
    window.page.locator("#punie\\.punie\\.punie\\.status").click()
    window.choose("Start")
    window.ready()


def test_commands_without_a_server_say_so(window: Window) -> None:
    window.file("shop.py")
    window.ready()
    window.command("Punie: Stop Server")

    window.command("Punie: Fix All in File")

    window.press_in_toast("server is not running", "Start")
    window.ready()


def test_logs(window: Window) -> None:
    window.file("shop.py")
    window.ready()

    window.command("Punie: Show Logs")

    channel = window.page.locator(".part.panel select.monaco-select-box").first
    channel.wait_for()
    wait_until(lambda: channel.evaluate("one => one.selectedOptions[0]?.text") == "Punie", "another output is shown")


def test_the_walkthrough_is_checked_off_step_by_step(window: Window) -> None:
    window.command("Punie: Get Started")
    window.page.locator(".getting-started-step", has_text="Fix a problem").wait_for()
    assert [done for _, done in _steps(window)][1:] == [False] * 3, "the server may be there already"

    window.file("app.py", 5, 24)
    window.ready()
    window.problem().first.wait_for(state="attached")
    window.command("Punie: Fix All in File")
    chat = Chat(window)
    chat.question().get_by_role("button", name="Reject", exact=True).click()
    window.command("Punie: Get Started")

    expected = [("Install the server", True), ("Fix a problem", True), ("Ask", True), ("Choose a model", False)]
    wait_until(lambda: _steps(window) == expected, f"the steps are not {expected}")
    window.shot("vscode-walkthrough")
    window.command("Punie: Select Model…")
    window.choose("builtin")
    wait_until(lambda: all(done for _, done in _steps(window)), "the last step is open")


def _steps(window: Window) -> list[tuple[str, bool]]:
    """The steps of the walkthrough: their titles, and whether they have a check mark."""
    steps = window.page.locator(".getting-started-step").evaluate_all(
        "steps => steps.map(one => [one.querySelector('h3').textContent,"
        " one.querySelector('[role=checkbox]').getAttribute('aria-checked')])"
    )
    return [(title, checked == "true") for title, checked in steps]


@pytest.mark.parametrize("theme", ["Dark Modern", "Default High Contrast"])
def test_dark_themes(workbench: CodeServer, page: Page, project: Path, theme: str) -> None:
    (project / ".vscode").mkdir()
    (project / ".vscode/settings.json").write_text(json.dumps({"workbench.colorTheme": theme}))
    window = Window(page, project, shots())
    window.open(workbench.url(project))
    window.file("shop.py", 1, 5)
    window.ready()
    chat = Chat(window)

    chat.ask("find references to price")

    expect(chat.turn("find references to price").locator(".answer")).to_contain_text("app.py")
    window.shot(f"vscode-{'dark' if 'Dark' in theme else 'contrast'}")
    colours = chat.frame.locator("body").evaluate(
        "body => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor]"
    )
    assert _brightness(colours[0]) > 150


def test_several_folders_and_odd_names(workbench: CodeServer, page: Page, tmp_path: Path) -> None:
    first = make_project(tmp_path / "Pro jekt #1 %20 äöü 世界")
    second = make_project(tmp_path / "zweites & 'drittes'")
    (second / "app.py").rename(second / "other.py")
    both = tmp_path / "both.code-workspace"
    both.write_text(json.dumps({"folders": [{"path": str(first)}, {"path": str(second)}]}))
    window = Window(page, first, shots())
    window.open(workbench.url(both))

    window.file("app.py", 5, 24)
    window.problem().first.wait_for(state="attached")
    window.action("Fix with Punie: Change heigt to height").click()
    window.shows('print("🚀 done", height)')
    window.save("app.py", '    print("🚀 done", height)\n')
    window.file("other.py", 5, 24)
    window.problem().first.wait_for(state="attached")
    window.action("Fix with Punie: Change heigt to height").click()
    window.shows('print("🚀 done", height)')


def test_two_windows_on_one_folder(workbench: CodeServer, window: Window) -> None:
    second = Window(window.page.context.new_page(), window.folder, shots())
    second.open(workbench.url(window.folder))
    for one in (window, second):
        one.file("app.py", 5, 24)
        one.ready()

    window.action("Fix with Punie: Change heigt to height").click()
    window.shows('print("🚀 done", height)')
    window.save("app.py", '    print("🚀 done", height)\n')

    second.shows('print("🚀 done", height)')
    expect(second.problem()).to_have_count(0)


def _brightness(colour: str) -> float:
    parts = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3
