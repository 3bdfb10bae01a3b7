"""VS Code's real workbench in figures: what a person waits for, by the browser's own clock, and what restarts leave."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bench.machine import describe, sentence
from tests.editors.vscode.conftest import BROWSER, SIZE, make_project
from tests.editors.vscode.extension_host import RESULTS, run_suite
from tests.editors.vscode.window import Window
from tests.editors.vscode.workbench import build, chromium, code_server

Found = dict[str, Any]

ROUNDS = 15
RESTARTS = 50
SUITE_SECONDS = 1500.0
# VS Code asks for the bulb's actions so long after the cursor rests.
BULB_DELAY = 250
# Both look once a frame, from the key on.
_WATCH = """\
([key, condition]) => {
  const met = new Function(`return ${condition}`);
  window.punieTook = undefined;
  const pressed = (event) => {
    if (event.key !== key) return;
    window.removeEventListener('keydown', pressed, true);
    const begun = performance.now();
    const look = () => (met() ? (window.punieTook = performance.now() - begun) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  };
  window.addEventListener('keydown', pressed, true);
}
"""
_BULB = "[...document.querySelectorAll('.lightBulbWidget')].some((one) => one.getBoundingClientRect().width > 0)"
_TEXT = "[...document.querySelectorAll('.view-line')].some((one) => one.textContent.includes('height)'))"


def measure() -> Found:
    """All figures; takes ten minutes."""
    vsix = build()
    with tempfile.TemporaryDirectory(prefix="punie") as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER)
        found: Found = {"machine": describe(), "bulb_delay": BULB_DELAY}
        with code_server(folder / "window", vsix) as server, _page(browser) as page:
            window = Window(page, make_project(folder / "project"), folder)
            window.open(server.url(window.folder))
            found |= _waits(window)
        results = folder / "results.txt"
        environ = {RESULTS: str(results), "PUNIE_RESTARTS": str(RESTARTS)}
        with code_server(folder / "host", vsix, environ=environ, driver=True) as server, _page(browser) as page:
            project = make_project(folder / "again")
            lines = run_suite(server, page, project, "figures", results, SUITE_SECONDS)
        browser.close()
    return found | {"host": [_line(line) for line in lines]}


def page(found: Found) -> str:
    """The page for people."""
    delay = f"VS Code itself waits {found['bulb_delay']} ms first"
    rows = [
        ("cursor on a problem → light bulb on the screen", found["bulb"], delay),
        ("Enter on the chosen fix → text on the screen", found["applied"], "builtin, re-checked by ty and ruff"),
    ]
    lines = [
        "# VS Code",
        "",
        f"Written by `python -P -m tests.bench editors`, after `tests/editors/setup`. {sentence(found['machine'])}.",
        "The workbench is code-server's, in headless Chromium without a GPU on the same machine. The times are the",
        "browser's own, from the key to the frame that shows it.",
        "",
        "| what | p50 ms | p95 ms | n | |",
        "|---|---|---|---|---|",
    ]
    for what, times, note in rows:
        lines.append(f"| {what} | {_at(times, 0.5)} | {_at(times, 0.95)} | {len(times)} | {note} |")
    lines += [
        "",
        "Inside the extension host; the heap is measured after a forced collection:",
        "",
        "| what | measured |",
        "|---|---|",
        *(f"| {what} | {value} |" for what, value in found["host"]),
        "",
    ]
    return "\n".join(lines)


def _waits(window: Window) -> Found:
    window.file("app.py", 6, 1)
    window.ready()
    window.problem().first.wait_for(state="attached")
    bulb, applied = [], []
    for _ in range(ROUNDS):
        window.go(5, 21)
        expect(window.bulb()).to_be_hidden()
        bulb.append(_took(window.page, "ArrowRight", _BULB))
    for _ in range(ROUNDS):
        window.go(5, 24)
        window.action("Fix with Punie: Change heigt to height")
        applied.append(_took(window.page, "Enter", _TEXT))
        expect(window.problem()).to_have_count(0)
        window.page.keyboard.press("Control+Z")
        window.problem().first.wait_for(state="attached")
    return {"bulb": bulb, "applied": applied}


def _took(page: Page, key: str, condition: str) -> float:
    """Milliseconds from a key to the frame in which a condition holds."""
    page.evaluate(_WATCH, [key, condition])
    page.keyboard.press(key)
    page.wait_for_function("window.punieTook !== undefined")
    return round(page.evaluate("window.punieTook"), 1)


def _line(line: str) -> tuple[str, str]:
    """A test that went well: its name, and what it tells."""
    name, _, value = line.rpartition(": ")
    if not name.startswith("ok "):
        raise RuntimeError(f"A figure could not be measured: {line}")
    return name.removeprefix("ok "), value


def _at(times: list[float], part: float) -> str:
    return f"{sorted(times)[min(len(times) - 1, int(part * len(times)))]:.0f}"


@contextmanager
def _page(browser: Browser) -> Generator[Page]:
    context = browser.new_context(viewport=SIZE)
    yield context.new_page()
    context.close()
