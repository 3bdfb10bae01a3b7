"""How the tiny base learns eleven tools in about a minute: what the proof and its benchmark share."""

from __future__ import annotations

from pathlib import Path

TINY_BASE = Path(__file__).parents[2] / "fixtures" / "tiny-base"
TOOLS = (
    "typecheck,ruff_check,pytest_run,find_references,goto_definition,document_symbols,read_file,search_text,"
    "git_diff,git_log,list_files"
)
# Long answers in words cost so small a model most of its time.
DIRECT_SHARE = "0.1"
ITERATIONS = 220
# Iterations between two checkpoints.
EVERY = 40
SETTINGS = {
    "rank": 64,
    "scale": 1.0,
    "learning_rate": 1.5e-3,
    "iters": ITERATIONS,
    "batch_size": 16,
    "steps_per_save": EVERY,
    "steps_per_report": 10,
    "steps_per_eval": ITERATIONS // 2,
    "patience": 0,
}
