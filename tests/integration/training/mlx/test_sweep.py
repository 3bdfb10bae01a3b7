"""A sweep quantizes, serves and evaluates for real."""

from __future__ import annotations

from pathlib import Path

from punie_training.evals import EvalOptions, load_suite
from punie_training.mlx.sweep import sweep


async def test_a_width_beside_the_model_as_it_is(base: Path, tmp_path: Path) -> None:
    steps: list[str] = []

    done = await sweep(
        base,
        load_suite("core-20"),
        tmp_path / "widths",
        widths=(4,),
        options=EvalOptions(limit=1),
        on_step=steps.append,
    )

    assert [row.bits for row in done.rows] == [None, 4]
    assert done.rows[1].size_bytes < done.rows[0].size_bytes
    assert all(row.answer_seconds and set(row.scores) >= {"tool", "execution"} for row in done.rows)
    assert (tmp_path / "widths" / "4bit" / "config.json").exists()
    assert steps == ["evaluating the model as it is", "quantizing to 4 bits", "evaluating 4 bits"]
    assert "there is no signal that could be lost" in done.verdict
