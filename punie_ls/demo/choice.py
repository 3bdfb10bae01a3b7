"""The demo's fix with two candidates: what the menu offers, the evidence for each, and what was not good enough."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from punie_ls.cli.output import diff_text
from punie_ls.demo.editor import Editor
from punie_semantic.overlay import Buffer
from punie_semantic.tools.fixes import find_fixes
from punie_semantic.workspace import Workspace

if TYPE_CHECKING:
    from punie_semantic.results import FixesResult

FILE = "src/bookshop/shipping.py"
RIGHT, WRONG = "return home if", "return Home if"
MOST_REJECTED = 3


async def show_choice(console: Console, editor: Editor, root: Path) -> None:
    """Mistype a name, look at the menu and at the evidence, and choose the first fix."""
    path = root / FILE
    editor.type(path, RIGHT, WRONG)
    problem = next(p for p in await editor.problems(path) if "`Home`" in p["message"])
    actions = await editor.choices(path, problem)
    evidence = await _evidence(root, path, editor.text(path), problem)
    line, message = problem["range"]["start"]["line"] + 1, problem["message"].splitlines()[0]
    console.print(Rule("A slip, two ways out"))
    console.print(Text.assemble((f"{FILE}:{line} ", "bold"), (f"{problem['code']} ", "yellow"), message))
    for action in actions:
        preferred = " (preferred)" if action.get("isPreferred") else ""
        console.print(Text(f"  {action['title']}{preferred}", style="green"))
    console.print("\nWhy these, each checked in the unsaved text and in every file that depends on it:")
    for fix in evidence.fixes:
        console.print(Text.assemble((f"  {fix.title}: ", "bold"), fix.why))
        for line in _changed(fix.diff):
            console.print(Text.assemble("    ", diff_text(line)))
    for rejected in evidence.rejected[:MOST_REJECTED]:
        console.print(Text(f"  Not offered: {rejected}", style="magenta"))
    attempt = await editor.choose(path, actions[0])
    seconds = f"made and re-checked in {attempt.fix_seconds * 1000:.0f} ms"
    console.print(Text(f"\nThe first is chosen, {seconds}. {attempt.message}\n", "green"))


async def _evidence(root: Path, path: Path, text: str, problem: dict[str, Any]) -> FixesResult:
    """What the tool `find_fixes` says of the problem, for people, models and scripts alike."""
    at = problem["range"]["start"]
    async with Workspace.open(root) as workspace:
        await workspace.begin({path: Buffer(text, 1)})
        return await find_fixes(workspace, FILE, at["line"] + 1, at["character"] + 1, problem["code"])


def _changed(diff: str) -> list[str]:
    """The lines of a diff that come and go."""
    return [line for line in diff.splitlines()[2:] if line.startswith(("+", "-"))]
