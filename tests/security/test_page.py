"""docs/security.md says what is tried."""

from __future__ import annotations

from pathlib import Path

from tests.security.sandbox.attacks import BOMBS, ESCAPES

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


def test_the_page_counts_the_attacks_on_the_sandbox() -> None:
    assert f"| `sandbox` | {len(ESCAPES) + len(BOMBS)} |" in PAGE.read_text(encoding="utf-8")
