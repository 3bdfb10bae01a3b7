"""Types as ty writes them, read as far as a fix needs: unions, what fits where, what an annotation would say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_LITERAL = re.compile(r"^(?:Literal|LiteralString)\b\[?(.*?)\]?$", re.S)
_OPEN, _CLOSED = "([{", ")]}"
_WIDER = {
    "bool": {"bool", "int", "float", "complex", "SupportsIndex", "SupportsInt"},
    "int": {"int", "float", "complex", "SupportsIndex", "SupportsInt"},
    "float": {"float", "complex"},
    "str": {"str", "Sized", "LiteralString", "Sequence[str]", "Iterable[str]", "Collection[str]"},
    "bytes": {"bytes", "Sized", "Buffer", "Sequence[int]", "Iterable[int]"},
}
_COROUTINE = re.compile(r"^(?:types\.)?(?:CoroutineType|Coroutine|Awaitable|Task|Future)\[(.*)\]$", re.S)
_FUNCTIONS = ("bound method ", "def ", "Overload[", "(")
_UNKNOWN = re.compile(r"\b(?:Unknown|Any|Todo|Never)\b|@Todo|Divergent")
_GENERIC = re.compile(r"^([\w.]+)\[(.*)\]$", re.S)
_FAMILY = {
    "list": {"list", "Sequence", "Iterable", "Collection", "MutableSequence", "Reversible"},
    "tuple": {"tuple", "Sequence", "Iterable", "Collection", "Reversible"},
    "set": {"set", "Iterable", "Collection", "AbstractSet", "Set", "MutableSet"},
    "frozenset": {"frozenset", "Iterable", "Collection", "AbstractSet", "Set"},
    "dict": {"dict", "Mapping", "MutableMapping", "Iterable", "Collection"},
    "Generator": {"Generator", "Iterator", "Iterable"},
    "GeneratorType": {"Generator", "Iterator", "Iterable", "GeneratorType"},
}


def _depths(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """The offsets of what is not in quotes, each with how many brackets are open there; a closing one is outside."""
    depth, quote = 0, ""
    for index in range(start, len(text)):
        letter = text[index]
        if quote:
            quote = "" if letter == quote else quote
            continue
        quote = letter if letter in "\"'" else ""
        depth -= letter in _CLOSED
        yield index, depth
        depth += letter in _OPEN


def parts(text: str, separator: str = " | ") -> list[str]:
    """A type split where its brackets are closed, at `|` unless told otherwise: the members of a union."""
    found: list[str] = []
    start = 0
    for index, depth in _depths(text):
        if depth == 0 and text.startswith(separator, index):
            found.append(text[start:index])
            start = index + len(separator)
    return [part.strip() for part in [*found, text[start:]]]


def bracketed(text: str, start: int) -> str:
    """What is inside of the bracket at an offset, up to the one that closes it."""
    end = next((index for index, depth in _depths(text, start) if depth == 0 and text[index] in _CLOSED), len(text))
    return text[start + 1 : end]


def has_none(text: str) -> bool:
    """Whether a union has None; not None alone."""
    members = parts(text)
    return len(members) > 1 and "None" in members


def without_none(text: str) -> str:
    """A union without its None."""
    return " | ".join(part for part in parts(text) if part != "None")


def awaited(text: str) -> str:
    """What awaiting a coroutine gives; empty for what is none."""
    found = _COROUTINE.match(text)
    return parts(found[1], ", ")[-1] if found else ""


def called(text: str) -> str:
    """What calling a function or method gives; empty for what is none, or takes something that must be given."""
    if not text.startswith(_FUNCTIONS):
        return ""
    arrow = parts(text, " -> ")
    return arrow[-1] if len(arrow) > 1 and not text.startswith("Overload[") else _first_overload(text)


def _first_overload(text: str) -> str:
    inner = text.removeprefix("Overload[").removesuffix("]")
    first = parts(inner, ", ")[0] if inner != text else ""
    arrow = parts(first, " -> ")
    return arrow[-1] if len(arrow) > 1 else ""


def base(text: str) -> str:
    """A type without literals: `Literal["a"]` is `str`."""
    text = text.removesuffix("*")
    if text.startswith("LiteralString"):
        return "str"
    if not text.startswith("Literal["):
        return text
    inside = parts(text[len("Literal[") : -1], ", ")
    return " | ".join(dict.fromkeys(_of_literal(part) for part in inside))


def _of_literal(part: str) -> str:
    if part in ("True", "False"):
        return "bool"
    if part[:1] in "\"'":
        return "str"
    if part[:2] in ('b"', "b'"):
        return "bytes"
    return "int" if part.lstrip("-").isdigit() else part.rpartition(".")[0] or "str"


def literals(text: str) -> list[str]:
    """The values of the literals of a type, as they are written: `"a"`, `3`."""
    found: list[str] = []
    for part in parts(text):
        if part.startswith("Literal["):
            found += [value for value in parts(part[len("Literal[") : -1], ", ") if not value.startswith("...")]
    return found


def fits(found: str, expected: str) -> bool | None:
    """Whether one type is assignable to another; None where the texts do not tell."""
    if not found or not expected:
        return None
    if expected == "object" or found == expected:
        return True
    if any(part.startswith(("(", "Callable[")) for part in parts(expected)) and "None" not in parts(found):
        return _callable_fits(found, expected)
    if _UNKNOWN.search(found) or _UNKNOWN.search(expected):
        return None
    answers = [_one_fits(part, parts(expected)) for part in parts(found)]
    return False if False in answers else None if None in answers else True


def _callable_fits(found: str, expected: str) -> bool | None:
    """Whether something can be called where a function is wanted."""
    if found.startswith((*_FUNCTIONS, "type[", "<class ")) and "(...)" in expected:
        return True
    plain = _name(base(found))
    return False if plain in _KNOWN and plain not in {_name(part) for part in parts(expected)} else None


def _one_fits(found: str, expected: list[str]) -> bool | None:
    plain = base(found)
    if found in expected or plain in expected:
        return True
    wanted = set(expected)
    if wanted & _WIDER.get(plain, set()):
        return True
    if found == "None":
        return False
    name, wanted_names = _name(plain), {_name(part) for part in expected}
    if wanted_names <= _KNOWN and name in _KNOWN:
        return None if any(_related(name, other) for other in wanted_names) else False
    return None


def _related(found: str, expected: str) -> bool:
    return found == expected or expected in _FAMILY.get(found, set())


def _name(text: str) -> str:
    generic = _GENERIC.match(text)
    return (generic[1] if generic else text).rpartition(".")[2]


_KNOWN = frozenset({*_WIDER, *_FAMILY, "complex", "None", "Path"}.union(*_FAMILY.values()))
_SPELLED = (
    ast.Expression,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.BinOp,
    ast.BitOr,
    ast.Constant,
    ast.Load,
)


def annotation(text: str, names: frozenset[str] | set[str]) -> str:
    """A type as an annotation whose names are all known; empty where it cannot be written.

    Args:
        text: as ty writes it.
        names: the names that can be written at the place, builtins included.
    """
    written = " | ".join(dict.fromkeys(base(part) for part in parts(text) if part != "Unknown"))
    written = re.sub(r"Literal\[[^\]]*\]", lambda found: base(found[0]), written).replace(" | Unknown", "")
    try:
        tree = ast.parse(written, mode="eval")
    except SyntaxError:
        return ""
    nodes = list(ast.walk(tree))
    known = all(node.id in names for node in nodes if isinstance(node, ast.Name))
    return written if known and all(isinstance(node, _SPELLED) for node in nodes) else ""
