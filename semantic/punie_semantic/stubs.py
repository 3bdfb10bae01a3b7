"""Python stubs of the tools: what programs are type-checked against, and what models are shown."""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Iterable
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from punie_semantic.registry import TOOLS, Tool


def render_stubs(tools: Iterable[Tool] = TOOLS.values(), *, docstrings: bool = False) -> str:
    """Stub source: the result classes, then the functions, callable without `await`."""
    chosen = list(tools)
    classes: dict[str, str] = {}
    for tool in chosen:
        for model in _models(tool.signature.return_annotation):
            _add_class(model, classes)
    functions = [_function(tool, docstrings=docstrings) for tool in chosen]
    header = "from typing import Any, Literal"
    return "\n\n".join([header, *classes.values(), *functions]) + "\n"


def _add_class(model: type[BaseModel], classes: dict[str, str]) -> None:
    if model.__name__ in classes:
        return
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            _add_class(inner, classes)
    lines = [f"    {name}: {render_type(field.annotation)}" for name, field in model.model_fields.items()]
    classes[model.__name__] = "\n".join([f"class {model.__name__}:", *lines])


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


def _function(tool: Tool, *, docstrings: bool) -> str:
    parameters = [_parameter(p) for p in tool.signature.parameters.values()]
    head = f"def {tool.name}({', '.join(parameters)}) -> {render_type(tool.signature.return_annotation)}:"
    if not docstrings:
        return f"{head} ..."
    text = tool.docstring.replace("\n", "\n    ").replace("\n    \n", "\n\n")
    return f'{head}\n    """{text}\n    """'


def _parameter(parameter: inspect.Parameter) -> str:
    text = f"{parameter.name}: {render_type(parameter.annotation)}"
    return text if parameter.default is parameter.empty else f"{text} = {_literal(parameter.default)}"


def _literal(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def render_type(annotation: Any) -> str:  # noqa: ANN401 - any annotation
    """A type as it is written in the stubs."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"Literal[{', '.join(_literal(a) for a in arguments)}]"
    if origin in (Union, types.UnionType):
        return " | ".join(render_type(a) for a in arguments)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(render_type(a) for a in arguments)}]"
    return "None" if annotation in (None, type(None)) else getattr(annotation, "__name__", "Any")
