# ruff: noqa: RUF001 - the signs that only look like Python's are what this is about
"""Signs that come from a word processor or another language: curly quotes, odd spaces, `&&`, `else if`, `x++`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.syntax.damage import Damage, Repair, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import Token

_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
_SIGNS = {
    **dict.fromkeys("“”„‟″«»＂", '"'), **dict.fromkeys("‘’‚‛′＇", "'"), **dict.fromkeys("–—−‐‑", "-"),
    **dict.fromkeys(_SPACES, " "), **dict.fromkeys(_UNSEEN, ""), "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=",
    "…": "...", "→": "->", "，": ",", "：": ":", "；": ";", "（": "(", "）": ")", "［": "[", "］": "]", "｛": "{",
    "｝": "}", "＝": "=", "＋": "+", "。": ".", "、": ",", "∧": "and", "∨": "or",
}  # fmt: skip
_TEXTS = (
    (re.compile(r"\s*&&\s*"), " and ", "&&", "and"),
    (re.compile(r"\s*\|\|\s*"), " or ", "||", "or"),
    (re.compile(r"!(?![=])\s*"), "not ", "!", "not"),
    (re.compile(r"<>"), "!=", "<>", "!="),
    (re.compile(r"!=="), "!=", "!==", "!="),
    (re.compile(r"==="), "==", "===", "=="),
    (re.compile(r"=>"), ">=", "=>", ">="),
    (re.compile(r"=<"), "<=", "=<", "<="),
    (re.compile(r"\+\+"), " += 1", "++", "+= 1"),
    (re.compile(r"(?<=\w)--(?=\s*$)", re.M), " -= 1", "--", "-= 1"),
    (re.compile(r"else\s+if\b"), "elif", "else if", "elif"),
    (re.compile(r"(?<=[\w)\]])::(?=\w)"), ".", "::", "."),
    (re.compile(r"(?<=[\w)\]])->(?=\w)"), ".", "->", "."),
    (re.compile(r"^//"), "#", "//", "#"),
    (re.compile(r"\s*//(?=\s*[A-Za-z][\w' ,.]*$)", re.M), "  #", "//", "#"),
)
# `import dumps from json`, also as `import { dumps, loads } from "json";`.
IMPORT_FIRST = re.compile(
    r"import\s+(\{?)\s*([\w,*\s]+?)\s*(\}?)\s+from\s+([\"']?)([\w.]+)\4[ \t]*;?(?=[ \t]*(?:#|[\r\n]|$))"
)


def propose(damage: Damage) -> Iterator[Repair]:
    """All foreign signs of a statement at once, and each kind of them alone."""
    yield from _signs(damage)
    for statement in damage.zone:
        yield from _operators(damage, statement)
        yield from _import(damage, statement)


def _import(damage: Damage, statement: Statement) -> Iterator[Repair]:
    """An import whose halves are in the order of another language."""
    text = damage.text[statement.start : damage.line_end(statement.end)]
    found = IMPORT_FIRST.match(text)
    if found is None:
        return
    new = from_first(found)
    edit = Edit(statement.start, statement.start + found.end(), new)
    yield Repair((edit,), f"Change it to {new}", 0.97, "`from` comes first in Python")


def from_first(found: re.Match[str]) -> str:
    """An import whose halves were in the order of another language, as Python has it."""
    return f"from {found[5]} import {' '.join(found[2].split())}"


def _signs(damage: Damage) -> Iterator[Repair]:
    """Characters that only look like Python's, in all statements near the fault and in their indentation."""
    start, end = damage.line_start(damage.zone[0].start), damage.line_end(damage.zone[-1].end)
    inside = [t for s in damage.zone for t in s.tokens if t.kind == "string"]
    edits = tuple(
        Edit(at, at + 1, _SIGNS[damage.text[at]])
        for at in range(start, end)
        if damage.text[at] in _SIGNS and not any(t.start < at < t.end and t.whole for t in inside)
    )
    for chosen in (edits, edits[:2], edits[:1]):
        if chosen:
            odd = damage.text[chosen[0].start]
            shown = f"'{odd}'" if odd.isprintable() else f"U+{ord(odd):04X}"
            title = f"Change {shown} to '{chosen[0].text}'" if chosen[0].text else f"Remove {shown}"
            yield Repair(chosen, title, 0.95, "Python has no such character")


def _operators(damage: Damage, statement: Statement) -> Iterator[Repair]:
    start, text = statement.start, damage.text[statement.start : damage.line_end(statement.end)]
    strings = [t for t in statement.tokens if t.kind == "string"]
    every: list[Edit] = []
    for pattern, new, shown, word in _TEXTS:
        edits = tuple(
            Edit(start + m.start(), start + m.end(), new)
            for m in pattern.finditer(text)
            if not _in_strings(strings, start + m.start())
        )
        if edits:
            yield Repair(edits, f"Change '{shown}' to '{word}'", 0.9, f"'{shown}' is '{word}' in Python")
            if shown in ("&&", "||", "!", "<>"):
                every += edits
    if len({edit.text for edit in every}) > 1:
        yield Repair(
            tuple(sorted(every)), "Write the operators as Python has them", 0.95, "they are another language's"
        )
    for token in statement.tokens:
        yield from _number(token)


def _in_strings(strings: list[Token], at: int) -> bool:
    return any(token.start <= at < token.end for token in strings)


def _number(token: Token) -> Iterator[Repair]:
    """Numbers with leading zeros or with the letter that long ones had."""
    text = token.text
    if token.kind != "number":
        return
    plain = text.rstrip("lL")
    if re.fullmatch(r"0[0-7]+", plain):
        why = "numbers do not start with 0"
        modes = len(plain) in (4, 5)
        yield single(
            token.start, token.end, f"0o{plain[1:]}", f"Change {text} to 0o{plain[1:]}", 0.9 if modes else 0.4, why
        )
    if re.fullmatch(r"0[0-9]+", plain):
        short = plain.lstrip("0") or "0"
        yield single(token.start, token.end, short, f"Change {text} to {short}", 0.6, "numbers do not start with 0")
    elif plain != text:
        yield single(token.start, token.end, plain, f"Change {text} to {plain}", 0.9, "there is one kind of integer")
