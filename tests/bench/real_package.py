"""Seed ten problems into a copy of a real package and fix them through the real server.

    pip download --no-deps --no-binary :all: sphinx==8.2.3 && tar xzf sphinx-8.2.3.tar.gz
    python -P -m tests.bench.real_package sphinx-8.2.3 sphinx

The arguments are the unpacked sdist and the package folder in it. Seeds are chosen by rule, in file order, one
file each; a seed counts only when ty or ruff reports it and did not before.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_ls.demo.editor import Editor, start_editor
from punie_ls.demo.seeds import contents

TARGET = Path("docs/benchmarks")
SEEDS = 10


@dataclass(frozen=True)
class Kind:
    """A kind of defect: how to make one of a text, None where it does not fit, and the code to look for."""

    name: str
    codes: frozenset[str]
    seed: Callable[[str], str | None]


def _swap(pattern: str, new: str) -> Callable[[str], str | None]:
    def seed(text: str) -> str | None:
        changed = re.sub(pattern, new, text, count=1, flags=re.M)
        return changed if changed != text else None

    return seed


def _drop_import(pattern: str) -> Callable[[str], str | None]:
    """Remove a whole import line whose name is used later on."""

    def seed(text: str) -> str | None:
        for match in re.finditer(pattern, text, flags=re.M):
            rest = text[: match.start()] + text[match.end() :]
            if re.search(rf"^[^#\n]*(?<![\w.\"']){match['name']}\b(?!\s*=)", rest[match.start() :], flags=re.M):
                return rest
        return None

    return seed


MISSING = frozenset({"unresolved-reference", "F821"})
KINDS = (
    Kind("unused import", frozenset({"F401"}), _swap(r"^import re$", "import re\nimport uuid")),
    Kind("unused import of a name", frozenset({"F401"}), _swap(r"^(from pathlib import Path)$", r"\1, PurePath")),
    Kind("imports out of order", frozenset({"I001"}), _swap(r"^(import \w+)\n(import \w+)$", r"\2\n\1")),
    Kind("comparison with is to a text", frozenset({"F632"}), _swap(r"if (\w+) == ('\w+'):", r"if \1 is \2:")),
    Kind("missing module import", MISSING, _drop_import(r"^import (?P<name>os|re|posixpath)\n")),
    Kind("missing import from the standard library", MISSING, _drop_import(r"^from pathlib import (?P<name>Path)\n")),
    Kind("missing import from the project", MISSING, _drop_import(r"^from sphinx\.\S+ import (?P<name>[A-Z]\w+)\n")),
    Kind("f-string without placeholder", frozenset({"F541"}), _swap(r"(= |\()'([a-z][a-z ]{6,})'", r"\1f'\2'")),
    Kind("not in, the wrong way round", frozenset({"E713"}), _swap(r"if (\w+) not in (\w+):", r"if not \1 in \2:")),
    Kind("comparison to None", frozenset({"E711"}), _swap(r"if (\w+) is None:", r"if \1 == None:")),
    Kind("unused exception name", frozenset({"F841"}), _swap(r"except (\w+):", r"except \1 as unused_error:")),
    Kind(
        "misspelt attribute", frozenset({"unresolved-attribute", "missing-attribute"}), _swap(r"\.append\(", ".apend(")
    ),
)


def main() -> None:
    """Seed, fix, compare, and write the results."""
    source, package = Path(sys.argv[1]).resolve(), sys.argv[2]
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(shutil.copytree(source, Path(scratch).resolve() / source.name))
        result = asyncio.run(_run(root, package))
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "real-package.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    page = _page(result)
    (TARGET / "real-package.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)


async def _run(root: Path, package: str) -> dict[str, Any]:
    modules = sorted((root / package).rglob("*.py"))
    seeded = await _seed_all(root, modules)
    before = contents(root)
    rows = []
    async with start_editor(root) as (editor, _):
        for file in modules[:3]:
            await editor.problems(editor.open(file).path)
        for kind, file, original in seeded:
            editor.open(file)
            rows.append(await _fix_one(editor, root, kind, file, original))
    now = contents(root)
    changed = {name for name in before if now[name] != before[name]}
    fixed = [row for row in rows if row["fixed"]]
    return {
        "package": root.name,
        "modules": len(modules),
        "rows": rows,
        "fixed": len(fixed),
        "fix_p50_ms": statistics.median(row["fix_ms"] for row in rows),
        "other_files_changed": sorted(changed - {row["file"] for row in rows}),
    }


async def _seed_all(root: Path, modules: list[Path]) -> list[tuple[Kind, Path, str]]:
    """One seed of each kind, each in a file of its own, that a server of its own reports as new."""
    seeded: dict[Path, tuple[Kind, Path, str]] = {}
    async with start_editor(root) as (editor, _):
        for kind in KINDS:
            for file in modules:
                if file in seeded or file.name == "__init__.py":
                    continue
                original = file.read_bytes().decode("utf-8")
                if await _seed_one(editor, kind, file, original):
                    seeded[file] = (kind, file, original)
                    break
    return list(seeded.values())[:SEEDS]


async def _seed_one(editor: Editor, kind: Kind, file: Path, original: str) -> bool:
    changed = kind.seed(original)
    if changed is None or await _count(editor, kind, file):
        return False
    file.write_bytes(changed.encode())
    if await _count(editor, kind, file):
        return True
    file.write_bytes(original.encode())
    return False


async def _count(editor: Editor, kind: Kind, file: Path) -> int:
    editor.open(file)
    problems = await editor.problems(file)
    editor.close(file)
    return sum(d["code"] in kind.codes for d in problems)


async def _fix_one(editor: Editor, root: Path, kind: Kind, file: Path, original: str) -> dict[str, Any]:
    problem = next(d for d in await editor.problems(file) if d["code"] in kind.codes)
    attempt = await editor.fix(file, problem)
    assert attempt is not None
    left = [d for d in await editor.problems(file) if d["code"] in kind.codes]
    return {
        "kind": kind.name,
        "file": file.relative_to(root).as_posix(),
        "code": problem["code"],
        "fixed": attempt.after != attempt.before and not left,
        "identical": attempt.after == original,
        "message": attempt.message,
        "offer_ms": attempt.offer_seconds * 1000,
        "fix_ms": attempt.fix_seconds * 1000,
    }


def _page(result: dict[str, Any]) -> str:
    others = ", ".join(result["other_files_changed"]) or "none"
    lines = [
        "# Ten problems in a real package",
        "",
        "Written by `python -P -m tests.bench.real_package FOLDER PACKAGE` (see that module for the two commands that",
        f"get the package). {result['package']}, {result['modules']} modules. Each defect was seeded into a copy and",
        "fixed by choosing “Fix with Punie” through the real server. “Identical” means that the file is byte for byte",
        "what it was before the defect.",
        "",
        f"Fixed and re-checked: {result['fixed']} of {len(result['rows'])}; p50 {result['fix_p50_ms']:.0f} ms. "
        f"Other files changed: {others}.",
        "",
        "| defect | problem | outcome | identical | offered ms | fixed ms | message |",
        "|---|---|---|---|---:|---:|---|",
    ]
    lines += [
        f"| {r['kind']} | {r['code']} in {r['file']} | {'fixed' if r['fixed'] else 'declined'} "
        f"| {'yes' if r['identical'] else 'no'} | {r['offer_ms']:.0f} | {r['fix_ms']:.0f} | {r['message']} |"
        for r in result["rows"]
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
