"""The verbs of training in the command line. Each module imports what it needs when it runs."""

from __future__ import annotations

import typer

from punie_ls.cli.training.adapters import adapters_app
from punie_ls.cli.training.dataset_build import dataset_build
from punie_ls.cli.training.dataset_curate import dataset_app
from punie_ls.cli.training.eval import eval_app
from punie_ls.cli.training.export import export
from punie_ls.cli.training.fuse import fuse
from punie_ls.cli.training.model_fit import fit
from punie_ls.cli.training.model_pull import pull
from punie_ls.cli.training.model_serve import model_app
from punie_ls.cli.training.quantize import quantize
from punie_ls.cli.training.train import train
from punie_ls.cli.training.tune import tune_app


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    dataset_app.command("build")(dataset_build)
    model_app.command("fit")(fit)
    model_app.command("pull")(pull)
    app.command()(train)
    for verb in (export, fuse, quantize):
        app.command()(verb)
    app.add_typer(dataset_app, name="dataset")
    app.add_typer(eval_app, name="eval")
    app.add_typer(adapters_app, name="adapters")
    app.add_typer(model_app, name="model")
    app.add_typer(tune_app, name="tune")
