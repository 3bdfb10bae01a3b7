"""One token too many, or a wrong one in the place of another."""

from __future__ import annotations

from collections.abc import Iterator

from punie_semantic.fixing.syntax.damage import REACH, Damage, Repair, brackets_around, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import OPERATOR_WORDS, Token

_INSTEAD = {
    "=": ("==", ":", ":=", "-"),
    "==": ("=",),
    ":": ("=", ",", ";", "."),
    ";": (":", ","),
    ".": (",",),
    ",": (".", ":"),
    "[": ("(", "{"),
    "{": ("(", "["),
    "(": ("[", "{"),
    "-": ("=",),
    ":=": ("=",),
    "->": (":", "."),
}
_WEIGHTS = {("=", "=="): 0.7, ("==", "="): 0.8, (":", "="): 0.6, ("=", ":"): 0.3, (":=", "="): 0.8, (";", ":"): 0.6}


def propose(damage: Damage) -> Iterator[Repair]:
    """Deletions and replacements of single tokens near the fault. Names, numbers and strings are never deleted."""
    for statement in damage.zone:
        nearness = 1.0 if statement is damage.here else 0.4
        around = list(brackets_around(statement.tokens))
        for index, (token, opened) in enumerate(around):
            distance = damage.distance(token.start)
            if distance > REACH:
                continue
            near = nearness * 0.9**distance
            before = around[index - 1][0] if index else None
            yield from _deleted(token, before, near)
            yield from _replaced(damage, statement, token, near, inside=bool(opened))


def _deleted(token: Token, before: Token | None, near: float) -> Iterator[Repair]:
    doubled = before is not None and before.text == token.text
    if token.kind == "odd":
        yield single(token.start, token.end, "", f"Remove {token.text!r}", 0.5 * near, "it means nothing in Python")
    elif (token.kind == "op" and token.text not in "()[]{}") or (token.text in OPERATOR_WORDS and doubled):
        weight = 0.9 if doubled else 0.12
        start = before.end if doubled and before is not None else token.start
        why = "it is there twice" if doubled else "it does not belong here"
        yield single(start, token.end, "", f"Remove '{token.text}'", weight * near, why)


def _replaced(damage: Damage, statement: Statement, token: Token, near: float, *, inside: bool) -> Iterator[Repair]:
    if token.kind != "op":
        return
    for other in _INSTEAD.get(token.text, ()):
        weight = _WEIGHTS.get((token.text, other), 0.1) * near
        if (token.text, other) == ("=", "==") and statement.word not in ("if", "elif", "while", "assert", "return"):
            weight *= 0.5
        if other == "==" and "Maybe you meant '=='" in damage.fault.message:
            weight = min(weight * 3, 0.9)
        text = other
        if other in ("=", "==") and token.text == ":" and not inside:
            before = damage.text[token.start - 1 : token.start]
            text = other if before.isspace() else f" {other}"
        yield single(
            token.start, token.end, text, f"Change '{token.text}' to '{other}'", weight, f"'{other}' belongs here"
        )
