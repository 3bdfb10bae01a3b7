"""The chat view, as a person uses it: its page is a frame in a frame."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Locator

from tests.editors.vscode.window import Window


class Chat:
    """The chat of a window, opened."""

    def __init__(self, window: Window) -> None:
        self.window = window
        window.command("Punie: Focus on Chat View")
        self.frame: FrameLocator = window.page.frame_locator("iframe.webview.ready").frame_locator("#active-frame")
        self.prompt = self.frame.get_by_role("textbox", name="Your question or task")
        self.log = self.frame.get_by_role("log", name="Conversation")
        self.prompt.wait_for()
        self.frame.locator("#welcome ul").wait_for(state="attached")  # the page's script has run

    def ask(self, text: str) -> None:
        """Write a prompt and send it with Enter."""
        self.prompt.click()
        self.prompt.fill(text)
        self.prompt.press("Enter")

    def turn(self, prompt: str) -> Locator:
        """The turn of a prompt."""
        return self.frame.get_by_role("article", name=f"You asked: {prompt}")

    def button(self, name: str) -> Locator:
        """A button of the page."""
        return self.frame.get_by_role("button", name=name, exact=True)

    def question(self) -> Locator:
        """The open question."""
        return self.frame.get_by_role("alertdialog")
