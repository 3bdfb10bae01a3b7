"""The demo's story: questions answered, problems fixed one by one, and what is left, told on the terminal."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from punie_ls.cli.output import diff_text
from punie_ls.demo.choice import show_choice
from punie_ls.demo.editor import Editor, FixAttempt, start_editor
from punie_ls.demo.seeds import BOOKSHOP, Seed, contents, copy_bookshop, load_seeds
from punie_semantic.results import TestResult
from punie_semantic.text_edits import unified_diff
from punie_semantic.tools.testing import pytest_run
from punie_semantic.workspace import Workspace


@dataclass
class Tally:
    """What happened to the problems; keys are the seeds' file and code."""

    fixed: dict[tuple[str, str], FixAttempt] = field(default_factory=dict)
    left: dict[tuple[str, str], str] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)


async def tell(keep: Path | None) -> int:
    """Run the demo. Gives the exit status: 0 when every mendable seed was mended and nothing else changed."""
    console = Console(highlight=False)
    bundled = contents(BOOKSHOP)
    if keep is not None:
        return await _tell(console, copy_bookshop(keep.resolve()), bundled)
    with tempfile.TemporaryDirectory(prefix="punie-demo-") as scratch:
        return await _tell(console, copy_bookshop(Path(scratch).resolve() / "bookshop"), bundled)


async def _tell(console: Console, root: Path, bundled: dict[str, bytes]) -> int:
    seeds = load_seeds()
    files = sorted((root / "src").rglob("*.py")) + sorted((root / "tests").rglob("*.py"))
    console.print(Rule("Punie fixes a bookshop"))
    console.print(
        f"A copy of a small project: {len(files)} Python files, {len(seeds)} seeded defects. No model, no network.\n"
    )
    tests_before = await _run_tests(root)
    async with start_editor(root) as (editor, seconds):
        console.print(f"[b]punie-ls[/b] answered initialize after {seconds * 1000:.0f} ms.\n")
        for file in files:
            editor.open(file)
        await _ask_questions(console, editor, root)
        await show_choice(console, editor, root)
        before = await _count(editor, files)
        console.print(Rule("Fix with Punie, problem by problem"))
        tally = Tally()
        for file in files:
            await _fix_file(console, editor, root, file, tally)
        after = await _count(editor, files)
    tests_after = await _run_tests(root)
    console.print(Rule("Before and after"))
    console.print(_numbers(before, after, tests_before, tests_after))
    console.print(_outcomes(seeds, tally, tests_after))
    return _verdict(console, seeds, tally, root, bundled)


async def _run_tests(root: Path) -> TestResult:
    async with Workspace.open(root, trusted=True) as workspace:
        return await pytest_run(workspace, "tests")


async def _ask_questions(console: Console, editor: Editor, root: Path) -> None:
    source = root / "src" / "bookshop"
    pricing = source / "pricing.py"
    hover, hover_s = await editor.ask(pricing, "Money", "textDocument/hover")
    place, place_s = await editor.ask(pricing, "Money", "textDocument/definition")
    context = {"context": {"includeDeclaration": True}}
    uses, uses_s = await editor.ask(pricing, "Money", "textDocument/references", **context)
    table = Table(title="Questions about Money in pricing.py, answered by ty through Punie", title_justify="left")
    for name in ("request", "answer", "ms"):
        table.add_column(name, justify="right" if name == "ms" else "left")
    target = place[0]
    where = f"{target['uri'].rpartition('/')[2]}:{target['range']['start']['line'] + 1}"
    table.add_row("hover", Text(_hover_line(hover)), f"{hover_s * 1000:.1f}")
    table.add_row("definition", where, f"{place_s * 1000:.1f}")
    found = f"{len(uses)} places in {len({use['uri'] for use in uses})} files"
    table.add_row("references", found, f"{uses_s * 1000:.1f}")
    console.print(table)


def _hover_line(hover: dict[str, Any]) -> str:
    return next((line for line in hover["contents"]["value"].splitlines() if line.strip()), "")


async def _count(editor: Editor, files: list[Path]) -> dict[str, int]:
    counts = {"ty": 0, "ruff": 0}
    for file in files:
        for problem in await editor.problems(file):
            counts[problem["source"].lower()] += 1
    return counts


