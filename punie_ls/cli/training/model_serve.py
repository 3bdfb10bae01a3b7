"""`punie-ls model serve` and `model list`: the verbs; each imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.training.models_made import run

model_app = typer.Typer(help="Models of this machine.", no_args_is_help=True)


@model_app.command("serve")
def model_serve(
    model: Annotated[
        str, typer.Argument(help="A model's folder or name, or an adapter's name; by default the promoted adapter.")
    ] = "",
    adapter: Annotated[
        str, typer.Option("--adapter", help="Serve the model with this adapter: a name or folder.")
    ] = "",
    host: Annotated[str, typer.Option("--host", help="Where it listens: this machine only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8080,
    draft_model: Annotated[
        Path | None, typer.Option("--draft-model", help="A small model of the same family that proposes tokens.")
    ] = None,
    draft_tokens: Annotated[
        int | None, typer.Option("--num-draft-tokens", min=1, help="How many it proposes at once.")
    ] = None,
    start_seconds: Annotated[
        float, typer.Option("--start-seconds", min=1, help="How long the model may take to load.")
    ] = 300.0,
) -> None:
    """Serve a model over OpenAI's protocol until Ctrl-C; after a crash it is started again."""

    def act() -> int:
        from punie_ls.cli.training.serving import serve
        from punie_training.serving.launching import ServeOptions

        options = ServeOptions(host, port, draft_model, draft_tokens, start_seconds)
        return serve(model, adapter, options)

    run(act)


@model_app.command("list")
def model_list(json: JsonOption = False) -> None:
    """List the models of this machine: fetched, made by Punie, and adapters; with size, bits, and whether they fit."""

    def act() -> int:
        from punie_ls.cli.training.serving import show_models

        return show_models(as_json=json)

    run(act)
