"""`punie-ls quantize`: fewer bits for each weight, or all widths side by side."""

from __future__ import annotations

import asyncio
import json as json_module
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.output import console
from punie_ls.cli.training.models_made import print_made, run

if TYPE_CHECKING:
    from punie_training.evals import Suite
    from punie_training.mlx.sweep import Row, Sweep

quantize_app = typer.Typer(help="Fewer bits for each weight.")

_DEFAULT_SUITE = "core-20"


@quantize_app.command("quantize")
def quantize(
    model: Annotated[Path, typer.Argument(help="The folder of a model that is not quantized.")],
    out: Annotated[
        Path | None, typer.Argument(help="The new folder; with --sweep one with a folder per width.")
    ] = None,
    bits: Annotated[int, typer.Option("--bits", help="4, 5, 6 or 8.")] = 5,
    sweep: Annotated[bool, typer.Option("--sweep", help="All widths, evaluated: where is the signal lost?")] = False,
    suite: Annotated[str, typer.Option("--suite", help="With --sweep: a suite's name or file.")] = _DEFAULT_SUITE,
    dataset: Annotated[
        Path | None, typer.Option("--dataset", help="With --sweep: ask the held-out examples of this dataset instead.")
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option("--base", help="With --sweep: the model without its adapter, to tell what was gained."),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="With --sweep: at most so many queries.")] = None,
    json: JsonOption = False,
) -> None:
    """Quantize a model, or compare all widths. Exit status: 0 made, 1 some width loses the signal, 2 refused."""

    def act() -> int:
        if sweep:
            return _sweep(model, out, _suite(suite, dataset), base, limit, as_json=json)
        from punie_training.exceptions import RunError
        from punie_training.mlx.fusing import WIDTHS
        from punie_training.mlx.fusing import quantize as quantize_model

        if out is None:
            raise RunError("Name the new model's folder: punie-ls quantize MODEL OUT --bits 5.")
        width = next((width for width in WIDTHS if width == bits), None)
        if width is None:
            raise RunError(f"--bits {bits}: there are {', '.join(map(str, WIDTHS))}.")
        print_made(asyncio.run(quantize_model(model, out, width)), as_json=json)
        return 0

    run(act)


def _suite(name: str, dataset: Path | None) -> Suite:
    from punie_training.evals import load_suite, suite_of

    return suite_of(dataset) if dataset else load_suite(name)


def _sweep(model: Path, out: Path | None, suite: Suite, base: Path | None, limit: int | None, *, as_json: bool) -> int:
    from punie_training.evals import EvalOptions
    from punie_training.mlx.sweep import sweep

    progress = console(stderr=True)

    def tell(text: str) -> None:
        progress.print(f"{text} ...", style="dim")

    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="punie-sweep-")))
        done = asyncio.run(
            sweep(
                model, suite, folder, base=str(base) if base else None, options=EvalOptions(limit=limit), on_step=tell
            )
        )
    if as_json:
        rows = [{**asdict(row), "lost": bool(row.bits) and done.is_lost(row)} for row in done.rows]
        sys.stdout.write(json_module.dumps({"rows": rows, "base": done.base, "verdict": done.verdict}, indent=2) + "\n")
    else:
        _print(done, suite.name)
    return 1 if done.has_signal and done.lost_at else 0


def _print(done: Sweep, suite: str) -> None:
    from rich.table import Table

    table = Table(title=f"Widths, evaluated with {suite}", title_justify="left")
    table.add_column("width")
    for name in ("size", "right tool", "right result", "answer", "tokens/s"):
        table.add_column(name, justify="right")
    table.add_column("signal")
    for row in done.rows:
        table.add_row(*_cells(done, row))
    if done.base is not None:
        table.add_row("base", "", f"{done.base:.0%}", "", "", "", "")
    console().print(table)
    console().print(done.verdict)


def _cells(done: Sweep, row: Row) -> tuple[str, ...]:
    signal = "" if row.bits is None or not done.has_signal else "lost" if done.is_lost(row) else "kept"
    return (
        row.name,
        f"{row.size_bytes / 1e6:,.2f} MB",
        f"{row.scores['tool']:.0%}",
        f"{row.scores['execution']:.0%}",
        "" if row.answer_seconds is None else f"{row.answer_seconds * 1000:,.0f} ms",
        "" if row.tokens_per_second is None else f"{row.tokens_per_second:,.0f}",
        signal,
    )
