"""What is remembered of earlier builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.building.verdict_cache import FOLDER, VerdictCache, registry_version

VERDICT = {"reason": "", "tools": ["hover"], "result": "1", "detail": ""}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path))
    return tmp_path


def test_a_verdict_is_known_in_the_next_build_of_the_same_project() -> None:
    cache = VerdictCache("tools", "project")
    cache.put("hover()", VERDICT)
    cache.save()

    assert VerdictCache("tools", "project").get("hover()") == VERDICT
    assert VerdictCache("tools", "other").get("hover()") is None
    assert VerdictCache("others", "project").get("hover()") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"hover()": 3}', '{"hover()": {"reason": ""}}'])
def test_a_damaged_cache_is_an_empty_one(home: Path, text: str) -> None:
    file = home / "cache" / FOLDER / "tools-project.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")

    assert VerdictCache("tools", "project").get("hover()") is None


def test_nothing_new_writes_nothing(home: Path) -> None:
    VerdictCache("tools", "project").save()

    assert list(home.iterdir()) == []


def test_the_registry_has_one_version() -> None:
    assert registry_version() == registry_version()
    assert len(registry_version()) == 16
