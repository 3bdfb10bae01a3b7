"""Two adapters' metrics side by side: what got worse comes first, and less loss is better."""

from __future__ import annotations

from punie_training.adapters.comparing import compare_metrics, only_in


def test_regressions_come_first_and_the_largest_of_them() -> None:
    before = {"tool": 0.9, "args": 0.8, "exact": 0.2, "valid": 1.0}
    after = {"tool": 0.8, "args": 0.5, "exact": 0.6, "valid": 1.0}

    changes = compare_metrics(before, after)

    assert [(change.name, change.better) for change in changes] == [
        ("args", False),
        ("tool", False),
        ("exact", True),
        ("valid", None),
    ]


def test_less_loss_and_less_time_are_better() -> None:
    changes = compare_metrics({"valid_loss": 1.0, "seconds": 2.0}, {"valid_loss": 0.5, "seconds": 3.0})

    assert {change.name: change.better for change in changes} == {"valid_loss": True, "seconds": False}


def test_what_tells_nothing_of_merit_is_neither() -> None:
    before = {"base_tool": 0.1, "cases": 40, "gain": 0.2, "outcome": "promote", "diverged": False}
    after = {"base_tool": 0.3, "cases": 20, "gain": 0.1, "outcome": "refuse", "diverged": True}

    assert [(change.name, change.better) for change in compare_metrics(before, after)] == [("base_tool", None)]


def test_what_only_one_has_is_named() -> None:
    assert only_in({"tool": 1, "old": 1}, {"tool": 1, "new": 1}) == ["new", "old"]
