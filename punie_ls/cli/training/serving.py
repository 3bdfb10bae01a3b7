"""What `punie-ls model serve` and `model list` do and print."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from punie_ls.cli.output import console, print_error, print_text
from punie_training.adapters import open_registry
from punie_training.mlx.machine import total_memory
from punie_training.serving.fitting import apple_budget
from punie_training.serving.launching import ServeOptions, Serving, ToServe, open_server, what_to_serve
from punie_training.serving.listing import ModelLine, list_models

_FITS = {True: Text("yes", "green"), False: Text("no", "red"), None: Text("?", "yellow")}
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(model: str, adapter: str, options: ServeOptions) -> int:
    """Serve a model until it is stopped. Gives the exit status."""
    with open_registry(tell=print_error) as registry:
        what = what_to_serve(registry, model, adapter)
    return asyncio.run(_serve(what, options))


async def _serve(what: ToServe, options: ServeOptions) -> int:
    # What it would log is told to the user anyway.
    logging.getLogger("punie_agent.models").addHandler(logging.NullHandler())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    on_adapter = f" with the adapter {what.adapter}" if what.adapter else ""
    print_text(f"Loading {what.model}{on_adapter}\n")
    serving = asyncio.create_task(_until_it_fails(what, options))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        return 0
    finally:
        for task in (serving, stopping):
            task.cancel()
        await asyncio.gather(serving, stopping, return_exceptions=True)
        if stop.is_set():
            print_text("Stopped.\n")


async def _until_it_fails(what: ToServe, options: ServeOptions) -> None:
    async with open_server(what, options) as serving:
        print_text(_how_to_use(what, serving))
        sys.stdout.flush()
        await serving.watch(lambda sentence: print_error(sentence))


def _how_to_use(what: ToServe, serving: Serving) -> str:
    lines = [f"{what.name} answers at {serving.url} as {serving.model}. Stop it with Ctrl-C.", "", "In punie.toml:", ""]
    lines.append(f'    model = "{serving.url}#{serving.model}"')
    if what.trained:
        lines += ["", "    [model-options]", "    short-prompt = true"]
    else:
        lines += ["", "For a model that was trained with punie-ls train, also:", ""]
        lines += ["    [model-options]", "    short-prompt = true"]
    return "\n".join(lines) + "\n"


def show_models(*, as_json: bool) -> int:
    """List the models of this machine. Gives the exit status."""
    with open_registry(tell=print_error) as registry:
        adapters = registry.all()
    lines = list_models(adapters, _budget())
    if as_json:
        print_text(json.dumps({"models": [asdict(line) for line in lines]}, indent=2) + "\n")
        return 0
    if not lines:
        print_text("There is no model on this machine. Fetch one: punie-ls model pull NAME\n")
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("model", "kind", "size", "parameters", "bits", "fits", ""):
        table.add_column(
            name, justify="right" if name in ("size", "parameters", "bits") else "left", no_wrap=bool(name)
        )
    for line in lines:
        table.add_row(*_row(line))
    console().print(table)
    return 0


def _row(line: ModelLine) -> list[str | Text]:
    if not line.usable:
        return [line.name, line.kind, "", "", "", "", Text(line.note, "red")]
    return [
        line.name,
        line.kind,
        _size(line.bytes),
        _count(line.parameters),
        str(line.bits),
        _FITS[line.fits],
        line.note,
    ]


def _budget() -> int:
    """Bytes that there are for a model on this machine."""
    memory = total_memory()
    return apple_budget(memory) if sys.platform == "darwin" else memory


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"


def _count(number: int) -> str:
    return f"{number / 1e9:.1f}B" if number >= 1e9 else f"{number / 1e6:.1f}M"
