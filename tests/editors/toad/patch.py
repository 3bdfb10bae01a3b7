"""Makes Toad, which declares Python 3.14, run on 3.13. Run by `setup` with the Python of Toad's own environment.

Three things of 3.14 are in it: annotations that are evaluated when they are needed, `InterpreterPoolExecutor`, and
parameters' annotations that are types where 3.13 has their text. Does nothing on 3.14, nor a second time.
"""

from __future__ import annotations

import ast
import sys
from importlib.util import find_spec
from pathlib import Path

LAZY = "from __future__ import annotations"
REPLACED = {
    "widgets/path_search.py": ("InterpreterPoolExecutor", "ThreadPoolExecutor"),
    "jsonrpc.py": ("eval(parameter.annotation)", "eval(parameter.annotation, callable.__globals__)"),
}


def with_lazy_annotations(text: str) -> str:
    """A module whose annotations are never evaluated: the import comes first, after its docstring."""
    body = ast.parse(text).body
    if not body or LAZY in text:
        return text
    first = body[0]
    after = first.end_lineno or 0 if ast.get_docstring(ast.Module(body[:1], [])) is not None else 0
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:after], f"{LAZY}\n", *lines[after:]])


def patch(package: Path) -> int:
    """Patch all modules of a package; gives how many are changed. Raises ValueError where a text is not found."""
    changed = 0
    for path in sorted(package.rglob("*.py")):
        before = path.read_text(encoding="utf-8")
        text = with_lazy_annotations(before)
        old, new = REPLACED.get(path.relative_to(package).as_posix(), ("", ""))
        if old and new not in text:
            if text.count(old) != 1:
                raise ValueError(f"{path}: {old!r} is there {text.count(old)} times, not once: another version?")
            text = text.replace(old, new)
        if text != before:
            path.write_text(text, encoding="utf-8")
            changed += 1
    return changed


def main() -> None:
    """Patch the Toad that this Python finds."""
    spec = find_spec("toad")
    if spec is None or spec.origin is None:
        raise SystemExit("patch: this Python has no Toad.")
    if sys.version_info < (3, 14):
        changed = patch(Path(spec.origin).parent)
        sys.stderr.write(f"patch: {changed} modules of Toad changed\n")


if __name__ == "__main__":
    main()
