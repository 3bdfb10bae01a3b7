"""How `punie-ls train` shows a run: bars on a terminal, lines elsewhere, or events as JSON, one on each line."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from punie_ls.cli.output import bar_is_wanted, console

if TYPE_CHECKING:
    from punie_training.runs.events import Progress as Step
    from punie_training.runs.events import RunEvent
    from punie_training.runs.training import Preview, RunOutcome

# Between two lines about the same stage where nobody sees a bar.
LINE_SECONDS = 10.0
_TITLES = {
    "data": "Data",
    "checks": "Checks",
    "baseline": "Evaluating what there is",
    "lora": "Training",
    "fuse": "Fusing",
    "candidate": "Evaluating the candidate",
    "verdict": "Verdict",
    "registry": "Registry",
    "report": "Report",
}


class View:
    """Shows events, then the end. This one writes lines to stderr, and the result to stdout.

    Attributes:
        run: the id of the run, once there is one.
        kept: whether the run has done something that a later one can go on from.
    """

    def __init__(self) -> None:
        self.run = ""
        self.kept = False
        self._last = 0.0

    def __call__(self, event: RunEvent) -> None:
        """Remember which run it is, and whether it is past its checks; and show the event."""
        if event.kind == "run":
            self.run, self.kept = event.run, event.resumed
        elif event.kind == "stage" and event.stage not in ("data", "checks"):
            self.kept = True
        self.show(event)

    def show(self, event: RunEvent) -> None:
        """Show an event."""
        match event.kind:
            case "run":
                self.line(f"Run {event.run}{', going on' if event.resumed else ''}: {event.folder}")
            case "stage":
                self._last = time.monotonic()
                self.line(f"[{event.number}/{event.total}] {_TITLES[event.stage]}")
            case "stage_ended":
                self.line(_end(event))
            case "remark":
                self.line(f"      {event.text}")
            case "progress":
                self.step(event)

    def step(self, event: Step) -> None:
        """Show how far a stage is, not too often."""
        now = time.monotonic()
        if now - self._last >= LINE_SECONDS or (event.total and event.done == event.total):
            self._last = now
            of = f" of {event.total}" if event.total else ""
            self.line("      " + "  ".join([f"{event.done}{of}", *_figures(event.values)]))

    def line(self, text: str) -> None:
        """One line for people."""
        console(stderr=True).print(text)

    def show_outcome(self, outcome: RunOutcome) -> None:
        """The verdict."""
        out = console()
        style = "green" if outcome.verdict.outcome == "promote" else "red"
        name = outcome.adapter or outcome.folder.plan().name
        words = {"promoted": "Promoted", "kept": "Better, and kept", "refused": "Refused"}
        out.print(f"{words.get(outcome.ending, outcome.ending)}: {name}", style=style)
        for condition in outcome.verdict.conditions:
            out.print(f"  {'yes' if condition.holds else 'no '}  {condition.text}")
        if outcome.ending == "refused":
            out.print(f"What was promoted stays: {outcome.folder.plan().incumbent or 'nothing'}.")
        out.print(f"Report: {outcome.folder.report}")

    def show_preview(self, preview: Preview) -> None:
        """What a run would do."""
        out = console()
        for name, value in preview.as_dict().items():
            out.print(f"{name:<9} {value}")
        out.print("Nothing was trained.")

    def close(self) -> None:
        """Leave the terminal as it was."""


class TerminalView(View):
    """A bar for each stage."""

    def __init__(self) -> None:
        super().__init__()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[figures]}", markup=False),
            TimeElapsedColumn(),
            console=console(stderr=True),
            transient=True,
            redirect_stdout=False,
        )
        self._task: TaskID | None = None
        self._progress.start()

    def show(self, event: RunEvent) -> None:
        """Show an event."""
        match event.kind:
            case "stage":
                self._drop()
                title = f"[{event.number}/{event.total}] {_TITLES[event.stage]}"
                self._task = self._progress.add_task(title, total=None, figures="")
            case "stage_ended":
                self._drop()
                self.line(_end(event))
            case _:
                super().show(event)

    def step(self, event: Step) -> None:
        """Move the bar."""
        if self._task is not None:
            figures = "  ".join(_figures(event.values))
            self._progress.update(self._task, completed=event.done, total=event.total or None, figures=figures)

    def line(self, text: str) -> None:
        """One line above the bars."""
        self._progress.console.print(text)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._progress.stop()

    def _drop(self) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None


class JsonView(View):
    """Events as JSON on stdout; the last one is of the kind `result`, or `preview`."""

    def show(self, event: RunEvent) -> None:
        """Write an event."""
        from punie_training.runs.events import as_dict

        self._write(as_dict(event))

    def show_outcome(self, outcome: RunOutcome) -> None:
        """The verdict with all its figures."""
        self._write({"kind": "result", **outcome.as_dict()})

    def show_preview(self, preview: Preview) -> None:
        """What a run would do."""
        self._write({"kind": "preview", **preview.as_dict(), "settings": preview.settings})

    def _write(self, value: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()


@contextmanager
def open_view(*, as_json: bool) -> Generator[View]:
    """The view that suits where it is seen."""
    terminal = bar_is_wanted(os.environ, terminal=sys.stderr.isatty())
    view = JsonView() if as_json else TerminalView() if terminal else View()
    try:
        yield view
    finally:
        view.close()


def _end(event: Any) -> str:  # noqa: ANN401 - a StageEnded; the match above says so
    mark = {"done": "done", "failed": "failed", "interrupted": "stopped"}[event.status]
    when = "earlier" if event.skipped else f"{event.seconds:.1f} s"
    # Why a stage failed is the command's last line.
    summary = f": {event.summary}" if event.summary and event.status != "failed" else ""
    return f"  {mark:<7} {_TITLES[event.stage]} ({when}){summary}"


def _figures(values: dict[str, float]) -> list[str]:
    """Figures in words, in a fixed order."""
    forms = {
        "right": lambda v: f"right tool {v:.0%}",
        "loss": lambda v: f"loss {v:.3f}",
        "valid": lambda v: f"validation {v:.3f}",
        "tokens_per_second": lambda v: f"{v:,.0f} tokens/s",
        "peak_gb": lambda v: f"peak {v:.2f} GB",
        "seconds_left": lambda v: f"{int(v) // 60}:{int(v) % 60:02} left",
        "kept": lambda v: f"{v:.0f} kept",
    }
    return [form(values[name]) for name, form in forms.items() if name in values]
