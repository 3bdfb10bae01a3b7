"""`punie-ls dataset ...`: the verbs for datasets that are there already; each imports what it needs when it runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.training.dataset_fetch import dataset_download, dataset_from_traces
from punie_ls.cli.training.dataset_mine import dataset_mine
from punie_ls.cli.training.dataset_show import dataset_show

dataset_app = typer.Typer(help="Datasets of programs and answers, to train models on.", no_args_is_help=True)
dataset_app.command("show")(dataset_show)
dataset_app.command("mine")(dataset_mine)
dataset_app.command("from-traces")(dataset_from_traces)
dataset_app.command("download")(dataset_download)

FolderArgument = Annotated[Path, typer.Argument(help="A folder with train.jsonl, valid.jsonl and test.jsonl.")]
OutArgument = Annotated[Path, typer.Argument(help="The new folder. Nothing is overwritten.")]


@dataset_app.command("validate")
def dataset_validate(
    folder: FolderArgument,
    every: Annotated[bool, typer.Option("--all", help="Show all findings of a kind, not only the first.")] = False,
    json: JsonOption = False,
) -> None:
    """Check that a dataset can be trained on. Exit status: 0 it can, 1 it cannot, 2 it could not be read."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.curating.validating import validate

        validation = validate(folder)
        if json:
            reports.print_json(reports.validation_json(validation))
        else:
            reports.print_validation(validation, everything=every)
        return 1 if validation.errors else 0

    reports.run(act)


@dataset_app.command("stats")
def dataset_stats(folder: FolderArgument, json: JsonOption = False) -> None:
    """Count examples by category, tool, outcome, source, licence and language."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.curating.statistics import statistics

        figures = statistics(folder)
        if json:
            reports.print_json(asdict(figures))
        else:
            reports.print_statistics(figures)
        return 0

    reports.run(act)


@dataset_app.command("filter")
def dataset_filter(
    folder: FolderArgument,
    out: OutArgument,
    language: Annotated[list[str] | None, typer.Option(help="Of the query, such as en. May be repeated.")] = None,
    max_python: Annotated[str, typer.Option(help="Programs must run on this version, such as 3.11.")] = "",
    min_quality: Annotated[float, typer.Option(help="From 0 to 1; `show` prints each example's.")] = 0.0,
    min_length: Annotated[int, typer.Option(help="Characters of query and answer, at least.")] = 0,
    max_length: Annotated[int | None, typer.Option(help="Characters of query and answer, at most.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Keep these. May be repeated.")] = None,
    tool: Annotated[list[str] | None, typer.Option(help="Keep programs that call it. May be repeated.")] = None,
    outcome: Annotated[list[str] | None, typer.Option(help="Keep these. May be repeated.")] = None,
    without: Annotated[list[str] | None, typer.Option(help="KIND=VALUE: drop these. May be repeated.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Drop queries too short to tell their language.")] = False,
    json: JsonOption = False,
) -> None:
    """Keep what passes all rules, and say what each rule dropped."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.curating.filtering import FilterOptions, filter_dataset
        from punie_training.curating.selecting import Selection, parse_unwanted

        given = {"category": category, "tool": tool, "outcome": outcome}
        wanted = {kind: tuple(values) for kind, values in given.items() if values}
        options = FilterOptions(
            languages=tuple(language or ()),
            max_python=max_python,
            min_quality=min_quality,
            min_length=min_length,
            max_length=max_length,
            selection=Selection(wanted=wanted, unwanted=parse_unwanted(without or [])),
            strict=strict,
        )
        done = filter_dataset(folder, out, options)
        if json:
            dropped = [{"place": d.row.place, "rule": d.rule, "why": d.why} for d in done.dropped]
            reports.print_json({**asdict(done.written), "by_rule": done.by_rule, "dropped": dropped})
        else:
            reports.print_counts(f"Dropped {reports.count(len(done.dropped), 'example')}, by rule:", done.by_rule)
            reports.print_written(done.written)
        return 0

    reports.run(act)


