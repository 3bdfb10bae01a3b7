"""The main job in the real workbench: see a problem, choose a fix, and it is gone, on disk too."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.editors.vscode.window import Window


def test_from_squiggle_to_disk(window: Window) -> None:
    window.file("app.py", 5, 24)
    window.problem().first.wait_for(state="attached")
    window.ready()
    window.shot("vscode-squiggle")

    window.page.keyboard.press("Control+K")
    window.page.keyboard.press("Control+I")
    hover = window.page.locator(".monaco-hover .hover-row", has_text="heigt")
    hover.first.wait_for()
    window.shot("vscode-hover")
    window.page.keyboard.press("Escape")

    height = window.action("Fix with Punie: Change heigt to height")
    expect(window.actions().filter(has_text="Fix with Punie: Change heigt to weight")).to_have_count(1)
    window.shot("vscode-fix")
    height.click()

    window.shows('print("🚀 done", height)')
    expect(window.problem()).to_have_count(0)
    window.save("app.py", '    print("🚀 done", height)\n')
    window.shot("vscode-applied")


def test_another_candidate_than_the_first(window: Window) -> None:
    window.file("app.py", 5, 24)
    window.problem().first.wait_for(state="attached")

    window.action("Fix with Punie: Change heigt to weight").click()

    window.shows('print("🚀 done", weight)')
    window.save("app.py", '    print("🚀 done", weight)\n')


def test_the_light_bulb(window: Window) -> None:
    window.file("app.py", 5, 24)
    window.ready()
    window.problem().first.wait_for(state="attached")

    window.page.keyboard.press("ArrowRight")
    window.bulb().wait_for()
    window.page.keyboard.press("ArrowUp")
    window.page.keyboard.press("Home")
    expect(window.bulb()).to_be_hidden()


def test_without_a_menu(window: Window) -> None:
    """The palette's command takes the best of Punie's own fixes, never what merely silences the problem."""
    window.file("app.py", 5, 1)
    window.ready()
    window.problem().first.wait_for(state="attached")

    window.command("Punie: Fix the Problem at the Cursor")

    window.shows('print("🚀 done", height)')
    assert "ignore" not in window.text()
    expect(window.problem()).to_have_count(0)
    window.command("Punie: Fix the Problem at the Cursor")
    window.toast("There is no problem at the cursor.").wait_for()


def test_where_no_fix_holds_nothing_is_changed(window: Window) -> None:
    (window.folder / "app.py").write_text("import nosuchmodule_世界\n\nprint(nosuchmodule_世界)\n")
    window.file("app.py", 1, 10)
    window.ready()
    window.problem().first.wait_for(state="attached")

    window.command("Punie: Fix the Problem at the Cursor")

    window.page.locator(".notification-toast", has_text="Punie").first.wait_for()
    assert window.text().startswith("import nosuchmodule_世界\n\nprint")
