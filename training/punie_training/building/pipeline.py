"""From templates and a project to a dataset: rows are found, programs executed, requests drawn, splits written."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.templates import ANSWERS, CONTRASTS, WORKFLOWS, Template, load_templates
from punie_training.building.drawing import Drawer, rows_wanted
from punie_training.building.options import (
    MOST_DIRECT_SHARE,
    MOST_PER_TEMPLATE,
    BuildOptions,
    BuildReport,
    OnProgress,
    Progress,
    counts_of,
)
from punie_training.building.scene import Scene, scene_of
from punie_training.building.syntax_rows import Row
from punie_training.building.trying import Tried, try_templates
from punie_training.building.verdict_cache import VerdictCache, project_hash, registry_version
from punie_training.dataset import MANIFEST, SPLITS, Dataset, Example, Split
from punie_training.exceptions import DatasetError
from punie_training.execution import Programs, open_programs
from punie_training.sample import copy_sample

Group = tuple[Template, ...]
OTHERS = (WORKFLOWS, CONTRASTS)


async def build(options: BuildOptions, on_progress: OnProgress = lambda progress: None) -> BuildReport:
    """Build a dataset. Nothing is written but its folder, all at once at the end, and the cache of outcomes.

    Args:
        options: what to build.
        on_progress: hears of each program that was tried.

    Raises:
        DatasetError: an option makes no sense, the folder exists already, the project has no Python files, or
            nothing was left of what was tried.
    """
    started = time.monotonic()
    _check(options)
    groups, answers = _chosen(options.tools)
    async with _programs(options) as programs:
        tried, scene = await _tried(programs, groups, options, on_progress)
        project = programs.workspace.root.name
    drawer = Drawer(options.seed, options.per_template, project)
    dataset = _drawn(drawer, groups, answers, tried, options)
    dropped = _dropped(tried)
    if drawer.repeated:
        dropped["", "said twice"] = drawer.repeated
    await asyncio.to_thread(write_whole, dataset, options.out)
    every = [t for group in tried.values() for t in group]
    counts, per_tool = counts_of(dataset)
    return BuildReport(
        out=options.out,
        kept=sum(t.kept for t in every),
        tried=len(every),
        reused=sum(t.reused for t in every),
        dropped=dropped,
        counts=counts,
        per_tool=per_tool,
        notes=tuple(_notes(groups, tried, scene, dataset, options)),
        seconds=time.monotonic() - started,
    )


def _check(options: BuildOptions) -> None:
    if unknown := [name for name in options.tools if name not in TOOLS]:
        raise DatasetError(f"There is no tool {unknown[0]}. `punie-ls tools list` names them all.")
    if not 1 <= options.per_template <= MOST_PER_TEMPLATE:
        raise DatasetError(f"per_template is {options.per_template}. Pass 1 to {MOST_PER_TEMPLATE}.")
    if not 0 <= options.direct_share <= MOST_DIRECT_SHARE:
        raise DatasetError(f"direct_share is {options.direct_share}. Pass a share from 0 to {MOST_DIRECT_SHARE}.")
    if options.workspace is not None and not options.workspace.is_dir():
        raise DatasetError(f"{options.workspace} is not a folder. Pass a project's folder.")
    _refuse_existing(options.out)


def _refuse_existing(out: Path) -> None:
    if (out / MANIFEST).exists():
        raise DatasetError(f"{out} already holds a dataset. Choose a new folder.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(f"{out} exists and is not an empty folder. Choose a new folder.")


def _chosen(tools: Sequence[str]) -> tuple[list[Group], list[Template]]:
    """The templates by group, as far as they are about the tools that are wanted, and the answers in words."""
    templates = load_templates()
    grouped: dict[tuple[str, str], list[Template]] = {}
    for template in templates:
        if template.source != ANSWERS:
            grouped.setdefault((template.source, template.group), []).append(template)
    groups = [chosen for group in grouped.values() if (chosen := _of_tools(group, tools))]
    return groups, [template for template in templates if template.source == ANSWERS]


def _of_tools(group: Sequence[Template], tools: Sequence[str]) -> Group:
    """Those of a group that call no other tools; all of a wanted tool that cannot be asked for alone."""
    if not tools:
        return tuple(group)
    alone = tuple(template for template in group if set(template.tools) <= set(tools))
    if group[0].source == CONTRASTS:
        return alone if len(alone) == len(group) else ()
    if group[0].source == WORKFLOWS:
        return alone
    return (alone or tuple(group)) if group[0].group in tools else ()


@asynccontextmanager
async def _programs(options: BuildOptions) -> AsyncGenerator[Programs]:
    """The workspace, or a copy of the sample project."""
    with tempfile.TemporaryDirectory(prefix="punie-sample-", ignore_cleanup_errors=True) as temporary:
        folder = options.workspace
        if folder is None:
            folder = await asyncio.to_thread(copy_sample, Path(temporary))
        async with open_programs(folder, trusted=options.trusted or options.workspace is None) as programs:
            if not programs.workspace.files.paths:
                raise DatasetError(f"{folder} has no Python files, so there is nothing to ask about. Pass a project.")
            yield programs


async def _tried(
    programs: Programs, groups: Sequence[Group], options: BuildOptions, on_progress: OnProgress
) -> tuple[dict[Template, list[Tried]], Scene]:
    on_progress(Progress(0, 0, "looking at the project"))
    workspace = programs.workspace
    try:
        scene = await scene_of(workspace, options.seed, {t.over for group in groups for t in group})
    except SemanticError as error:
        raise DatasetError(f"{workspace.root} cannot be looked at: {error}") from error
    cache = VerdictCache(registry_version(), await project_hash(workspace))
    wanted = {t: rows_wanted(group, t, options.per_template) for group in groups for t in group}
    total = sum(min(number, t.most or number, len(scene.of(t.over))) for t, number in wanted.items())
    done = 0

    def on_tried(tried: Tried) -> None:
        nonlocal done
        done += tried.kept
        on_progress(Progress(done, total, tried.template.name))

    try:
        return await try_templates(programs, wanted, lambda t: _rows(scene, t), cache, on_tried), scene
    finally:
        cache.save()


def _rows(scene: Scene, template: Template) -> Sequence[Row]:
    """The things of a template; each begins elsewhere, so that not all are about the same few. Pairs go together."""
    rows = scene.of(template.over)
    name = template.group if template.source == CONTRASTS else template.name
    start = zlib.crc32(name.encode()) % max(1, len(rows))
    return [*rows[start:], *rows[:start]]


def _drawn(
    drawer: Drawer,
    groups: Sequence[Group],
    answers: Sequence[Template],
    tried: dict[Template, list[Tried]],
    options: BuildOptions,
) -> Dataset:
    splits: dict[Split, list[Example]] = {split: [] for split in SPLITS}
    for group in groups:
        kept = [[t for t in tried[template] if t.kept] for template in group]
        for split, examples in drawer.programs(group, kept).items():
            splits[split] += examples
    if not splits["train"]:
        raise DatasetError(f"Nothing is left to learn: {_most_frequent(tried)}. Pass another project, or other tools.")
    share = options.direct_share / (1 - options.direct_share)
    counts: dict[Split, int] = {split: round(len(splits[split]) * share) for split in SPLITS}
    for split, examples in drawer.answers(answers, counts).items():
        splits[split] += examples
    for split, examples in splits.items():
        random.Random(f"{options.seed} {split}").shuffle(examples)  # noqa: S311 - nothing secret
    return Dataset(tool_registry=registry_version(), splits={split: tuple(e) for split, e in splits.items()})


def _dropped(tried: dict[Template, list[Tried]]) -> Counter[tuple[str, str]]:
    return Counter((t.template.name, t.verdict.reason) for group in tried.values() for t in group if not t.kept)


def _most_frequent(tried: dict[Template, list[Tried]]) -> str:
    reasons = Counter(reason for _, reason in _dropped(tried).elements())
    if not reasons:
        return "the project has nothing that the templates are about"
    return ", ".join(f"{number} programs were left out because: {reason}" for reason, number in reasons.most_common(3))


def _notes(
    groups: Sequence[Group],
    tried: dict[Template, list[Tried]],
    scene: Scene,
    dataset: Dataset,
    options: BuildOptions,
) -> list[str]:
    """What whoever reads the report should know."""
    notes = []
    empty = sorted({t.over for group in groups for t in group if not scene.of(t.over)})
    if empty:
        notes.append(f"The project has nothing of these kinds: {', '.join(empty)}.")
    for group in groups:
        if group[0].source in OTHERS or any(t.kept for template in group for t in tried[template]):
            continue
        details = [t.verdict.detail or t.verdict.reason for template in group for t in tried[template]]
        notes.append(f"No example of {group[0].group}: {details[0] if details else 'nothing to ask about'}.")
    train = dataset.splits["train"]
    direct = sum(example.provenance.category == "direct" for example in train) / len(train)
    if direct < options.direct_share - 0.02:
        notes.append(f"Only {direct:.0%} of the training examples are answers in words: there are no more.")
    return notes


def write_whole(dataset: Dataset, out: Path) -> None:
    """Write a dataset's folder all at once: one that is interrupted leaves none. Raises DatasetError."""
    _refuse_existing(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            dataset.save(temporary)
            temporary.chmod(0o755)
            with contextlib.suppress(FileNotFoundError):
                out.rmdir()
            temporary.replace(out)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise DatasetError(f"{out} cannot be written: {error}. Choose another folder.") from error
