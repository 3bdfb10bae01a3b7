"""Plans of runs for tests, without a model."""

from __future__ import annotations

from pathlib import Path

from punie_training.runs.plan import RunPlan, now


def a_plan(run: str = "20260301-120000-ab12", **changes: object) -> RunPlan:
    values: dict[str, object] = {
        "id": run,
        "created": now(),
        "name": f"tiny-{run}",
        "base": Path("/models/tiny"),
        "base_hash": "b",
        "versions": {"mlx": "1"},
        "tool_registry": "t",
    }
    return RunPlan.model_validate({**values, **changes})
