"""What `fuse`, `quantize` and `export` have in common: names of adapters, exit status, and what was made."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from punie_ls.cli.output import console, print_error

INTERRUPTED = 130


def run(act: Callable[[], int]) -> None:
    """Do what a verb does, and exit with its status; 2 for what was refused."""
    from punie_agent.exceptions import AgentError
    from punie_semantic.exceptions import SemanticError
    from punie_training.exceptions import TrainingError

    try:
        status = act()
    except (TrainingError, AgentError, SemanticError, OSError) as error:
        print_error(str(error))
        status = 2
    except KeyboardInterrupt:
        print_error("interrupted; nothing was left behind.")
        status = INTERRUPTED
    raise typer.Exit(status)


def adapter_and_base(name: str, base: Path | None) -> tuple[Path, Path]:
    """The folders of an adapter and of its base.

    Args:
        name: a folder, or a name of the registry.
        base: the base's folder, where the user has named it.

    Raises:
        AdapterError: there is no such adapter, or it does not say what its base is.
    """
    from punie_training.adapters import open_registry
    from punie_training.exceptions import AdapterError
    from punie_training.mlx.adapter_files import read_adapter_config

    folder = Path(name).expanduser()
    if folder.is_dir():
        trained_on = str(read_adapter_config(folder).get("model") or "")
    else:
        with open_registry() as registry:
            record = registry.get(name)
        folder, trained_on = Path(record.path), record.base
    if base is None and not Path(trained_on).is_dir():
        where = f"the base of {folder} is not at {trained_on}" if trained_on else f"{folder} does not name its base"
        raise AdapterError(f"{where[0].upper()}{where[1:]}: name its folder with --base.")
    return folder, base or Path(trained_on)


def print_made(path: Path, *, as_json: bool) -> None:
    """The folder or file that was made, with its size."""
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    size = sum(file.stat().st_size for file in files)
    if as_json:
        sys.stdout.write(json.dumps({"path": str(path), "bytes": size}) + "\n")
    else:
        console().print(f"{path} ({size / 1e6:,.2f} MB)")
