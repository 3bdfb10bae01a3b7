"""`dataset stats`: what there is, by split."""

from __future__ import annotations

from punie_training.curating.statistics import Length, statistics
from tests.unit.training.curating.conftest import Save, program, words


def test_everything_is_counted_by_split(save: Save) -> None:
    folder = save(
        [program("Check it", tools=("typecheck", "read_file")), words("What is a type checker good for then?")],
        test=[program("Lint it", tools=("ruff_check",), licence="BSD")],
    )

    figures = statistics(folder)

    assert figures.counts == {"train": 2, "valid": 0, "test": 1}
    assert figures.tables["category"] == {
        "single_tool": {"train": 1, "valid": 0, "test": 1},
        "direct": {"train": 1, "valid": 0, "test": 0},
    }
    assert {tool: sum(counts.values()) for tool, counts in figures.tables["tool"].items()} == {
        "typecheck": 1,
        "read_file": 1,
        "(none)": 1,
        "ruff_check": 1,
    }
    assert set(figures.tables["licence"]) == {"MIT", "BSD"}
    assert figures.tables["language"]["en"] == {"train": 1, "valid": 0, "test": 0}
    assert figures.lengths["query, words"] == Length(least=2, median=2, most_of=2, most=8)
    assert figures.tool_registry == "v1"
