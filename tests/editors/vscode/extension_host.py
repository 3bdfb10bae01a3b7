"""Runs a suite of editors/vscode/test inside the extension host of a real workbench."""

from __future__ import annotations

import json
import os
from pathlib import Path

from playwright.sync_api import Page

from tests.editors.vscode.window import wait_until
from tests.editors.vscode.workbench import EXTENSION, CodeServer

RESULTS = "PUNIE_TEST_RESULTS"


def run_suite(server: CodeServer, page: Page, folder: Path, suite: str, results: Path, seconds: float) -> list[str]:
    """The lines of a suite: `ok …` or `FAIL …`.

    Args:
        server: started with the environment variable PUNIE_TEST_RESULTS set to `results`.
        page: an empty page.
        folder: the project that is opened.
        suite: a name in editors/vscode/test/index.ts.
        results: where the suite writes.
        seconds: how long it may take.
    """
    results.with_name(f"{results.name}.json").write_text(
        json.dumps({"suite": suite, "only": os.environ.get("PUNIE_ONLY", "")})
    )
    results.unlink(missing_ok=True)
    # The workbench calls this when the tests have ended.
    page.expose_function("codeAutomationExit", lambda code: None)
    page.expose_function("codeAutomationLog", lambda kind, arguments: None)
    payload = [
        ["extensionDevelopmentPath", server.remote(EXTENSION)],
        ["extensionTestsPath", server.remote(EXTENSION / "dist" / "test" / "index.js")],
        ["skipWelcome", "true"],
    ]
    page.goto(server.url(folder, payload), wait_until="domcontentloaded")

    def ended() -> bool:
        page.wait_for_timeout(100)  # the page's own messages are only handled while playwright waits
        return results.is_file() and results.read_text().endswith("end\n")

    wait_until(ended, f"the suite {suite} did not end in {seconds} s", seconds)
    return results.read_text().splitlines()[:-1]
