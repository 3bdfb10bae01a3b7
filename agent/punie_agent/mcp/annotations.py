"""JSON schemas of servers as Python types: what programs are checked against, and what `tool_help` shows.

What cannot be said in a type is `Any`; the schema itself is checked when the tool is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import GenericAlias
from typing import Any, Literal, NotRequired, TypedDict, Union

from punie_agent.mcp.names import camel, identifier, unique

MOST_DEPTH = 6
MOST_UNION = 8
MOST_LITERALS = 40
MOST_LITERAL = 80
MOST_FIELDS = 100
MOST_CLASSES = 40
MOST_PARTS = 1_000

_PLAIN: Mapping[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool, "null": None}

Schema = Mapping[str, Any]


class Annotations:
    """The types of one tool's schemas.

    Args:
        taken: names of classes that exist; those that are made are added.
    """

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._made = 0
        self._looked_at = 0
        self._whole: Schema = {}

    def of(self, schema: object, name: str, whole: Schema) -> Any:  # noqa: ANN401 - any type
        """The type of a schema.

        Args:
            schema: what is to be typed.
            name: what classes for it are called.
            whole: the document that its references lead into.
        """
        self._whole = whole
        return self._of(schema, name, 0)

    def resolved(self, schema: object, whole: Schema) -> Schema:
        """A schema without references at its top."""
        self._whole = whole
        return self._resolved(schema)

    def _of(self, schema: object, name: str, depth: int) -> Any:  # noqa: ANN401
        found = self._resolved(schema)
        self._looked_at += 1
        if depth > MOST_DEPTH or self._looked_at > MOST_PARTS or not found:
            return Any
        if "const" in found or isinstance(found.get("enum"), list):
            return _literal([found["const"]] if "const" in found else found["enum"])
        for key in ("anyOf", "oneOf", "allOf"):
            if isinstance(parts := found.get(key), list):
                if key == "allOf" and len(parts) > 1:
                    return Any
                return self._union(parts, name, depth)
        kinds = found.get("type")
        if isinstance(kinds, list):
            return self._union([{**found, "type": kind} for kind in kinds], name, depth)
        if kinds == "array":
            items = found.get("items") if "prefixItems" not in found else None
            return GenericAlias(list, (self._of(items, f"{name}Item", depth + 1),))
        if kinds == "object" or (kinds is None and "properties" in found):
            return self._object(found, name, depth)
        return _PLAIN.get(kinds, Any) if isinstance(kinds, str) else Any

    def _union(self, parts: Sequence[object], name: str, depth: int) -> Any:  # noqa: ANN401
        if not parts or len(parts) > MOST_UNION:
            return Any
        types = [self._of(part, name, depth + 1) for part in parts]
        return Any if Any in types else Union.__getitem__(tuple(types))

    def _object(self, found: Schema, name: str, depth: int) -> Any:  # noqa: ANN401
        properties, more = found.get("properties"), found.get("additionalProperties")
        if not isinstance(properties, Mapping) or not properties:
            values = self._of(more, f"{name}Value", depth + 1) if isinstance(more, Mapping) else Any
            return GenericAlias(dict, (str, values))
        if len(properties) > MOST_FIELDS or self._made >= MOST_CLASSES or not _writable(properties):
            return dict[str, Any]
        self._made += 1
        title = unique(name, self._taken)
        self._taken.add(title)
        required = set(strings(found.get("required")))
        fields = {
            key: self._of(value, f"{title}{camel(identifier(key, 'Field'))}", depth + 1)
            for key, value in properties.items()
        }
        # Made at run time, from what a server says.
        return TypedDict(title, {k: t if k in required else NotRequired[t] for k, t in fields.items()})  # ty: ignore[invalid-argument-type]

    def _resolved(self, schema: object) -> Schema:
        for _ in range(MOST_DEPTH):
            if not isinstance(schema, Mapping):
                return {}
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            schema = _followed(self._whole, reference)
        return {}


def _followed(whole: Schema, reference: str) -> object:
    """What a reference inside the document leads to; nothing for any other."""
    if not reference.startswith("#"):
        return None
    at: object = whole
    for part in filter(None, reference.removeprefix("#").split("/")):
        at = at.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(at, Mapping) else None
    return at


def _literal(values: Sequence[object]) -> Any:  # noqa: ANN401
    """A literal type where the values can stand in one, else what they have in common."""
    if not values or len(values) > MOST_LITERALS or not all(_is_literal(value) for value in values):
        return str if values and all(isinstance(value, str) for value in values) else Any
    return Literal.__getitem__(tuple(values))


def _is_literal(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MOST_LITERAL and value.isprintable()
    return value is None or isinstance(value, bool | int)


def _writable(properties: Mapping[str, object]) -> bool:
    """Whether the names can be written down, as keys of a class or of a table."""
    return all(isinstance(key, str) and key.isprintable() and len(key) <= MOST_LITERAL for key in properties)


def strings(value: object) -> list[str]:
    """The texts of a list; nothing for what is none."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
