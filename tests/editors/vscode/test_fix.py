"""The main job in the real workbench: see a problem, choose a fix, and it is gone, on disk too."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.editors.vscode.window import Window


def test_from_squiggle_to_disk(window: Window) -> None:
    window.file("app.py", 5, 24)
    window.problem().first.wait_for(state="attached")
    window.ready()

    window.page.keyboard.press("Control+K")
    window.page.keyboard.press("Control+I")
    hover = window.page.locator(".monaco-hover .hover-row", has_text="heigt")
    hover.first.wait_for()
    window.shot("hover")
    window.page.keyboard.press("Escape")

    height = window.action("Fix with Punie: Change heigt to height")
    expect(window.actions().filter(has_text="Fix with Punie: Change heigt to weight")).to_have_count(1)
    window.shot("vscode-fix")
    height.click()

    window.shows('print("🚀 done", height)')
    expect(window.problem()).to_have_count(0)
    window.save("app.py", '    print("🚀 done", height)\n')


def test_another_candidate_than_the_first(window: Window) -> None:
    window.file("app.py", 5, 24)
    window.problem().first.wait_for(state="attached")

    window.action("Fix with Punie: Change heigt to weight").click()

    window.shows('print("🚀 done", weight)')
    window.save("app.py", '    print("🚀 done", weight)\n')
