"""`punie-ls dataset show`: a dataset as people read it, a page at a time. Imports training when it runs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from punie_ls.cli.options import JsonOption

if TYPE_CHECKING:
    from rich.console import Console

    from punie_training.curating.reading import Row

_SPLITS: dict[str, Literal["train", "valid", "test"]] = {"train": "train", "valid": "valid", "test": "test"}


def dataset_show(
    folder: Annotated[Path, typer.Argument(help="The dataset's folder.")],
    split: Annotated[list[str] | None, typer.Option(help="train, valid or test. May be repeated.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only of these. May be repeated.")] = None,
    tool: Annotated[list[str] | None, typer.Option(help="Only programs that call it. May be repeated.")] = None,
    grep: Annotated[str, typer.Option(help="A regular expression in the query or the answer.")] = "",
    offset: Annotated[int, typer.Option(min=0, help="How many to leave out first.")] = 0,
    limit: Annotated[int, typer.Option(min=0, help="How many at most.")] = 20,
    json: JsonOption = False,
) -> None:
    """Show examples: query, program or answer, and where they come from."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.curating.reading import read_whole
        from punie_training.curating.selecting import Selection, select

        wanted = {kind: tuple(values) for kind, values in {"category": category, "tool": tool}.items() if values}
        if unknown := sorted(set(split or ()) - set(_SPLITS)):
            raise typer.BadParameter(f"{unknown[0]!r} is no split. Pass one of {', '.join(_SPLITS)}.")
        splits = tuple(_SPLITS[name] for name in split or ())
        selection = Selection(wanted=wanted, splits=splits, pattern=grep)
        found = select(read_whole(folder).rows, selection)
        page = found[offset : offset + limit]
        if json:
            reports.print_json({"total": len(found), "offset": offset, "examples": [_plain(row) for row in page]})
        else:
            _print(page, len(found), offset)
        return 0

    reports.run(act)


def _print(page: list[Row], total: int, offset: int) -> None:
    from rich.text import Text

    from punie_ls.cli.output import console

    out = console()
    with _pager(out):
        for row in page:
            _print_row(out, row)
        last = offset + len(page)
        shown = f"{offset + 1} to {last}" if page else "None"
        more = f" Go on with --offset {last}." if last < total else ""
        out.print(Text(f"{shown} of {total:,}.{more}", style="dim"))


@contextlib.contextmanager
def _pager(out: Console) -> Generator[None]:
    """The user's pager where somebody sees it; elsewhere the text as it is."""
    if out.is_terminal and sys.stdin.isatty():
        with out.pager(styles=True):
            yield
    else:
        yield


def _print_row(out: Console, row: Row) -> None:
    from rich.rule import Rule
    from rich.syntax import Syntax
    from rich.text import Text

    from punie_training.curating.quality import quality_of

    example = row.example
    provenance = example.provenance
    out.print(Text.assemble((row.place, "cyan"), f"  {provenance.category}", (f"  {example.hash}", "dim")))
    out.print(Text(_visible(example.query), style="bold"))
    if example.program is None:
        out.print(Text(_visible(example.answer)))
    elif out.is_terminal:
        out.print(Syntax(_visible(example.program), "python", background_color="default", word_wrap=True))
    else:
        out.print(Text(_visible(example.program)))
    parts = {
        "source": provenance.source,
        "licence": provenance.licence,
        "template": provenance.template,
        "project": provenance.project,
        "outcome": provenance.outcome,
        "quality": f"{quality_of(example).score:.2f}",
    }
    out.print(Text(", ".join(f"{name} {value}" for name, value in parts.items() if value), style="dim"))
    out.print(Rule(style="dim") if out.is_terminal else Text(""))


def _visible(text: str) -> str:
    """Without control characters, which could do anything to a terminal."""
    return "".join(c if c in "\n\t" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _plain(row: Row) -> dict[str, Any]:
    example = row.example
    return {
        "split": row.split,
        "place": row.place,
        "hash": example.hash,
        "messages": [message.model_dump() for message in example.messages],
        "program": example.program,
        "provenance": example.provenance.model_dump(),
    }
