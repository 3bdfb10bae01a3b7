"""Modules that import each other: their tests cannot even be collected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.failing import TESTS, opened, searched

TEST = "from app import A\n\n\ndef test_it():\n    assert A().make()\n"
APP = "from b import B\n\n\nclass A:\n    def make(self):\n        return B()  # 🙂\n"
IN_ANNOTATIONS = "from app import A\n\n\nclass B:\n    owner: A | None = None\n"


@pytest.fixture(autouse=True)
def plain_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plug-ins of our own environment would only cost time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


async def test_what_only_annotations_use_is_for_type_checkers(tmp_path: Path) -> None:
    async with opened(tmp_path, APP, TEST, b=IN_ANNOTATIONS) as workspace:
        first, second = (await searched(workspace)).found

    assert (first.file, first.candidate.title) == ("b.py", "Import A for type checkers only in b.py")
    assert first.text == (
        "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    from app import A\n\n\nclass B:\n    owner: A | None = None\n"
    )
    assert (second.file, second.candidate.title) == ("app.py", "Import B in make in app.py")
    assert second.text == "class A:\n    def make(self):\n        from b import B\n\n        return B()  # 🙂\n"


async def test_an_import_in_crlf_moves_into_the_functions_that_use_it(tmp_path: Path) -> None:
    b = "from app import A\r\n\r\n\r\nclass B:\r\n    def back(self):\r\n        return A\r\n"
    async with opened(tmp_path, APP, TEST, b=b) as workspace:
        found = (await searched(workspace)).found

    assert {fix.file for fix in found} == {"app.py", "b.py"}
    (fix,) = (fix for fix in found if fix.file == "b.py")
    assert "\r\n        from app import A\r\n\r\n        return A\r\n" in fix.text
    assert fix.text.count("\n") == fix.text.count("\r\n")


async def test_a_base_class_is_needed_at_once(tmp_path: Path) -> None:
    """What runs when the module is imported cannot come later; the other module's import can."""
    async with opened(tmp_path, APP, TEST, b="from app import A\n\n\nclass B(A):\n    pass\n") as workspace:
        (fix,) = (await searched(workspace)).found

    assert fix.file == "app.py"


async def test_a_circle_that_nothing_here_breaks(tmp_path: Path) -> None:
    app = "from b import B\n\n\nclass A(B):\n    def make(self):\n        return 1\n"
    async with opened(tmp_path, app, TEST, b="from app import A\n\n\nclass B(A):\n    pass\n") as workspace:
        search = await searched(workspace)

    assert search.found == []
    assert search.state == "unknown"
    assert "partially initialized module" in search.reason
    assert TESTS in search.reason
