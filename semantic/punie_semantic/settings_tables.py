"""The settings' tables with fields of their own, `policy` and `budget`: read field by field, merged, and tightened.

Whatever is wrong in a rule that denies makes the policy stricter, never looser. Light: the relay imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

PolicyMode = Literal["ask", "auto", "read-only"]
STRICTNESS: tuple[PolicyMode, ...] = ("auto", "ask", "read-only")


class Policy(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What the agent may do without being asked, and what never.

    Attributes:
        mode: `ask` asks a person, `auto` does what no rule denies, `read-only` neither edits nor runs anything.
        allow: rules, such as `command: make docs` or `tests`; see docs/permissions.md. Not from a project's own file.
        deny: rules; they win over all others.
    """

    mode: PolicyMode = "ask"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


class Budget(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The most that one turn may use. None is no limit.

    Attributes:
        tokens: of requests and answers together.
        requests: to the model.
        cost: in US dollars; counts only where the price is known.
        tool_calls: of programs too.
        seconds: wall time, without the time that somebody takes to decide.
    """

    tokens: int | None = 1_000_000
    requests: int | None = 50
    cost: float | None = None
    tool_calls: int | None = 10_000
    seconds: float | None = 900.0


TABLES: dict[str, type[Policy] | type[Budget]] = {"policy": Policy, "budget": Budget}


def read_table(name: str, value: object, source: str) -> tuple[dict[str, Any], list[str]]:
    """The fields of a table that are known and have the right type, and sentences about the rest."""
    fields = {info.name: info.type for info in msgspec.structs.fields(TABLES[name])}
    if not isinstance(value, Mapping):
        return {}, [f"{source}: {name} must be a table, not {value!r}"]
    found: dict[str, Any] = {}
    problems: list[str] = []
    for key, item in value.items():
        known = next((field for field in fields if plain_name(field) == plain_name(str(key))), None)
        if known is None:
            problems.append(f"{source}: {name} has no setting {key!r}{nearest_name(str(key), fields)}")
        elif known in ("allow", "deny"):
            found[known], more = _rules(item, f"{source}: {name}.{known}")
            problems += more
        elif known == "mode":
            found[known], more = _mode(item, f"{source}: {name}.{known}")
            problems += more
        elif item is not None:
            try:
                found[known] = _amount(item, fields[known])
            except msgspec.ValidationError as error:
                problems.append(f"{source}: {name}.{key}: {error}")
    return found, problems


def _rules(value: object, where: str) -> tuple[tuple[str, ...], list[str]]:
    """Rules as they are written; what is no text stays as one that cannot be read, which denies much."""
    items = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else [repr(value)]
    problems = [] if items is value else [f"{where}: must be a list of rules, not {value!r}"]
    problems += [f"{where}: {item!r} is no rule; rules are texts" for item in items if not isinstance(item, str)]
    return tuple(item if isinstance(item, str) else repr(item) for item in items), problems


def _mode(value: object, where: str) -> tuple[PolicyMode, list[str]]:
    """A mode; one that does not exist asks."""
    if isinstance(value, str):
        for mode in STRICTNESS:
            if plain_name(mode) == plain_name(value):
                return mode, []
    return "ask", [f"{where}: there is no mode {value!r}; there are ask, auto and read-only. Punie asks"]


def _amount(value: object, kind: object) -> Any:  # noqa: ANN401 - a number or None
    found = msgspec.convert(value, kind)
    if isinstance(found, int | float) and not found >= 0:
        raise msgspec.ValidationError("Expected a number that is not negative")
    return found


def merge_table(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Field by field, the new ones win; rules that deny add up."""
    merged = {**old, **new}
    if "deny" in merged:
        merged["deny"] = tuple(dict.fromkeys([*old.get("deny", ()), *new.get("deny", ())]))
    return merged


def tightened(
    name: str, said: Mapping[str, Any], before: Mapping[str, Any], source: str
) -> tuple[dict[str, Any], list[str]]:
    """What a project's own file may say of a table, given what the user said: only what is stricter."""
    problems: list[str] = []
    kept = dict(said)
    if name == "policy":
        kept.pop("allow", None)
        was: PolicyMode = before.get("mode", Policy().mode)
        if STRICTNESS.index(kept.get("mode", was)) <= STRICTNESS.index(was):
            kept.pop("mode", None)
        return kept, problems
    for field in said:
        limit = before.get(field, getattr(Budget(), field))
        if limit is not None and said[field] > limit:
            del kept[field]
            problems.append(
                f"{source}: budget.{field.replace('_', '-')} = {said[field]} is ignored: a project's own file can only "
                f"lower it, and it is {limit}; raise it in your own settings"
            )
    return kept, problems


def plain_name(key: str) -> str:
    """A name however it is written: kebab-case, snake_case or camelCase."""
    return key.replace("-", "").replace("_", "").lower()


def nearest_name(key: str, fields: Iterable[str]) -> str:
    """The end of a sentence about a name that does not exist: the one that is meant, or all that there are."""
    import difflib

    names = {plain_name(name): name.replace("_", "-") for name in fields}
    close = difflib.get_close_matches(plain_name(key), names, n=1)
    return f"; do you mean {names[close[0]]!r}?" if close else f"; there are {', '.join(names.values())}"
