"""`punie-ls doctor`: what is installed, what runs, and what is wrong, for people or as JSON."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from punie_ls.cli.output import print_error
from punie_ls.doctor.examination import examine
from punie_ls.doctor.report import Finding, Report
from punie_ls.doctor.watcher import NAME as WATCHER

# Piped into a file or a bug report, lines are not folded.
PLAIN_WIDTH = 10_000

Row = tuple[str, str | Text]


async def diagnose(folder: Path, *, as_json: bool) -> int:
    """Examine and print. Gives the exit status: 0 all is well, 1 something is wrong, 2 bad usage."""
    # What the servers do wrong is in the report.
    logging.getLogger().addHandler(logging.NullHandler())
    target = folder.expanduser().absolute()
    if not target.is_dir():
        print_error(f"{folder} is {'no folder' if target.exists() else 'not there'}; name the project's folder.")
        return 2
    report = await examine(target.resolve())
    if as_json:
        sys.stdout.write(json.dumps(report.as_json(), indent=2, ensure_ascii=False, default=str) + "\n")
    else:
        _print(report)
    return 1 if report.problems else 0


def _print(report: Report) -> None:
    out = Console(highlight=False, markup=False)
    if not out.is_terminal:
        out = Console(highlight=False, markup=False, width=PLAIN_WIDTH)
    out.print(Text(f"Punie's doctor on {report.folder}", style="bold"))
    for title, rows in (
        ("Versions", _versions(report)),
        ("ty and ruff", _tools(report)),
        ("The project's Python", _python(report)),
        ("Servers, each started once", _servers(report)),
        ("Settings", _settings(report)),
        ("Machine", _machine(report)),
        ("Log", _log(report)),
        ("Variables", report.variables.items()),
    ):
        _section(out, title, rows)
    _findings(out, report)


def _section(out: Console, title: str, rows: Iterable[Row]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(f"  {name}", value)
    if table.row_count:
        out.print()
        out.print(Text(title, style="bold"))
        out.print(table)


def _versions(report: Report) -> Iterable[Row]:
    for name, version in report.versions.items():
        yield name, version or _bad("missing")


def _tools(report: Report) -> Iterable[Row]:
    for tool in report.tools:
        if tool.path is None:
            yield tool.name, _bad(tool.error)
        else:
            yield tool.name, Text(tool.version) if tool.version else _bad(tool.error)
            yield "", f"{tool.path} (chosen by: {tool.chosen_by})"


def _python(report: Report) -> Iterable[Row]:
    python = report.python
    yield "version", python.version or _bad(python.error)
    yield "environment", python.environment
    yield "found by", _RULES.get(python.found_by, python.found_by)
    if python.override:
        yield "but ty takes", f"{python.override.value}, because of {python.override.file}"
    yield "pytest", python.pytest or "not installed"


_RULES = {
    "setting": "the setting `interpreter`",
    "VIRTUAL_ENV": "the variable VIRTUAL_ENV, as it is here; an editor may have been started without it",
    "CONDA_PREFIX": "the variable CONDA_PREFIX, as it is here; an editor may have been started without it",
    ".venv": "a .venv in the project's folder or above it",
    "PATH": "the first python3 on PATH, as it is here; an editor may have another PATH",
    "base interpreter": "the Python that Punie was installed with, for there is no other",
}


def _servers(report: Report) -> Iterable[Row]:
    for server in report.servers:
        if server.seconds is None:
            yield server.name, _bad(server.error)
        else:
            what = "noticed a file" if server.name == WATCHER else "answered initialize"
            yield server.name, f"{what} after {server.seconds * 1000:.0f} ms"


def _settings(report: Report) -> Iterable[Row]:
    for setting in report.settings:
        value = json.dumps(setting.value, ensure_ascii=False) if setting.value is not None else "not set"
        yield setting.name, value if setting.source == "default" else f"{value} (from {setting.source})"
    yield "", Text("What your editor sets comes on top of this; the doctor cannot see it.", style="dim")


def _machine(report: Report) -> Iterable[Row]:
    machine = report.machine
    yield "system", machine.platform
    yield "git", machine.git or "not found"
    yield "file system", machine.file_system or "unknown"
    if machine.watching:
        count = f"{'' if machine.watching.complete else 'more than '}{machine.watching.directories}"
        yield "folders", f"{count} in the project; Linux lets you watch {machine.watching.limit}"


def _log(report: Report) -> Iterable[Row]:
    yield "directory", report.logs.directory or _bad("none")
    yield "newest file", next(iter(report.logs.files), "none yet")
    for line in report.logs.errors:
        yield "error", line


def _findings(out: Console, report: Report) -> None:
    out.print()
    if report.problems:
        out.print(Text("What is wrong", style="bold red"))
        _numbered(out, report.problems)
    else:
        out.print(Text("Nothing is wrong.", style="bold green"))
    if report.notes:
        out.print()
        out.print(Text("Worth knowing", style="bold yellow"))
        _numbered(out, report.notes)


def _numbered(out: Console, findings: list[Finding]) -> None:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for number, finding in enumerate(findings, 1):
        table.add_row(f"  {number}.", finding.what)
        if finding.do:
            table.add_row("", Text(f"→ {finding.do}", style="green"))
    out.print(table)


def _bad(text: str | None) -> Text:
    return Text(text or "not known", style="red")
