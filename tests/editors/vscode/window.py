"""One window of the workbench, driven as a person would: by keys, and by what is on the screen."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.editors.vscode.pictures import as_webp, name_folders
from tests.editors.vscode.workbench import ROOT

SECONDS = 60.0
AGAIN_SECONDS = 15.0


class Window:
    """A page with the workbench in it, and the folder that is open."""

    def __init__(self, page: Page, folder: Path, shots: Path) -> None:
        self.page = page
        self.folder = folder
        self._shots = shots
        page.set_default_timeout(SECONDS * 1000)
        expect.set_options(timeout=SECONDS * 1000)

    def open(self, url: str) -> None:
        """Load the workbench and wait until the explorer is there."""
        self.page.goto(url, wait_until="domcontentloaded")
        self.page.wait_for_selector(".explorer-folders-view .monaco-list-row")

    def shot(self, name: str) -> None:
        """Keep a picture; those named vscode-… also go to the folder PUNIE_IMAGES, small, if there is one."""
        self.page.screenshot(path=self._shots / f"{name}.png")
        if (images := os.environ.get("PUNIE_IMAGES")) and name.startswith("vscode-"):
            name_folders(self.page, {str(self.folder.parent): "/home/ada", str(ROOT): "/home/ada/punie"})
            (Path(images) / f"{name}.webp").write_bytes(as_webp(self.page, self.page.screenshot()))

    def file(self, name: str, line: int = 1, column: int = 1) -> None:
        """Open a file of the folder at a place, lines and columns from 1."""
        self._pick("Control+P", name)
        self.page.wait_for_selector(f'.tab.active[data-resource-name="{Path(name).name}"]')
        self.go(line, column)

    def go(self, line: int, column: int) -> None:
        """Put the cursor somewhere in the active editor."""
        self._pick("Control+G", f":{line}:{column}", f"line {line}")
        expect(self.page.locator(".quick-input-widget")).to_be_hidden()

    def command(self, title: str) -> None:
        """Run a command of the palette by its whole title."""
        self._pick("F1", f">{title}", title)

    def choose(self, label: str) -> None:
        """Choose a row of the open quick pick."""
        row = self.rows(label).first
        row.wait_for()
        row.click()

    def answer(self, text: str) -> None:
        """Fill in the open input box."""
        self._input().fill(text)
        self.page.keyboard.press("Enter")

    def choose_folder(self, folder: Path, button: str) -> None:
        """Answer the open dialog for folders."""
        widget = self.page.locator(".quick-input-widget")
        accept = widget.get_by_role("button", name=button)
        accept.wait_for()
        inside = next(path.name for path in sorted(folder.iterdir()) if path.is_dir())
        box = widget.locator("input[type=text]")

        def listed() -> bool:
            box.fill(f"{folder}/")
            self.page.wait_for_timeout(1000)  # it may still write its own beginning
            return box.input_value() == f"{folder}/" and self.rows(inside).first.is_visible()

        wait_until(listed, f"{folder} was not listed")
        while accept.is_visible():  # while it still reads the folder, it hears nothing
            accept.click()
            self.page.wait_for_timeout(1000)

    def bulb(self) -> Locator:
        """The light bulb at the cursor."""
        return self.page.locator(".lightBulbWidget")

    def rows(self, label: str) -> Locator:
        """Rows of the open quick pick with a label."""
        return self.page.locator(".quick-input-list .monaco-list-row", has_text=label)

    def problem(self) -> Locator:
        """The squiggles of errors."""
        return self.page.locator(".squiggly-error")

    def actions(self) -> Locator:
        """The rows of the light bulb's open menu."""
        return self.page.locator(".action-widget .monaco-list-row.action")

    def action(self, title: str) -> Locator:
        """A row of the light bulb's menu; it is opened again until the row is there: fixes are looked for meanwhile."""
        row = self.actions().filter(has_text=title).first
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self.page.keyboard.press("Control+.")
            with suppress(TimeoutError):
                self.actions().first.wait_for(timeout=10_000)
                row.wait_for(timeout=500)
                return row
            self.page.keyboard.press("Escape")
            expect(self.actions()).to_have_count(0)
            self.page.keyboard.press("ArrowLeft")
            self.page.keyboard.press("ArrowRight")
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{title!r} was never offered")

    def toast(self, text: str) -> Locator:
        """A message with a text."""
        return self.page.locator(".notification-toast", has_text=text)

    def press_in_notification(self, text: str, button: str) -> None:
        """Press a button of a message that may be folded away by now."""
        self.command("Notifications: Show Notifications")
        message = self.page.locator(".notifications-center .notification-list-item", has_text=text).first
        message.get_by_role("button", name=button, exact=True).click()

    def press_in_toast(self, text: str, button: str) -> None:
        """Press a button of a message."""
        toast = self.toast(text).first
        toast.wait_for()
        toast.hover()
        toast.get_by_role("button", name=button, exact=True).click()

    def status(self, text: str) -> Locator:
        """Punie's item in the status bar, showing a text."""
        return self.page.locator("#punie\\.punie\\.punie\\.status", has_text=re.compile(text))

    def ready(self) -> None:
        """Wait until the server runs."""
        self.page.locator("#punie\\.punie\\.punie\\.status .codicon-check").wait_for()

    def text(self) -> str:
        """What the active editor shows."""
        lines = self.page.locator(".editor-group-container.active .view-line").evaluate_all(
            "lines => lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)).map(l => l.textContent)"
        )
        return "\n".join(lines).replace("\u00a0", " ")

    def shows(self, text: str) -> None:
        """Wait until the active editor shows a text."""
        wait_until(lambda: text in self.text(), f"the editor never showed {text!r}")

    def save(self, name: str, text: str) -> None:
        """Save, and wait until a file on disk holds a text."""
        self.page.keyboard.press("Control+S")
        path = self.folder / name
        wait_until(lambda: text in path.read_text(encoding="utf-8"), f"{name} never held {text!r} on disk")

    def _pick(self, keys: str, text: str, row: str = "") -> None:
        """Type into the quick input and press Enter on a row; typed again when something else took the focus."""
        first = self.rows(row or Path(text).name).first
        deadline = time.monotonic() + SECONDS
        while True:
            self.page.keyboard.press(keys)
            with suppress(TimeoutError):
                self._input(AGAIN_SECONDS).fill(text, timeout=AGAIN_SECONDS * 1000)
                first.wait_for(timeout=AGAIN_SECONDS * 1000)
                break
            assert time.monotonic() < deadline, f"{text!r} was not listed; there was {self._listed()}"
            self.page.keyboard.press("Escape")
        self.page.keyboard.press("Enter")

    def _listed(self) -> str:
        """What the quick input shows, and what has the focus: for the message of a failure."""
        shown = self.page.locator(".quick-input-widget").evaluate_all(
            "all => all.map(one => `${getComputedStyle(one).display}: ${one.querySelector('input[type=text]')?.value}: "
            "${one.innerText}`)"
        )
        focus = self.page.evaluate("document.activeElement?.className + ' ' + document.hasFocus()")
        return f"{shown!r}, the focus is in {focus!r}"

    def _input(self, seconds: float = SECONDS) -> Locator:
        box = self.page.locator(".quick-input-widget input[type=text]")
        box.wait_for(timeout=seconds * 1000)
        return box


def wait_until(met: object, message: str, seconds: float = SECONDS) -> None:
    """Wait for a condition. Raises AssertionError with the message."""
    assert callable(met)
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, message
        time.sleep(0.05)
