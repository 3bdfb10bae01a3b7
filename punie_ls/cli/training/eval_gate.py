"""`punie-ls eval gate MODEL`: the ladder of cheap trials, each with its cost, and the verdict."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.text import Text

from punie_ls.cli.output import print_error
from punie_ls.cli.training.eval_model import wide_console
from punie_training.evals.gate import Climbed, GateOptions, climb


async def run_gate(model: str, options: GateOptions, *, as_json: bool) -> int:
    """Climb and print. Gives the exit status: 0 passed, 1 failed, 2 error."""
    folder = Path(model).expanduser()
    if not folder.is_dir():
        print_error(
            f"There is no folder {model}. The gate tries a model's folder; fetch one with: punie-ls model pull."
        )
        return 2
    result = await climb(folder, options, _ignore if as_json else _print_step)
    if as_json:
        sys.stdout.write(json.dumps(result.as_json(), indent=2, ensure_ascii=False) + "\n")
    else:
        for name in result.left:
            wide_console().print(Text(f"  - {name:<11} not tried", "dim"))
        wide_console().print(Text(result.verdict, "green" if result.passed else "red"))
    return 0 if result.passed else 1


def _print_step(step: Climbed) -> None:
    mark, style = ("✓", "green") if step.passed else ("✗", "red")
    cost = f"{step.seconds:6.1f} s"
    wide_console().print(Text.assemble(("  " + mark, style), f" {step.name:<11} ", (cost, "dim"), f"  {step.text}"))


def _ignore(step: Climbed) -> None:
    """The JSON says it at the end."""
