"""The suites that run inside the extension host, with the whole `vscode` API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.editors.vscode.extension_host import RESULTS, run_suite
from tests.editors.vscode.workbench import CodeServer, code_server

SUITES = {"parts": 7, "basics": 14, "bad": 12, "figures": 4}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results") / "results.txt"


@pytest.fixture(scope="module")
def host(vsix: Path, results: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    folder = tmp_path_factory.mktemp("host")
    with code_server(folder, vsix, environ={RESULTS: str(results)}, driver=True) as server:
        yield server


@pytest.mark.parametrize("suite", SUITES)
def test_suite(host: CodeServer, page: Page, project: Path, results: Path, suite: str) -> None:
    (project / "messy.py").write_text("x={'a':1}\n")

    lines = run_suite(host, page, project, suite, results, 280)

    print("\n".join(lines))  # noqa: T201 - the figures
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) == SUITES[suite]