@dataset_app.command("merge")
def dataset_merge(
    folders: Annotated[list[Path], typer.Argument(metavar="A B...", help="Two or more datasets.")],
    out: OutArgument,
    keep_conflicts: Annotated[
        bool, typer.Option("--keep-conflicts", help="Keep all answers to a query, as long as they are in one split.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Join datasets: equal examples once, queries with two answers named."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.curating.merging import merge

        done = merge(folders, out, keep_conflicts=keep_conflicts)
        conflicts = [
            {"left_out": c.row.place, "kept": c.kept.place, "query": c.kept.example.query} for c in done.conflicts
        ]
        if json:
            registries = list(done.tool_registries)
            reports.print_json(
                {**asdict(done.written), "equal": done.equal, "conflicts": conflicts, "tool_registries": registries}
            )
            return 0
        reports.print_some(
            "Another answer to the same query was left out:",
            [f"{c['left_out']} ({c['kept']} stays): {c['query']}" for c in conflicts],
        )
        if len(done.tool_registries) > 1:
            reports.print_some("They were made for different versions of the tools:", done.tool_registries)
        reports.print_counts("", {"equal examples were written once": done.equal} if done.equal else {})
        reports.print_written(done.written)
        return 0

    reports.run(act)


@dataset_app.command("split")
def dataset_split(
    folder: FolderArgument,
    out: OutArgument,
    ratios: Annotated[str, typer.Option(help="Of train, valid and test.")] = "80/10/10",
    seed: Annotated[int, typer.Option(help="Another one gives another division.")] = 0,
    by: Annotated[
        Literal["key", "template", "project"],
        typer.Option(help="What keeps examples together; key is what the builder of each wrote down."),
    ] = "key",
    near: Annotated[float, typer.Option(help="How similar near-duplicates are, which stay together, too.")] = 0.85,
    json: JsonOption = False,
) -> None:
    """Divide anew, balanced by category; a template, a project and near-duplicates stay in one split."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.curating.splitting import parse_ratios, split_dataset

        done = split_dataset(folder, out, parse_ratios(ratios), seed=seed, by=by, near=near)
        if json:
            figures = {"groups": done.groups, "largest": done.largest, "by_category": done.by_category}
            reports.print_json({**asdict(done.written), **figures})
            return 0
        rows = {name: sum(counts.values()) for name, counts in done.by_category.items()}
        shares = {n: "/".join(str(c) for c in done.by_category[n].values()) for n in rows}
        reports.print_counts("Examples by category (train/valid/test):", {f"{n} ({shares[n]})": rows[n] for n in rows})
        reports.print_written(done.written)
        reports.print_some(
            "", [f"{reports.count(done.groups, 'group')} stayed together, the largest of {done.largest:,}."]
        )
        return 0

    reports.run(act)


@dataset_app.command("dedupe")
def dataset_dedupe(
    folder: FolderArgument,
    out: OutArgument,
    threshold: Annotated[float, typer.Option(help="The similarity from which on two are the same, 0 to 1.")] = 0.85,
    json: JsonOption = False,
) -> None:
    """Leave out near-duplicates; what is in the test set is kept rather than what is in train."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.curating.deduplicating import dedupe

        done = dedupe(folder, out, threshold)
        named = [(d.row.place, d.kept.place, round(d.similarity, 3)) for d in done.duplicates]
        if json:
            keys = ("left_out", "kept", "similarity")
            reports.print_json(
                {**asdict(done.written), "duplicates": [dict(zip(keys, each, strict=True)) for each in named]}
            )
            return 0
        title = f"Left out {reports.count(len(named), 'near-duplicate')}:"
        reports.print_some(title, [f"{row} is {similarity:.0%} like {kept}" for row, kept, similarity in named])
        reports.print_written(done.written)
        return 0

    reports.run(act)
