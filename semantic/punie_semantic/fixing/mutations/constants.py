"""Another constant: numbers near it, what the evidence asks for, names that stand nearby, parts of texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from punie_semantic.fixing.mutations.facts import number
from punie_semantic.fixing.mutations.scene import Mutation, Scene

MOST_NEARBY = 8
_NUMERIC = re.compile(r"-?\d+(\.\d+)?")
_SPEC = re.compile(r"(?P<fill>[<>^=]?)(?P<width>\d*)(?P<comma>,?)(\.(?P<digits>\d+))?(?P<kind>[a-zA-Z%]?)")


def constant(scene: Scene, node: ast.Constant) -> Iterator[Mutation]:
    """Another constant of the same type."""
    value = node.value
    if isinstance(value, bool):
        yield scene.swap(node, str(not value), 0.7, f"{value} becomes {not value}")
    elif isinstance(value, int | float):
        if not _is_index(scene, node):
            yield from _numbers(scene, node, value)
    elif isinstance(value, str):
        yield from _texts(scene, node, value)
    elif value is None and isinstance(scene.tree.parent(node), ast.Return):
        for text in ("True", "False", "0", '""', "[]"):
            yield scene.swap(node, text, 0.08)


def _numbers(scene: Scene, node: ast.Constant, value: float) -> Iterator[Mutation]:
    source = scene.source(node)
    if source[:1] not in "0123456789." or source[:2].lower() in ("0x", "0b", "0o"):
        return
    size = _is_size(scene, node)
    for other, weight, why in _near(value):
        if other < 0 and size:
            continue  # nothing has a negative length
        yield scene.swap(node, _like(other, source), weight, why)
    for other in _asked(scene, value):
        returned = isinstance(scene.tree.parent(node), ast.Return | ast.Tuple)
        yield scene.swap(node, _like(other, source), 0.1 if returned else 0.55, "what the test expects differs by that")


def _is_size(scene: Scene, node: ast.Constant) -> bool:
    """Whether a number is compared with a length."""
    match scene.tree.parent(node):
        case ast.Compare(left=left, comparators=[right]):
            other = right if left is node else left
            return isinstance(other, ast.Call) and isinstance(other.func, ast.Name) and other.func.id == "len"
    return False


def _near(value: float) -> Iterator[tuple[float, float, str]]:
    yield value + 1, 0.5, "one more"
    yield value - 1, 0.5, "one less"
    if value not in (0, 1):
        yield -value, 0.25, "the other sign"
        yield 0, 0.15, "nothing"
        for factor in (10, 100, 2):
            yield value * factor, 0.2 if factor != 100 else 0.12, f"{factor} times as much"
            if not isinstance(value, int) or value % factor == 0:
                part = value / factor
                yield (int(part) if isinstance(value, int) else part), 0.2, f"divided by {factor}"
    elif value == 1:
        yield -1, 0.35, "the other sign"


def _asked(scene: Scene, value: float) -> Iterator[float]:
    """What makes the actual number the expected one, by adding or by a factor; and the expected one itself."""
    found: list[float] = []
    for actual, expected in scene.evidence.pairs:
        one, other = number(actual), number(expected)
        if one is None or other is None:
            continue
        found += [value + other - one, value - other + one]
        if one and value == one:
            found.append(other)
        if one and other:
            found += [value * other / one, value * one / other]
    whole = isinstance(value, int)
    for other in dict.fromkeys(found):
        if not whole or float(other).is_integer():
            rounded = int(other) if whole else round(other, 10)
            if rounded != value:
                yield rounded


def _texts(scene: Scene, node: ast.Constant, value: str) -> Iterator[Mutation]:
    parent = scene.tree.parent(node)
    if isinstance(parent, ast.JoinedStr | ast.FormattedValue) or _is_split(scene, node):
        return
    if _NUMERIC.fullmatch(value) and isinstance(parent, ast.Call):
        yield from _numeric_text(scene, node, value)
        return
    for other in _mended(scene, value):
        weight = 0.4 if other in _expected(scene) else 0.85
        yield _quoted(scene, node, other, weight, "what the test expects differs in that")
    for other in scene.keys(node, _subscripted(parent)):
        if other != value:
            yield _quoted(scene, node, other, 0.5, "it is a key of that mapping")
    nearby = _nearby(scene, node, value)
    for other in nearby:
        yield _quoted(scene, node, other, 0.3 if "text" in scene.facts or "error" in scene.facts else 0.15)
    if len(value) <= 2:
        for other in ("", " ", ", ", ",", "\n", "-", "_"):
            if other != value and not value.isalnum():
                yield _quoted(scene, node, other, 0.2)


def _numeric_text(scene: Scene, node: ast.Constant, value: str) -> Iterator[Mutation]:
    """A number in quotes, as Decimal takes it."""
    digits = len(value.partition(".")[2])
    for other, weight, why in _near(float(value) if digits else int(value)):
        yield _quoted(scene, node, _decimal(other, digits), weight * 0.7, why)
    for step in (10**-digits, -(10**-digits)) if digits else ():
        yield _quoted(scene, node, _decimal(float(value) + step, digits), 0.3, "the next one")
    for other in _asked(scene, float(value)):
        yield _quoted(scene, node, _decimal(other, digits), 0.5, "what the test expects differs by that")


def _decimal(value: float, digits: int) -> str:
    exact = f"{value:.{digits + 2}f}" if digits else f"{value:g}"
    whole, _, part = exact.partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part.ljust(digits, '0')}" if digits or part else whole


def _mended(scene: Scene, value: str) -> Iterator[str]:
    """The text with that changed in which the actual value differs from the expected one."""
    for actual, expected in scene.evidence.pairs:
        if not isinstance(actual, str) or not isinstance(expected, str):
            continue
        if actual == value:
            yield expected
            continue
        before = _common(actual, expected)
        after = min(_common(actual[::-1], expected[::-1]), min(len(actual), len(expected)) - before)
        old, new = actual[before : len(actual) - after], expected[before : len(expected) - after]
        for reach in (8, 4, 2, 1, 0):
            left, right = actual[max(before - reach, 0) : before], actual[len(actual) - after :][:reach]
            context = left + old + right
            if context and value.count(context) == 1:
                yield value.replace(context, left + new + right)
                break


def _common(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length


def _expected(scene: Scene) -> set[str]:
    return {expected for _, expected in scene.evidence.pairs if isinstance(expected, str)}


def _nearby(scene: Scene, node: ast.Constant, value: str) -> list[str]:
    """Other short texts of the function, then of the file, that stand in the same kind of place."""
    kind = type(scene.tree.parent(node))
    found = [
        other
        for other in ast.walk(scene.tree.module)
        if isinstance(other, ast.Constant)
        and isinstance(other.value, str)
        and isinstance(scene.tree.parent(other), kind)
    ]
    near = sorted(found, key=lambda other: abs(other.lineno - node.lineno))
    texts = [str(other.value) for other in near if other.value != value and len(str(other.value)) <= 40]
    return list(dict.fromkeys(texts))[:MOST_NEARBY]


def formatted(scene: Scene, node: ast.JoinedStr) -> Iterator[Mutation]:
    """Texts between the values of an f-string, and how its values are formatted."""
    start, end = scene.tree.span(node)
    source = scene.text[start:end]
    for actual, expected in scene.evidence.pairs:
        if isinstance(actual, str) and isinstance(expected, str):
            for other in _mended(scene, source):
                if other != source:
                    yield scene.swap(node, other, 0.8, "what the test expects differs in that")
    yield from _values_exchanged(scene, node, start, source)
    for found in re.finditer(r":(?P<spec>[<>^=+]?\d*,?(?:\.\d+)?[a-zA-Z%]?)\}", source):
        for other in _specs(found["spec"]):
            yield scene.edit(node, start + found.start("spec"), start + found.end("spec"), other, 0.4, "the format")


def _values_exchanged(scene: Scene, node: ast.JoinedStr, start: int, source: str) -> Iterator[Mutation]:
    """Two neighbouring values of an f-string, exchanged."""
    for one, other in pairwise(re.finditer(r"(?<!\{)\{[^{}\n]+\}(?!\})", source)):
        middle = source[one.end() : other.start()]
        if one[0] != other[0]:
            text = f"{other[0]}{middle}{one[0]}"
            yield scene.edit(node, start + one.start(), start + other.end(), text, 0.4, "the values are exchanged")


def _specs(spec: str) -> Iterator[str]:
    match = _SPEC.fullmatch(spec)
    if not match:
        return
    if match["digits"]:
        digits = int(match["digits"])
        yield from (spec.replace(f".{digits}", f".{other}") for other in (digits - 1, digits + 1) if other >= 0)
    if match["comma"]:
        yield spec.replace(",", "")
    for side in "<>^":
        if match["fill"] and match["fill"] != side:
            yield spec.replace(match["fill"], side, 1)
    if match["width"]:
        width = int(match["width"])
        yield from (spec.replace(match["width"], str(other), 1) for other in (width - 1, width + 1))


def _quoted(scene: Scene, node: ast.Constant, text: str, weight: float, why: str = "") -> Mutation:
    source = scene.source(node)
    prefix = source[: len(source) - len(source.lstrip("rRbBuUfF"))]
    quote = '"' if '"' in source[: len(prefix) + 1] else "'"
    raw = "r" in prefix.lower() and quote not in text and "\n" not in text and not text.endswith("\\")
    if raw:
        return scene.swap(node, f"{prefix}{quote}{text}{quote}", weight, why)
    written = repr(text)
    if written[0] != quote and quote not in text and "\\" not in written:
        written = f"{quote}{text}{quote}"
    return scene.swap(node, written, weight, why)


def _like(value: float, source: str) -> str:
    if isinstance(value, int) or ("." not in source and float(value).is_integer()):
        return str(int(value))
    return f"{value:.10g}" if not float(value).is_integer() else f"{value:.1f}"


def _subscripted(parent: ast.AST | None) -> str:
    if isinstance(parent, ast.Subscript) and isinstance(parent.value, ast.Name):
        return parent.value.id
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
        owner = parent.func.value
        return owner.id if isinstance(owner, ast.Name) else ""
    return ""


def _is_index(scene: Scene, node: ast.Constant) -> bool:
    parent = scene.tree.parent(node)
    inner = parent if isinstance(parent, ast.UnaryOp) else node
    outer = scene.tree.parent(inner)
    return isinstance(outer, ast.Slice) or (isinstance(outer, ast.Subscript) and outer.slice is inner)


def _is_split(scene: Scene, node: ast.Constant) -> bool:
    """A text that is written in several parts, or over several lines."""
    source = scene.source(node)
    return "\n" in source or not re.fullmatch(r"[a-zA-Z]*(\"[^\"]*\"|'[^']*')", source)
