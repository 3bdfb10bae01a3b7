"""What a model is shown of the tools: a core set with its results in few words, the others by name."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from punie_semantic.registry import TOOLS, Tool
from punie_semantic.results.base import Answer
from punie_semantic.stubs import render_type

MOST_BYTES = 4_608
MOST_PARAMETERS = 5
MOST_LITERAL = 40
RARELY_GIVEN = frozenset({"hidden", "limit", "ignore_case", "timeout"})

CORE = (
    "read_file",
    "edit_file",
    "write_file",
    "list_files",
    "search_text",
    "find_symbol",
    "document_symbols",
    "goto_definition",
    "find_references",
    "hover",
    "replace_symbol",
    "insert_at_symbol",
    "rename_symbol",
    "diagnostics",
    "typecheck",
    "ruff_check",
    "ruff_fix",
    "format_code",
    "organize_imports",
    "find_fixes",
    "apply_code_action",
    "annotate_types",
    "checkpoint",
    "rollback",
    "verify_edits",
    "pytest_run",
    "run_command",
)

_RULES = """\
Run a Python program in a sandbox; gives its last expression's value and output. It is type-checked first.
Call these without await or import. (Or await several at once:
`await asyncio.gather(*[hover(p, 1, 1) for p in paths])`.) Names last for the turn.
No files, network, packages, `yield` or class inheritance. A tool that fails raises RuntimeError. Lines and columns
count from 1. Edits go to an overlay: check with verify_edits(). Results have attributes; str, int and bool go
without type, [X] is a list; with * they also have reason and state: "clean", "errors", "partial" or "unknown" (not
clean!). `…` is more: see tool_help("name").
"""


@cache
def describe_code_mode(names: tuple[str, ...] = tuple(TOOLS)) -> str:
    """The description of `run_code`, for a choice of tools."""
    tools = [TOOLS[name] for name in names]
    core = [TOOLS[name] for name in CORE if name in names]
    others = ", ".join(tool.name for tool in tools if tool.name not in CORE)
    parts = [_RULES, "\n".join(map(_function, core)), "\n".join(_results(core))]
    if others:
        parts.append(f"Others: {others}")
    return "\n".join(parts) + "\n"


def _function(tool: Tool) -> str:
    parameters = [p for name, p in tool.signature.parameters.items() if name not in RARELY_GIVEN]
    shown = [_parameter(parameter) for parameter in parameters[:MOST_PARAMETERS]]
    more = ["…"] if len(tool.signature.parameters) > len(shown) else []
    returned = tool.signature.return_annotation
    arrow = "" if returned is type(None) or returned is None else f" -> {render_type(returned)}"
    return f"{tool.name}({', '.join(shown + more)}){arrow}"


def _parameter(parameter: inspect.Parameter) -> str:
    required = parameter.default is parameter.empty
    kind = _type(parameter.annotation, most=2 * MOST_LITERAL) if required else ""
    default = "" if required else repr(parameter.default).replace("'", '"').replace("1000000000", "10**9")
    return f"{parameter.name}{f': {kind}' if kind else ''}{f'={default}' if default else ''}"


def _results(tools: Iterable[Tool]) -> list[str]:
    classes: dict[str, type[BaseModel]] = {}
    for tool in tools:
        _collect(tool.signature.return_annotation, classes)
    said: set[str] = set()
    return [_class(model, said) for model in classes.values()]


def _collect(annotation: Any, classes: dict[str, type[BaseModel]]) -> None:  # noqa: ANN401 - any annotation
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel) and annotation.__name__ not in classes:
        classes[annotation.__name__] = annotation
        for field in annotation.model_fields.values():
            _collect(field.annotation, classes)
    for argument in get_args(annotation):
        _collect(argument, classes)


def _class(model: type[BaseModel], said: set[str]) -> str:
    """A result in one line; the values of a field are told once."""
    answer = issubclass(model, Answer)
    fields: Mapping[str, Any] = model.model_fields
    own = [name for name in fields if not (answer and name in Answer.model_fields)]
    shown = []
    for name in own:
        kind = _type(fields[name].annotation)
        shown.append(f"{name}: {kind}" if kind and not (kind in said and '"' in kind) else name)
        said.add(kind)
    return f"{model.__name__}{'*' if answer else ''}: {', '.join(shown)}"


def _type(annotation: Any, *, most: int = MOST_LITERAL) -> str:  # noqa: ANN401 - any annotation
    """A type in few words; nothing for the plain ones."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in (str, int, bool, float):
        return ""
    if origin is Literal:
        written = "|".join(f'"{a}"' for a in arguments)
        return written if len(written) <= most else ""
    if origin is list:
        return f"[{_type(arguments[0]) or render_type(arguments[0])}]"
    if origin in (Union, types.UnionType):
        return "|".join(_type(a) or render_type(a) for a in arguments)
    return render_type(annotation)
