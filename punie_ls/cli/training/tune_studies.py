"""What `punie-ls tune` prints: trials as they go, the best one, and studies as tables."""

from __future__ import annotations

import asyncio
import json as json_module
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_ls.cli.output import console, print_error

if TYPE_CHECKING:
    from punie_training.tuning.running import Tuned, TuneOptions
    from punie_training.tuning.trials import OnStudy, StudyEvent

Start = Callable[["TuneOptions", "OnStudy"], Awaitable["Tuned"]]
INTERRUPTED = 130


def run_study(given: dict[str, Any], start: Start, *, as_json: bool) -> int:
    """Run a study, and print what it came to. Returns the exit status."""
    from punie_training.exceptions import TrainingError
    from punie_training.tuning.running import TuneOptions

    try:
        options = TuneOptions(**given)
        tuned = asyncio.run(_awaited(start, options, as_json=as_json))
    except TrainingError as error:
        print_error(str(error))
        return 2
    except KeyboardInterrupt:
        print_error("stopped; what has ended is kept. The same command goes on with the study.")
        return INTERRUPTED
    if as_json:
        console().print(json_module.dumps(_plain(options.name, tuned)))
    elif tuned.best is None:
        print_error("No trial is complete: all of them failed or ended early. `punie-ls tune show` has the reasons.")
    else:
        console().print(f"{tuned.best.value:.4g} in trial {tuned.best.number}: {_values(tuned.best.values)}")
        console().print(f"{tuned.file}")
        console(stderr=True).print(f"The picture is {tuned.picture}.")
    return 0 if tuned.best else 1


def list_studies(storage: str, *, as_json: bool) -> int:
    """Print all studies."""
    from rich.table import Table

    from punie_training.exceptions import TrainingError
    from punie_training.tuning.studies import list_studies as rows_of

    try:
        rows = rows_of(storage)
    except TrainingError as error:
        print_error(str(error))
        return 2
    if as_json:
        console().print(json_module.dumps([vars(row) for row in rows]))
        return 0
    table = Table(box=None, pad_edge=False)
    for title in ("name", "tunes", "objective", "trials", "best"):
        table.add_column(title)
    for row in rows:
        trials = ", ".join(f"{number} {state}" for state, number in row.states.items())
        table.add_row(row.name, row.kind, row.goal, trials, "" if row.best is None else f"{row.best:.4g}")
    if rows:
        console().print(table)
    else:
        console(stderr=True).print("There are no studies: `punie-ls tune train DATASET --name NAME` begins one.")
    return 0


def show_study(name: str, storage: str, picture: Path | None, *, as_json: bool) -> int:
    """Print a study's trials, the best first, and how much each parameter mattered."""
    from rich.table import Table

    from punie_training.exceptions import TrainingError
    from punie_training.tuning.picture import importances, write_picture
    from punie_training.tuning.studies import load_study

    try:
        study = load_study(name, storage)
        mattered = importances(study)
        if picture:
            write_picture(study, picture)
    except (TrainingError, OSError) as error:
        print_error(str(error))
        return 2
    trials = [_trial(trial) for trial in study.get_trials(deepcopy=False)]
    trials.sort(key=_best_first(maximize=study.direction.name == "MAXIMIZE"))
    if as_json:
        console().print(json_module.dumps({"name": name, "trials": trials, "importance": mattered}))
        return 0
    table = Table(box=None, pad_edge=False)
    for title in ("trial", "state", "value", "settings", "reason"):
        table.add_column(title)
    for each in trials:
        value = "" if each["value"] is None else f"{each['value']:.4g}"
        table.add_row(str(each["number"]), each["state"], value, _values(each["values"]), each["reason"])
    console().print(table)
    for parameter, share in sorted(mattered.items(), key=lambda item: -item[1]):
        console().print(f"{parameter}: {share:.0%} of what mattered")
    return 0


async def _awaited(start: Start, options: TuneOptions, *, as_json: bool) -> Tuned:
    return await start(options, _json_line if as_json else _Lines())


class _Lines:
    """A line on stderr for each trial's beginning and end, and on a terminal its loss in between."""

    def __call__(self, event: StudyEvent) -> None:
        """Print an event."""
        from punie_training.tuning.trials import TrialBegin, TrialEnd

        err = console(stderr=True)
        match event:
            case TrialBegin():
                err.print(f"[{event.done + 1}/{event.total}] trial {event.number}: {_values(event.values)}")
            case TrialEnd():
                value = "" if event.value is None else f" {event.value:.4g}"
                reason = f": {event.reason}" if event.reason else ""
                err.print(f"      {event.state}{value}{reason} ({event.seconds:.0f} s)")
            case _:
                if err.is_terminal:
                    err.print(f"      loss {event.loss:.3f} after {event.step} iterations")


def _json_line(event: StudyEvent) -> None:
    """With --json, events go to stderr, one JSON object on each line; the result alone to stdout."""
    kind = type(event).__name__.removeprefix("Trial").lower()
    console(stderr=True).print(json_module.dumps({"event": kind, **vars(event)}))


def _trial(trial: Any) -> dict[str, Any]:  # noqa: ANN401 - optuna's FrozenTrial
    complete = trial.state.name == "COMPLETE"
    return {
        "number": trial.number,
        "state": trial.state.name.lower(),
        "value": trial.value if complete else None,
        "values": trial.params,
        "reason": str(trial.user_attrs.get("reason", "")),
    }


def _best_first(*, maximize: bool) -> Callable[[dict[str, Any]], tuple[bool, float]]:
    def key(trial: dict[str, Any]) -> tuple[bool, float]:
        value = trial["value"]
        return value is None, 0.0 if value is None else (-value if maximize else value)

    return key


def _plain(name: str, tuned: Tuned) -> dict[str, Any]:
    best = tuned.best
    return {
        "study": name,
        "best": {"number": best.number, "value": best.value, "values": best.values} if best else None,
        "file": str(tuned.file) if tuned.file else None,
        "picture": str(tuned.picture),
    }


def _values(values: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in values.items()
    )
