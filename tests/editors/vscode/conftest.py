"""The extension, a code-server with it, and windows on fresh projects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.editors.programs import REQUIRED
from tests.editors.vscode.window import Window
from tests.editors.vscode.workbench import CodeServer, build, chromium, code_server, missing

BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE: ViewportSize = {"width": 1280, "height": 800}
PYPROJECT = """\
[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.11"
"""
SHOP = """\
def price(name: str) -> int:
    return len(name)


def total(names: list[str]) -> int:
    return sum(price(name) for name in names)
"""
APP = """\
from shop import price


def size(height: int, weight: int) -> int:
    print("🚀 done", heigt)
    return weight


print(size(1, price("apple")))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a workbench takes minutes: `make test-editors` asks for it, and then nothing may be missing."""
    asked = os.environ.get("PUNIE_EDITORS", "")
    why = "" if REQUIRED else missing() if asked else "needs a workbench: make test-editors"
    for item in items:
        if Path(__file__).parent in item.path.parents and isinstance(item, pytest.Function):
            item.add_marker(pytest.mark.timeout(300))
            # A browser on a busy machine loses a click now and then; pytest names each test that needed a second run.
            item.add_marker(pytest.mark.flaky(reruns=1))
            if why and {"vsix", "browser"} & set(item.fixturenames):
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def vsix() -> Path:
    """The extension, built from the sources as they are."""
    return build()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless. Playwright's event loop runs in this thread until it is closed: no asynchronous test
    could run before, so it must not outlive this folder."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def workbench(vsix: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    """A code-server for all tests that need no other settings."""
    with code_server(tmp_path_factory.mktemp("code-server"), vsix) as server:
        yield server


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page; a failed test leaves a picture."""
    context = browser.new_context(viewport=SIZE)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    yield page
    page.screenshot(path=shots() / f"{request.node.name}-last.png")
    context.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with one mistake."""
    return make_project(tmp_path / "project")


@pytest.fixture
def window(workbench: CodeServer, page: Page, project: Path) -> Window:
    """A window on the project."""
    window = Window(page, project, shots())
    window.open(workbench.url(project))
    return window


def make_project(root: Path) -> Path:
    """The project's files."""
    root.mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "shop.py").write_text(SHOP)
    (root / "app.py").write_text(APP, encoding="utf-8")
    return root


def shots() -> Path:
    """Where pictures go: PUNIE_SHOTS, or a folder of pytest's cache."""
    folder = Path(os.environ.get("PUNIE_SHOTS") or Path(__file__).parents[3] / ".pytest_cache" / "shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
