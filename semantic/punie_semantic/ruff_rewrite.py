"""ruff as a rewriter: a text on stdin, the fixed or formatted one on stdout, with the project's configuration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_semantic.environment import child_environ, find_tool
from punie_semantic.exceptions import EditError, ToolUnavailable
from punie_semantic.processes import Completed, run


@dataclass(frozen=True)
class Finding:
    """One finding of chosen rules; `safe` when ruff can fix it without changing what the program does."""

    code: str
    line: int
    message: str
    safe: bool


async def formatted(root: Path, file: Path, text: str, *, lines: tuple[int, int] | None = None) -> str:
    """The text as `ruff format` has it, all of it or some lines (1-based, both included).

    Raises EditError for a text that does not parse, ToolUnavailable when ruff cannot answer.
    """
    span = ["--range", f"{lines[0]}-{lines[1] + 1}"] if lines else []
    done = await _ruff(root, ["format", *span, "--stdin-filename", str(file), "-"], text)
    return _text_of(done, file, text)


async def fixed(root: Path, file: Path, text: str, codes: Sequence[str]) -> str:
    """The text with ruff's safe fixes of some rules. Raises EditError or ToolUnavailable as `formatted`."""
    arguments = ["check", "--select", ",".join(codes), "--fix-only", "--no-unsafe-fixes", "--quiet"]
    done = await _ruff(root, [*arguments, "--stdin-filename", str(file), "-"], text)
    return _text_of(done, file, text)


async def found(root: Path, file: Path, text: str, codes: Sequence[str]) -> list[Finding]:
    """What some rules find. Raises EditError or ToolUnavailable as `formatted`."""
    arguments = ["check", "--select", ",".join(codes), "--output-format", "json", "--no-fix", "--quiet"]
    done = await _ruff(root, [*arguments, "--stdin-filename", str(file), "-"], text)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise ToolUnavailable(f"ruff failed: {_reason(done)}")
    items: list[dict[str, Any]] = json.loads(done.stdout)
    broken = next((item for item in items if item.get("code") in (None, "invalid-syntax")), None)
    if broken:
        raise EditError(
            f"{file.name} has a syntax error in line {broken['location']['row']}: {broken['message']}. Fix it first."
        )
    return [_finding(item) for item in items]


def _finding(item: dict[str, Any]) -> Finding:
    fix = item.get("fix")
    return Finding(item["code"], item["location"]["row"], item["message"], bool(fix) and fix["applicability"] == "safe")


def _text_of(done: Completed, file: Path, text: str) -> str:
    if "Failed to parse" in done.stderr.decode(errors="replace"):
        raise EditError(f"{file.name} does not parse, so ruff left it alone: {_reason(done)}. Fix it first.")
    if done.returncode not in (0, 1) or (text.strip() and not done.stdout and done.stderr.strip()):
        raise ToolUnavailable(f"ruff failed: {_reason(done)}")
    return done.stdout.decode("utf-8", "surrogatepass")


def _reason(done: Completed) -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return " ".join(lines[:3]) or f"exit status {done.returncode}"


async def _ruff(root: Path, arguments: list[str], text: str) -> Completed:
    program = find_tool("ruff")
    if program is None:
        raise ToolUnavailable("ruff is not installed. Install it beside punie-ls: pip install ruff.")
    stdin = text.encode("utf-8", "surrogatepass")
    return await run([str(program), *arguments], cwd=root, environ=child_environ(), stdin=stdin)
