"""`punie-ls model fit`: does a model fit this machine, to be served and to be trained?"""

from __future__ import annotations

import asyncio
import json as json_module
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.output import console, print_error

if TYPE_CHECKING:
    from pathlib import Path

    from punie_training.mlx.config import LoraConfig
    from punie_training.serving.fitting import Fit
    from punie_training.serving.measuring import Speed
    from punie_training.serving.weights import ModelShape

fit_app = typer.Typer(help="Does a model fit this machine?")

_GIB = 1 << 30


@fit_app.command("fit")
def fit(
    model: Annotated[str, typer.Argument(help="A model's folder, or the name of one that is here.")] = "",
    params: Annotated[str, typer.Option("--params", help="Instead of a model, its size: 7B, 1.5B, 270M.")] = "",
    bits: Annotated[int, typer.Option("--bits", help="With --params: 4, 5, 6, 8, 16 or 32.")] = 4,
    context: Annotated[int, typer.Option("--context", help="Tokens of one conversation.")] = 16_384,
    memory: Annotated[
        float, typer.Option("--memory", help="Of an Apple Silicon machine, in GB, instead of this machine's.")
    ] = 0.0,
    rank: Annotated[int, typer.Option("--rank", help="Of LoRA.")] = 8,
    batch: Annotated[int, typer.Option("--batch", help="Examples at once in training.")] = 1,
    length: Annotated[int, typer.Option("--length", help="Tokens of the longest example.")] = 512,
    measure: Annotated[bool, typer.Option("--measure", help="Also load the model and measure tokens/s.")] = False,
    json: JsonOption = False,
) -> None:
    """Say whether a model fits, with the numbers. Exit status: 0 it can be served, 1 it cannot, 2 error."""
    from punie_training.exceptions import TrainingError

    try:
        shape, folder = _shape(model, params, bits)
        fits = _fits(shape, _budget(memory), context, _config(rank, batch), length)
        speed = asyncio.run(_measured(folder, fits["serving"])) if measure else None
    except (TrainingError, ValueError) as error:
        print_error(str(error))
        raise typer.Exit(2) from error
    except KeyboardInterrupt as interrupt:
        raise typer.Exit(130) from interrupt
    if json:
        console().print(json_module.dumps(_plain(shape, fits, context, speed)))
    else:
        _show(shape, fits, context, speed)
    raise typer.Exit(0 if fits["serving"].fits else 1)


def _shape(model: str, params: str, bits: int) -> tuple[ModelShape, Path | None]:
    from punie_training.exceptions import ServingError
    from punie_training.runs.bases import find_base
    from punie_training.serving.weights import WIDTHS, parse_size, shape_of, sized_shape

    if bool(model) == bool(params):
        raise ServingError("Name a model, or a size with --params 7B; not both.")
    if model:
        folder = find_base(model).folder
        return shape_of(folder), folder
    if bits not in WIDTHS:
        raise ServingError(f"--bits {bits}: there are {', '.join(map(str, WIDTHS))}.")
    return sized_shape(parse_size(params), bits), None


def _budget(memory: float) -> int:
    """Bytes for a model: of a Mac with so much memory, or of this machine now."""
    import sys

    from punie_training.exceptions import ServingError
    from punie_training.mlx.machine import available_memory, total_memory
    from punie_training.serving.fitting import apple_budget

    if memory < 0 or memory > 10_000:
        raise ServingError(f"--memory {memory:g}: name the gigabytes of a machine, such as 16.")
    if memory:
        return apple_budget(int(memory * _GIB))
    if sys.platform == "darwin":
        return apple_budget(total_memory())
    if not (available := available_memory()):
        raise ServingError("This system does not tell its memory: pass --memory.")
    return available


def _config(rank: int, batch: int) -> LoraConfig:
    from punie_training.mlx.config import config_of

    return config_of({"rank": rank, "batch_size": batch, "grad_checkpoint": True}, "--rank and --batch")


def _fits(shape: ModelShape, budget: int, context: int, config: LoraConfig, length: int) -> dict[str, Fit]:
    from punie_training.exceptions import ServingError
    from punie_training.serving.fitting import fit_serving, fit_training

    if not 1 <= context <= 10_000_000 or not 16 <= length <= 1_000_000:
        raise ServingError("--context must be at least 1, and --length at least 16.")
    return {
        "serving": fit_serving(shape, budget, context),
        "training": fit_training(shape, budget, config, length),
    }


async def _measured(folder: Path | None, serving: Fit) -> Speed:
    from punie_training.exceptions import ServingError
    from punie_training.serving.measuring import measure

    if folder is None:
        raise ServingError("--measure needs a model that is here, not a size.")
    if not serving.fits:
        raise ServingError("It does not fit, so it is not measured: loading it would make this machine unusable.")
    return await measure(folder)


def _show(shape: ModelShape, fits: dict[str, Fit], context: int, speed: Speed | None) -> None:
    from rich.table import Table

    out = console()
    budget = next(iter(fits.values())).budget
    about = "" if shape.exact else ", from its size alone"
    out.print(
        f"{shape.name}: {shape.base.parameters / 1e9:.2f}B parameters, {shape.bits} bits{about}."
        f" There are {_gib(budget)} for it."
    )
    table = Table(box=None, pad_edge=False)
    for title in ("", "weights", "cache or adapter", "working", "in all", ""):
        table.add_column(title, justify="left" if not title else "right")
    for name, found in fits.items():
        need = found.need
        what = f"serving, {context:,} tokens" if name == "serving" else "training with LoRA"
        verdict = "fits" if found.fits else "does not fit"
        table.add_row(what, *map(_gib, (need.weights, need.cache, need.working, need.total)), verdict)
    out.print(table)
    for name, found in fits.items():
        for advice in found.advice:
            out.print(f"{name}: {advice}")
    if speed:
        out.print(
            f"measured: loaded in {speed.load_seconds:.1f} s, reads {speed.prompt_per_second:.1f} tokens/s,"
            f" writes {speed.answer_per_second:.1f} tokens/s, at most {_gib(speed.peak_bytes)}"
        )


def _plain(shape: ModelShape, fits: dict[str, Fit], context: int, speed: Speed | None) -> dict[str, Any]:
    found = {
        name: {"fits": each.fits, **asdict(each.need), "total": each.need.total, "advice": list(each.advice)}
        for name, each in fits.items()
    }
    return {
        "model": shape.name,
        "parameters": shape.base.parameters,
        "bits": shape.bits,
        "exact": shape.exact,
        "context": context,
        "budget": next(iter(fits.values())).budget,
        **found,
        "speed": asdict(speed) if speed else None,
    }


def _gib(number: int) -> str:
    return f"{number / _GIB:.1f} GiB" if number >= _GIB // 10 else f"{number / (1 << 20):.0f} MiB"
