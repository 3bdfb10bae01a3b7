"""`punie-ls fuse`: the adapter's change into the weights of its base."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.training.models_made import adapter_and_base, print_made, run

fuse_app = typer.Typer(help="An adapter's change into the weights of its base.")


@fuse_app.command("fuse")
def fuse(
    adapter: Annotated[str, typer.Argument(help="An adapter of the registry, by its name, or an adapter's folder.")],
    out: Annotated[Path, typer.Argument(help="The new model's folder. Nothing is overwritten.")],
    base: Annotated[
        Path | None, typer.Option("--base", help="The base's folder; by default the one trained on.")
    ] = None,
    dtype: Annotated[
        Literal["float16", "bfloat16", "float32"] | None, typer.Option("--dtype", help="Convert the weights to this.")
    ] = None,
    other_base: Annotated[
        bool, typer.Option("--other-base", help="Accept a base of the same shapes, such as the same model quantized.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Put an adapter's change into its base: a whole model, never quantized. Exit status: 0 made, 2 refused."""

    def act() -> int:
        from punie_training.mlx.fusing import fuse as fuse_model

        folder, model = adapter_and_base(adapter, base)
        made = asyncio.run(fuse_model(model, folder, out, dtype=dtype, other_base=other_base))
        print_made(made, as_json=json)
        return 0

    run(act)
