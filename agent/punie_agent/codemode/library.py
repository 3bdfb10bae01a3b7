"""Modules that programs can import beside Monty's own: their sources run in the sandbox, never in this process."""

from __future__ import annotations

import ast
import re
import textwrap
from functools import cache
from importlib import resources

import pydantic_monty as monty

MODULES = (
    "contextlib",
    "difflib",
    "fnmatch",
    "heapq",
    "operator",
    "pprint",
    "shlex",
    "statistics",
    "string",
    "textwrap",
)
MONTY_MODULES = (
    "asyncio",
    "base64",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "math",
    "os",
    "pathlib",
    "random",
    "re",
    "sys",
    "time",
    "tomllib",
    "typing",
)


@cache
def source_of(module: str) -> str:
    """A module's source, which serves as its stub too."""
    text = resources.files(f"{__package__}.modules").joinpath(f"{module}.py").read_text(encoding="utf-8")
    return text.replace("from collections.abc import", "from typing import")


@cache
def external_modules() -> dict[str, monty.ExternalModule]:
    """What Monty's type checker is told of the modules."""
    return {name: monty.ExternalModule({}, stubs=source_of(name)) for name in MODULES}


@cache
def loading_program(module: str) -> str:
    """A program whose value is the module: an object with the source's names as attributes."""
    source = source_of(module)
    names = [name for name in _defined(source) if not name.startswith("_")]
    lines = [
        f"def __load_{module}():",
        textwrap.indent(source, "    "),
        "    class Module:",
        "        pass",
        "    module = Module()",
        *[f"    module.{name} = {name}" for name in names],
        "    return module",
        f"__{module}__ = __load_{module}()",
        f"__{module}__",
    ]
    return "\n".join(lines)


def _defined(source: str) -> list[str]:
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names.extend(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


@cache
def lines_of_modules() -> frozenset[str]:
    """The modules' lines, stripped: they are nothing that a program's author knows."""
    return frozenset(line.strip() for name in MODULES for line in source_of(name).splitlines())


def mentioned(code: str) -> list[str]:
    """The modules that a program may import."""
    return [name for name in MODULES if re.search(rf"\b{name}\b", code)]
