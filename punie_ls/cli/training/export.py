"""`punie-ls export`: an adapter or a model for others, with its model card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.training.models_made import print_made, run

if TYPE_CHECKING:
    from punie_training.mlx.exporting import About

export_app = typer.Typer(help="An adapter or a model for others.")


@export_app.command("export")
def export(
    source: Annotated[
        str, typer.Argument(help="An adapter of the registry, by its name, or a folder of an adapter or model.")
    ],
    out: Annotated[Path, typer.Argument(help="The new folder, or the archive. Nothing is overwritten.")],
    archive: Annotated[bool, typer.Option("--archive", help="One .tar.gz file.")] = False,
    base: Annotated[
        Path | None, typer.Option("--base", help="The folder of the base, for its name and licence.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write an adapter or a model with a card: base, data, metrics, licences. Exit status: 0 written, 2 refused."""

    def act() -> int:
        from punie_training.mlx.exporting import export as export_files

        folder, about = _known(source, base)
        print_made(export_files(folder, out, about, archive=archive), as_json=json)
        return 0

    run(act)


def _known(source: str, base: Path | None) -> tuple[Path, About]:
    """The folder, and what the registry knows of it."""
    from punie_training.adapters import open_registry
    from punie_training.mlx.exporting import About

    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder, About(base=base)
    with open_registry() as registry:
        record = registry.get(source)
    return Path(record.path), About(record.name, record.metrics, record.versions, base or Path(record.base))