async def _fix_file(console: Console, editor: Editor, root: Path, file: Path, tally: Tally) -> None:
    """Fix one problem after the other; after each fix the diagnostics are asked for again."""
    name = file.relative_to(root).as_posix()
    seen: set[tuple[str, str]] = set()
    while True:
        problems = await editor.problems(file)
        problem = next((p for p in problems if (str(p["code"]), p["message"]) not in seen), None)
        if problem is None:
            return
        seen.add((str(problem["code"]), problem["message"]))
        attempt = await editor.fix(file, problem)
        _show_attempt(console, name, problem, attempt)
        key = (name, str(problem["code"]))
        tally.lines[key] = problem["range"]["start"]["line"] + 1
        if attempt is not None and attempt.after != attempt.before:
            tally.fixed[key] = attempt
            seen.clear()
            seen.update(k for k in _declined(tally, name, problems))
        else:
            tally.left[key] = attempt.message if attempt else "no fix is offered"


def _declined(tally: Tally, name: str, problems: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(str(p["code"]), p["message"]) for p in problems if (name, str(p["code"])) in tally.left]


def _show_attempt(console: Console, name: str, problem: dict[str, Any], attempt: FixAttempt | None) -> None:
    line = problem["range"]["start"]["line"] + 1
    message = problem["message"].splitlines()[0]
    console.print(Text.assemble((f"{name}:{line} ", "bold"), (f"{problem['code']} ", "yellow"), message))
    if attempt is None or attempt.after == attempt.before:
        console.print(Text(f"  left: {attempt.message if attempt else 'no fix is offered'}\n", style="magenta"))
        return
    times = (
        f"offered in {attempt.offer_seconds * 1000:.0f} ms, fixed and re-checked in {attempt.fix_seconds * 1000:.0f} ms"
    )
    console.print(Text(f"  {times}{'; ' + attempt.message if attempt.message else ''}", style="green"))
    diff = unified_diff(attempt.before, attempt.after, name)
    console.print(diff_text("".join(diff.splitlines(keepends=True)[2:])))


def _numbers(before: dict[str, int], after: dict[str, int], tests: TestResult, tests_after: TestResult) -> Table:
    table = Table(title="Problems", title_justify="left")
    for name in ("", "before", "after"):
        table.add_column(name, justify="left" if not name else "right")
    for tool in ("ty", "ruff"):
        table.add_row(tool, str(before[tool]), str(after[tool]))
    table.add_row("tests passed", str(tests.passed), str(tests_after.passed))
    table.add_row("tests failed", str(tests.failed + tests.errors), str(tests_after.failed + tests_after.errors))
    return table


def _outcomes(seeds: list[Seed], tally: Tally, tests: TestResult) -> Table:
    table = Table(title="The seeded defects", title_justify="left")
    for name in ("where", "defect", "outcome"):
        table.add_column(name, overflow="fold")
    for seed in seeds:
        table.add_row(f"{seed.file}:{seed.line}", seed.what, _outcome(seed, tally, tests))
    return table


def _outcome(seed: Seed, tally: Tally, tests: TestResult) -> Text:
    key = (seed.file, seed.code)
    if key in tally.fixed:
        return Text(f"fixed in {tally.fixed[key].fix_seconds * 1000:.0f} ms", style="green")
    failing = next((f for f in tests.failures if f.test_id.endswith(seed.code)), None)
    if failing is not None:
        return Text(f"left: {failing.test_id} fails; ty and ruff cannot see it", style="magenta")
    return Text(f"left: {tally.left.get(key, 'not reported')}", style="magenta")


def _verdict(console: Console, seeds: list[Seed], tally: Tally, root: Path, bundled: dict[str, bytes]) -> int:
    missed = [s for s in seeds if s.mendable in ("ty", "ruff-safe") and (s.file, s.code) not in tally.fixed]
    now = contents(root)
    touched = {name for name in bundled if now.get(name) != bundled[name]} | (now.keys() - bundled.keys())
    stray = touched - {file for file, _ in tally.fixed}
    times = [attempt.fix_seconds for attempt in tally.fixed.values()]
    middle = statistics.median(times) * 1000 if times else 0
    fixed = sum((s.file, s.code) in tally.fixed for s in seeds)
    console.print(f"{fixed} of {len(seeds)} seeded defects fixed and re-checked, median {middle:.0f} ms.")
    left = len(seeds) - fixed
    console.print(f"{left} {'is' if left == 1 else 'are'} left and named above. The bundled project is untouched.")
    for seed in missed:
        console.print(f"[red]not fixed, although {seed.tool} has a fix: {seed.file}:{seed.line} {seed.code}[/red]")
    for name in sorted(stray):
        console.print(f"[red]changed without need: {name}[/red]")
    if contents(BOOKSHOP) != bundled:
        console.print("[red]the bundled project was changed[/red]")
        return 1
    return 1 if missed or stray else 0
