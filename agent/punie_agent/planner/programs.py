"""Programs from fixed texts and values. What a user wrote gets into a program as a Python literal and no other way."""

from __future__ import annotations

import ast
import re
from textwrap import dedent, indent
from typing import Any

from punie_agent.planner.recipe import Program

# A file by its path, or by the end of it when only one file has that.
_FOUND = """\
def found(path):
    try:
        read_file(path, 1, 1)
        return path
    except Exception as error:
        why = str(error)
    name = path.split("/")[-1]
    if name == "" or [c for c in "*?[]{},!" if c in name]:
        raise ValueError(why)
    files = [f for f in list_files(name).files if ("/" + f).endswith("/" + path)]
    if len(files) > 1:
        raise ValueError("`" + path + "` means " + str(len(files)) + " files: `" + "`, `".join(files[:5]) + "`.")
    if files:
        return files[0]
    raise ValueError(why)
"""

_FILES = """\
def python_files(path):
    if path.endswith((".py", ".pyi")):
        return [found(path)]
    return list_files("*.py, *.pyi", path).files
"""

# Where a symbol is searched that a user named with a file.
PLACE = """\
if path:
    path = found(path)
"""

# At a line without a column: the definition that begins there, else the first name in it.
POINT = """\
if line and not column:
    here = [s for s in document_symbols(path).symbols if s.line == line]
    text = read_file(path, line, 1).text
    column = here[0].column if here else len(text) - len(text.lstrip()) + 1
"""


def program(body: str, **values: Any) -> Program:  # noqa: ANN401 - literals
    """A program: the values as variables, then `body`, which ends with an expression.

    An error becomes the program's value, `{"error": ...}`: it is an answer, not a failure of the program.
    """
    text = dedent(body).strip()
    last = ast.parse(text).body[-1].lineno - 1
    by_folder = "python_files(" in text
    by_name = by_folder or re.search(r"\bfound\(", text)
    parts = [_FOUND if by_name else "", _FILES if by_folder else ""]
    lines = text.splitlines()
    lines[last] = f"answer = {lines[last]}"
    guarded = indent("\n".join(lines), "    ")
    tail = f'try:\n{guarded}\nexcept Exception as error:\n    answer = {{"error": str(error)}}\nanswer'
    head = [f"{name} = {literal(value)}" for name, value in values.items()]
    return Program("\n".join(filter(None, [*head, *(part.rstrip() for part in parts), tail])) + "\n")


def literal(value: Any) -> str:  # noqa: ANN401
    """A value as Python source that means it, and nothing else."""
    if isinstance(value, str | int | bool | None):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())}}}"
    raise TypeError(f"{type(value).__name__} is no literal")
