"""Python stubs of the tools: what programs are type-checked against, and what models are shown."""

from __future__ import annotations

import inspect
import json
import keyword
import types
from collections.abc import Iterable
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict

from pydantic import BaseModel

from punie_semantic.registry import TOOLS, Tool


def render_stubs(tools: Iterable[Tool] = TOOLS.values(), *, docstrings: bool = False) -> str:
    """Stub source: the classes of results and of arguments, then the functions, callable without `await`."""
    chosen = list(tools)
    classes: dict[str, str] = {}
    for tool in chosen:
        for annotation in (
            *(p.annotation for p in tool.signature.parameters.values()),
            tool.signature.return_annotation,
        ):
            for model in _models(annotation):
                _add_class(model, classes)
    functions = [_function(tool, docstrings=docstrings) for tool in chosen]
    dictionaries = any("TypedDict" in text for text in classes.values())
    header = f"from typing import Any, Literal{', NotRequired, TypedDict' if dictionaries else ''}"
    return "\n\n".join([header, *classes.values(), *functions]) + "\n"


def _add_class(model: type, classes: dict[str, str]) -> None:
    if model.__name__ in classes:
        return
    if issubclass(model, BaseModel):
        annotations = {name: field.annotation for name, field in model.model_fields.items()}
        lines = [f"class {model.__name__}:", *(f"    {name}: {render_type(a)}" for name, a in annotations.items())]
    else:
        annotations = dict(model.__annotations__)
        lines = _dictionary(model.__name__, annotations)
    for annotation in annotations.values():
        for inner in _models(annotation):
            _add_class(inner, classes)
    classes[model.__name__] = "\n".join(lines)


def _dictionary(name: str, annotations: dict[str, Any]) -> list[str]:
    """A dictionary with known keys, in the form that has room for them."""
    if all(key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__") for key in annotations):
        return [f"class {name}(TypedDict):", *(f"    {key}: {render_type(a)}" for key, a in annotations.items())]
    fields = ", ".join(f"{_literal(key)}: {render_type(a)}" for key, a in annotations.items())
    return [f'{name} = TypedDict("{name}", {{{fields}}})']


def _models(annotation: Any) -> list[type]:  # noqa: ANN401 - any annotation
    if is_typeddict(annotation) or (inspect.isclass(annotation) and issubclass(annotation, BaseModel)):
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
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


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
