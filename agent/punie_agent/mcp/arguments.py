"""Arguments of a server's tool: checked against its schema before the call, with errors that a model can act on."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from punie_agent.codemode.call_report import cut
from punie_agent.codemode.values import to_plain
from punie_agent.mcp.annotations import Annotations, Schema, strings
from punie_agent.mcp.names import camel, identifier, unique
from punie_semantic.questions import shown

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

WHOLE = "arguments"
MOST_PROBLEMS = 5
MOST_PROBLEM = 300
MOST_SCHEMA = 100_000
MOST_DEPTH = 30
MOST_TEXT = 400
MOST_DEFAULT = 80

# They can take time without end, or are no error everywhere; the server looks at them itself.
_NOT_CHECKED = frozenset({"pattern", "patternProperties", "format", "uniqueItems", "$schema", "$id"})
_FOR_PEOPLE = frozenset({"$comment", "$schema", "$id", "examples", "title"})
_OPEN = ("anyOf", "oneOf", "allOf", "additionalProperties", "patternProperties")


@dataclass(frozen=True)
class SchemaArguments:
    """A tool's arguments, as its server describes them.

    Attributes:
        schema: what a model is shown; its properties have the names of the parameters.
        names: what the server calls each parameter. Empty when the one parameter is all arguments as one dict.
    """

    schema: Schema
    names: Mapping[str, str]

    def checked(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that were given, as JSON has them. Raises TypeError with a message for the model."""
        plain = {name: to_plain(value) for name, value in arguments.items()}
        required = self.schema.get("required", ())
        given = {name: value for name, value in plain.items() if value is not None or name in required}
        if problems := list(self._problems(given)):
            raise TypeError("; ".join(problems))
        return given

    def sent(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Checked arguments under the server's names."""
        if not self.names:
            return dict(arguments.get(WHOLE) or {})
        return {self.names[name]: value for name, value in arguments.items()}

    def _problems(self, given: dict[str, Any]) -> Iterator[str]:
        from jsonschema.exceptions import SchemaError
        from referencing.exceptions import Unresolvable

        if (validator := self._validator) is None:
            return
        try:
            for number, error in enumerate(validator.iter_errors(given)):
                if number == MOST_PROBLEMS:
                    yield "…"
                    return
                yield f"{_path(error.absolute_path)}{cut(shown(error.message), MOST_PROBLEM)}"
        except (SchemaError, Unresolvable, RecursionError):
            return  # the server's schema is wrong; then the server decides alone

    @cached_property
    def _validator(self) -> Validator | None:
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import Draft202012Validator, validator_for
        from referencing import Registry

        schema = _without(self.schema, _NOT_CHECKED)
        kind = validator_for(self.schema, default=Draft202012Validator)
        try:
            kind.check_schema(schema)
        except (SchemaError, RecursionError):
            return None
        return kind(schema, registry=Registry())  # nothing is fetched


def read_arguments(
    schema: object, annotations: Annotations, class_name: str
) -> tuple[list[inspect.Parameter], SchemaArguments]:
    """The parameters of a tool, the required ones first, and what they are checked by.

    Args:
        schema: of the tool's input, as its server says it.
        annotations: makes the types.
        class_name: what the names of classes for it begin with.
    """
    whole: Schema = schema if isinstance(schema, Mapping) and _small(schema) else {}
    found = annotations.resolved(whole, whole)
    properties = found.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        if whole is not schema or any(found.get(key) for key in _OPEN):
            return _as_one(whole)
        properties = {}
    required = [key for key in strings(found.get("required")) if key in properties]
    names: dict[str, str] = {}
    parameters = []
    for key in sorted(properties, key=lambda key: key not in required):  # the order stays otherwise
        name = unique(identifier(key, "arg"), {*names, "workspace"})
        names[name] = key
        annotation = annotations.of(properties[key], f"{class_name}{camel(name)}", whole)
        parameters.append(_parameter(name, annotation, properties[key], required=key in required))
    checked = {
        **{key: value for key, value in {**whole, **found}.items() if key != "$ref"},
        "type": "object",
        "properties": {name: properties[key] for name, key in names.items()},
        "required": [name for name, key in names.items() if key in required],
        "additionalProperties": False,
    }
    return parameters, SchemaArguments(_without(checked, _FOR_PEOPLE), names)


def _as_one(whole: Schema) -> tuple[list[inspect.Parameter], SchemaArguments]:
    """All arguments as one dict, where the schema does not say which ones there are."""
    inner = _without(whole, _FOR_PEOPLE)
    defs = {key: inner.pop(key) for key in ("$defs", "definitions") if key in inner}
    schema = {"type": "object", "properties": {WHOLE: inner or {"type": "object"}}, "additionalProperties": False}
    return [_parameter(WHOLE, dict[str, Any], {}, required=False)], SchemaArguments({**schema, **defs}, {})


def _parameter(name: str, annotation: Any, schema: object, *, required: bool) -> inspect.Parameter:  # noqa: ANN401
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    if required:
        return inspect.Parameter(name, kind, annotation=annotation)
    default = schema.get("default") if isinstance(schema, Mapping) else None
    if default is not None and _fits(default, annotation) and _is_plain(default):
        return inspect.Parameter(name, kind, annotation=annotation, default=default)
    # None stands for "not given", and is not sent.
    optional = annotation if annotation is Any else annotation | None
    return inspect.Parameter(name, kind, annotation=optional, default=None)


def _fits(default: object, annotation: Any) -> bool:  # noqa: ANN401
    """Whether a default is of the type that goes with it: servers say otherwise, too."""
    if get_origin(annotation) is Literal:
        return any(default == value and type(default) is type(value) for value in get_args(annotation))
    return annotation is Any or type(default) is annotation


def _is_plain(default: object) -> bool:
    """Whether a default can be written down in a line."""
    if isinstance(default, str):
        return default.isprintable() and len(default) <= MOST_DEFAULT
    return isinstance(default, bool | int) or (isinstance(default, float) and default == default)


def _without(schema: Any, left_out: frozenset[str], depth: int = 0, *, names: bool = False) -> Any:  # noqa: ANN401
    """A schema without some keywords, its descriptions made short. `names`: the keys are names, not keywords."""
    if depth > MOST_DEPTH:
        return {}
    if isinstance(schema, Mapping):
        return {
            key: cut(shown(value, keep="\n"), MOST_TEXT)
            if key == "description" and isinstance(value, str) and not names
            else _without(value, left_out, depth + 1, names=not names and key in ("properties", "$defs", "definitions"))
            for key, value in schema.items()
            if names or not (key in left_out or (key == "default" and isinstance(value, str) and not _is_plain(value)))
        }
    if isinstance(schema, list):
        return [_without(item, left_out, depth + 1) for item in schema]
    return schema


def _small(schema: Schema) -> bool:
    try:
        return len(json.dumps(schema)) <= MOST_SCHEMA
    except (TypeError, ValueError, RecursionError):
        return False


def _path(parts: Sequence[str | int]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
    return f"{shown(text)}: " if text else ""
