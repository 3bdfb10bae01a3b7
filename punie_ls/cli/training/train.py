"""`punie-ls train`: from data to a better adapter, or a refusal. Imports of training nothing before it runs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.output import print_error
from punie_ls.cli.training.model_pull import fetch

if TYPE_CHECKING:
    from punie_ls.cli.training.train_progress import View
    from punie_training.exceptions import BaseNotHere
    from punie_training.runs.plan import RunPlan
    from punie_training.runs.planning import TrainRequest
    from punie_training.runs.training import RunOutcome

train_app = typer.Typer(add_completion=False)

PROMOTED, REFUSED, ERROR, STOPPED = 0, 1, 2, 130

_SETTINGS = "Settings of LoRA"
_DATA = "Data, when none is named"
_COMPARING = "Comparing"


@train_app.command()
def train(
    dataset: Annotated[str, typer.Argument(help="A dataset's folder; one is built without it.")] = "",
    base: Annotated[str, typer.Option("--base", help="A model's folder or name; the best one here without it.")] = "",
    chat_template: Annotated[
        str, typer.Option("--chat-template", help="For a base without one: qwen3, qwen2.5, gemma, llama.")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="What the adapter is called.")] = "",
    config: Annotated[
        Path | None, typer.Option("--config", help="A YAML, JSON or TOML file.", rich_help_panel=_SETTINGS)
    ] = None,
    iters: Annotated[int | None, typer.Option("--iters", min=1, rich_help_panel=_SETTINGS)] = None,
    rank: Annotated[int | None, typer.Option("--rank", min=1, rich_help_panel=_SETTINGS)] = None,
    lr: Annotated[float | None, typer.Option("--lr", help="Learning rate.", rich_help_panel=_SETTINGS)] = None,
    batch: Annotated[int | None, typer.Option("--batch", min=1, rich_help_panel=_SETTINGS)] = None,
    scale: Annotated[float | None, typer.Option("--scale", rich_help_panel=_SETTINGS)] = None,
    max_seq_length: Annotated[int | None, typer.Option("--max-seq-length", rich_help_panel=_SETTINGS)] = None,
    fine_tune: Annotated[
        Literal["lora", "dora", "full"] | None, typer.Option("--fine-tune", rich_help_panel=_SETTINGS)
    ] = None,
    style: Annotated[
        Literal["fenced", "tool_call"],
        typer.Option("--style", help="How programs are taught.", rich_help_panel=_SETTINGS),
    ] = "fenced",
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Whose names fill the templates.", rich_help_panel=_DATA)
    ] = None,
    tools: Annotated[str, typer.Option("--tools", help="Only these, by commas.", rich_help_panel=_DATA)] = "",
    per_template: Annotated[int, typer.Option("--per-template", min=1, rich_help_panel=_DATA)] = 4,
    traces: Annotated[
        bool,
        typer.Option("--traces/--no-traces", help="Add what your sessions have verified.", rich_help_panel=_DATA),
    ] = True,
    suite: Annotated[
        str,
        typer.Option("--suite", help="held-out, a built-in suite, or a file.", rich_help_panel=_COMPARING),
    ] = "held-out",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many cases.", rich_help_panel=_COMPARING)
    ] = None,
    max_tokens: Annotated[int, typer.Option("--max-tokens", min=1, rich_help_panel=_COMPARING)] = 96,
    min_gain: Annotated[
        float, typer.Option("--min-gain", min=0, max=100, help="In points.", rich_help_panel=_COMPARING)
    ] = 3.0,
    max_category_drop: Annotated[
        float, typer.Option("--max-category-drop", min=0, max=100, help="In points.", rich_help_panel=_COMPARING)
    ] = 10.0,
    promote: Annotated[
        bool,
        typer.Option("--promote/--no-promote", help="Promote what is better.", rich_help_panel=_COMPARING),
    ] = True,
    seed: Annotated[int, typer.Option("--seed")] = 0,
    fuse: Annotated[bool, typer.Option("--fuse", help="Also make a model of its own.")] = False,
    hosts: Annotated[str, typer.Option("--hosts", help="For mlx.launch: a number of processes, or names.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the newest unfinished run; `--resume ID` with another one.")
    ] = False,
    pull: Annotated[bool, typer.Option("--pull", help="Fetch the base from the hub when it is not here.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before it begins.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and estimate, and train nothing.")] = False,
    json: JsonOption = False,
) -> None:
    """Train an adapter and promote it if it is better. Exit code: 0 promoted, 1 refused, 2 error."""
    settings = {
        "fine_tune_type": fine_tune,
        "iters": iters,
        "rank": rank,
        "learning_rate": lr,
        "batch_size": batch,
        "scale": scale,
        "max_seq_length": max_seq_length,
    }
    wanted = {
        "dataset": Path(dataset) if dataset else None,
        "base": base,
        "chat_template": chat_template,
        "config_file": config,
        "settings": {key: value for key, value in settings.items() if value is not None},
        "style": style,
        "seed": seed,
        "name": name,
        "fuse": fuse,
        "promote": promote,
        "hosts": hosts,
    }
    building = {
        "workspace": workspace.expanduser().resolve() if workspace else None,
        "tools": tuple(tool.strip() for tool in tools.split(",") if tool.strip()),
        "per_template": per_template,
        "traces": traces,
    }
    evaluating = {"suite": suite, "limit": limit, "max_tokens": max_tokens, "workspace": building["workspace"]}
    rule = {"min_gain": min_gain / 100, "max_category_drop": max_category_drop / 100}
    raise typer.Exit(
        _run(
            lambda: _request(wanted, building, evaluating, rule),
            resumed=dataset if resume else None,
            dry_run=dry_run,
            pull=pull,
            ask=not yes,
            as_json=json,
        )
    )


def _run(
    request: Callable[[], TrainRequest], *, resumed: str | None, dry_run: bool, pull: bool, ask: bool, as_json: bool
) -> int:
    """Do it, and give the exit status; every expected error is a sentence on stderr."""
    from punie_agent.exceptions import AgentError
    from punie_ls.cli.training.train_progress import open_view
    from punie_training.exceptions import TrainingError

    with open_view(as_json=as_json) as view:
        try:
            if resumed is not None:
                return _ended(asyncio.run(_resume(resumed, view)), view)
            return _begin(request(), view, dry_run=dry_run, pull=pull, ask=ask and not as_json)
        except (TrainingError, AgentError) as error:
            view.close()
            print_error(str(error))
            if view.kept and "--resume" not in str(error):
                print_error(f"To go on when that is put right: punie-ls train --resume {view.run}")
            return ERROR
        except KeyboardInterrupt:
            view.close()
            go_on = f" To go on: punie-ls train --resume {view.run}" if view.kept else ""
            print_error(f"Stopped; nothing was promoted.{go_on}")
            return STOPPED


def _request(
    wanted: dict[str, Any], building: dict[str, Any], evaluating: dict[str, Any], rule: dict[str, Any]
) -> TrainRequest:
    from punie_training.runs.plan import Building, Evaluating
    from punie_training.runs.planning import TrainRequest
    from punie_training.runs.verdict import Rule

    return TrainRequest(**wanted, building=Building(**building), evaluating=Evaluating(**evaluating), rule=Rule(**rule))


def _begin(request: TrainRequest, view: View, *, dry_run: bool, pull: bool, ask: bool) -> int:
    from punie_training.exceptions import BaseNotHere
    from punie_training.runs.planning import plan_run
    from punie_training.runs.training import preview, start

    try:
        plan = plan_run(request)
    except BaseNotHere as error:
        if not pull and not (ask and _attended() and _agreed_to_fetch(error)):
            raise
        asyncio.run(fetch(error.name))
        plan = plan_run(replace(request, base=error.name))
    if dry_run:
        view.show_preview(asyncio.run(preview(plan, view)))
        return PROMOTED
    if ask and _attended() and not _agreed(plan):
        return REFUSED
    return _ended(asyncio.run(start(plan, view)), view)


async def _resume(name: str, view: View) -> RunOutcome:
    """`--resume` with a folder checks that the run is of this data; else what follows is the run's id."""
    from punie_training.runs.training import resume

    folder = Path(name).expanduser() if name else None
    if folder is not None and folder.is_dir():
        return await resume("", view, folder)
    return await resume(name, view)


def _attended() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _agreed_to_fetch(error: BaseNotHere) -> bool:
    typer.echo(str(error))
    return typer.confirm(f"Fetch {error.name} from the hub now?", default=True)


def _agreed(plan: RunPlan) -> bool:
    data = plan.dataset or "built from the templates"
    typer.echo(f"Base:  {plan.base}\nData:  {data}\nBeats: {plan.incumbent or 'its base'}")
    return typer.confirm("Train?", default=True)


def _ended(outcome: RunOutcome, view: View) -> int:
    view.show_outcome(outcome)
    return PROMOTED if outcome.ending in {"promoted", "kept"} else REFUSED
