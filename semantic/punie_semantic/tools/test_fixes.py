"""Repairs of failing tests: edits of the source that are found by trying them."""

from __future__ import annotations

import asyncio
from importlib import import_module

from punie_semantic.exceptions import PathError
from punie_semantic.fixing.outcome import FixOptions
from punie_semantic.places import versions
from punie_semantic.results import TestFixesResult
from punie_semantic.tools.fixes import offered
from punie_semantic.workspace import Workspace

MOST_REJECTED = 20
MOST_SECONDS = 300.0
ENOUGH_SECONDS = 1.0


async def find_test_fixes(workspace: Workspace, test_ids: list[str], seconds: float = 30.0) -> TestFixesResult:
    """Edits of the source with which a failing test passes and no other test breaks, best first.

    Small edits of suspicious lines are tried: that takes up to `seconds`, and then the time of the affected tests.
    Tests are never edited, and the overlay is left as it is. Pass the ids of tests that fail for the same reason.

    Example: `apply_code_action(find_test_fixes(["tests/test_app.py::test_total"]).fixes[0].id)`
    """
    if not test_ids:
        raise PathError("No test was named. Pass the ids of failing tests, as pytest_run gives them.")
    options = FixOptions(unsafe=True, seconds=min(max(seconds, 1.0), MOST_SECONDS), enough_seconds=ENOUGH_SECONDS)
    engine = await asyncio.to_thread(import_module, "punie_semantic.fixing.failing_test")
    search = await engine.find_test_fixes(workspace, test_ids, options)
    return TestFixesResult.model_validate(
        {
            "fixes": [offered(workspace, found, None) for found in search.found],
            "rejected": [f"“{r.candidate.title}” {r.why}" for r in search.rejected[:MOST_REJECTED]],
            "duration": round(search.seconds, 2),
            "state": "partial" if search.found and search.state == "unknown" else search.state,
            "reason": search.reason,
            "versions": versions(workspace),
        }
    )
