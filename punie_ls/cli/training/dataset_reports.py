"""What the dataset verbs print: tables for people, one JSON value for programs, and errors as one sentence."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text

from punie_ls.cli.output import console, print_error

if TYPE_CHECKING:  # training takes long to import
    from punie_training.curating.reading import Finding
    from punie_training.curating.statistics import Statistics
    from punie_training.curating.validating import Validation
    from punie_training.curating.writing import Written

MOST_OF_A_RULE = 5


def run(act: Callable[[], int]) -> None:
    """Do what a verb does, and exit with its status; 2 for what the package or the disk refused.

    Whoever reads the output may stop reading: that is no error.
    """
    from punie_agent.exceptions import AgentError
    from punie_semantic.exceptions import SemanticError
    from punie_training.exceptions import TrainingError

    try:
        status = act()
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # rich ends the program for a closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except (TrainingError, AgentError, SemanticError, OSError) as error:
        print_error(str(error))
        status = 2
    raise typer.Exit(status)


def print_json(value: Any) -> None:  # noqa: ANN401 - JSON data
    """One JSON value; paths are text in it."""
    text = json.dumps(value, indent=2, ensure_ascii=True, default=_plain)
    sys.stdout.write(text + "\n")


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON data
    return str(value) if isinstance(value, Path) else list(value) if isinstance(value, tuple | set) else repr(value)


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it needs one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_written(written: Written) -> None:
    """Where it is now, and how much."""
    sizes = ", ".join(f"{split} {number:,}" for split, number in written.counts.items())
    out = console()
    out.print(
        Text.assemble("Wrote ", count(written.total, "example"), " to ", (str(written.folder), "bold"), f" ({sizes}).")
    )
    if written.repeated:
        out.print(f"{count(written.repeated, 'example')} stood there twice, and was written once.")


def print_counts(title: str, counts: Mapping[str, int]) -> None:
    """Numbers by name, under a title; nothing when there are none."""
    if not counts:
        return
    if title:
        console().print(Text(title, style="bold"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for name, number in counts.items():
        table.add_row(f"{number:,}", Text(name))
    console().print(table)


def print_some(title: str, sentences: Sequence[str], *, most: int = MOST_OF_A_RULE) -> None:
    """The first sentences of many, under a title; nothing when there are none."""
    if not sentences:
        return
    out = console()
    if title:
        out.print(Text(title, style="bold"))
    for sentence in sentences[:most]:
        out.print(Text(f"  {sentence}"))
    if len(sentences) > most:
        out.print(Text(f"  and {len(sentences) - most:,} more (--json has all)", style="dim"))


def print_validation(validation: Validation, *, everything: bool) -> None:
    """The findings by rule, errors first, and a verdict."""
    findings = [*validation.errors, *validation.warnings]
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.level, finding.rule), []).append(finding)
    out = console()
    for (level, rule), group in groups.items():
        style = "red" if level == "error" else "yellow"
        out.print(Text.assemble((f"{level}: {rule}", style), f" ({len(group):,})"))
        for finding in group if everything else group[:MOST_OF_A_RULE]:
            out.print(Text.assemble("  ", (finding.place, "cyan"), f"  {finding.message}"))
        if not everything and len(group) > MOST_OF_A_RULE:
            out.print(Text(f"  and {len(group) - MOST_OF_A_RULE:,} more (--all shows them)", style="dim"))
    sizes = ", ".join(f"{split} {number:,}" for split, number in validation.counts.items())
    errors, warnings = len(validation.errors), len(validation.warnings)
    verdict = ("It can be trained on", "green") if not errors else ("It cannot be trained on as it is", "red")
    tail = f": {count(errors, 'error')}, {count(warnings, 'warning')}. Examples: {sizes}."
    out.print(Text.assemble(verdict, tail))


def validation_json(validation: Validation) -> dict[str, Any]:
    """A validation as JSON."""
    return {
        "folder": str(validation.folder),
        "counts": validation.counts,
        "errors": len(validation.errors),
        "warnings": len(validation.warnings),
        "findings": [asdict(finding) for finding in validation.findings],
    }


def print_statistics(figures: Statistics) -> None:
    """All tables."""
    for kind, rows in {"": {"examples": figures.counts}, **figures.tables}.items():
        console().print(_by_split(kind, rows))
        console().print()
    table = _table("length", ("least", "median", "95 of 100", "most"))
    for name, length in figures.lengths.items():
        table.add_row(name, *(f"{n:,}" for n in (length.least, length.median, length.most_of, length.most)))
    console().print(table)
    console().print(f"\nMean quality {figures.quality:.2f} of 1. Tools: {figures.tool_registry}.")


def _by_split(kind: str, rows: Mapping[str, Mapping[Any, int]]) -> Table:
    splits = ("train", "valid", "test")
    table = _table(kind, (*splits, "all"))
    for name, counts in rows.items():
        numbers = [counts.get(split, 0) for split in splits]
        table.add_row(Text(name), *(f"{number:,}" for number in (*numbers, sum(numbers))))
    return table


def _table(first: str, columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, min_width=24)
    for column in columns:
        table.add_column(column, justify="right")
    return table
