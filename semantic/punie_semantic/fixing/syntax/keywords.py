"""Keywords that are misspelt, missing at the start of a line, or written as another language has them."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from punie_semantic.fixing.syntax.damage import REACH, Damage, Repair, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import Token, ends_operand

_WORDS = (*keyword.kwlist, "match", "case", "type")
_FOREIGN = {
    "elsif": "elif", "elseif": "elif", "elseIf": "elif", "catch": "except", "throw": "raise", "function": "def",
    "func": "def", "fn": "def", "switch": "match", "foreach": "for", "include": "import", "require": "import",
    "using": "import", "unless": "if not", "until": "while not", "fun": "def", "sub": "def",
}  # fmt: skip
_STARTS = {
    "def": 0.5, "class": 0.3, "if": 0.3, "for": 0.4, "while": 0.2, "with": 0.3, "elif": 0.2, "else": 0.5, "try": 0.3,
    "except": 0.3, "finally": 0.15, "import": 0.5, "from": 0.7, "return": 0.2, "case": 0.2, "raise": 0.1, "async": 0.1,
}  # fmt: skip


def propose(damage: Damage) -> Iterator[Repair]:
    """Names near the fault that are almost keywords, and keywords that a line lacks at its start."""
    for statement in damage.zone:
        near = 1.0 if statement is damage.here else 0.7
        for index, token in enumerate(statement.tokens):
            if token.kind == "name" and damage.distance(token.start) <= REACH:
                behind = statement.tokens[index + 1] if index + 1 < len(statement.tokens) else None
                yield from _respelt(damage, token, behind, near, first=index == 0)
        yield from _started(damage, statement, near)


def _respelt(damage: Damage, token: Token, behind: Token | None, near: float, *, first: bool) -> Iterator[Repair]:
    rare = damage.vocabulary[token.text] <= 2
    foreign = _FOREIGN.get(token.text) if first else None
    if foreign:
        yield _changed(token, foreign, 0.95 * near)
    # A word before another operand is where keywords are.
    placed = behind is None or behind.kind in ("name", "number", "string") or behind.text in ("(", "[", "{", ":", "-")
    for word in _WORDS:
        if word == token.text or (keyword.iskeyword(token.text) and not first and word not in ("is", "in", "as", "or")):
            continue
        steps = typing_steps(token.text, word)
        if steps > (2 if len(word) > 4 else 1):
            continue
        weight = (0.9 if steps == 1 or token.text.lower() == word else 0.5) * near * (1 if rare else 0.3)
        weight *= 0.4 if keyword.iskeyword(token.text) else 1
        yield _changed(token, word, weight * (1 if placed else 0.5) * (1 if first else 0.9))


def _changed(token: Token, word: str, weight: float) -> Repair:
    return single(
        token.start, token.end, word, f"Change '{token.text}' to '{word}'", weight, f"'{token.text}' is no keyword"
        if not keyword.iskeyword(token.text) else f"'{word}' belongs here",
    )  # fmt: skip


def _started(damage: Damage, statement: Statement, near: float) -> Iterator[Repair]:
    """A line that lacks its first word, or a space too many is all that is left of it."""
    first, following = statement.tokens[0], damage.after(statement)
    deeper = following is not None and following.width > statement.width
    header = statement.tokens[-1].text == ":" or deeper
    if statement.is_header and first.text != "if":
        return
    for word, weight in _STARTS.items():
        if (word in ("import", "from", "return", "raise")) == header:
            continue
        alone = word in ("else", "try", "finally")
        if alone != (first.text == ":") and word != "except":
            continue
        likely = weight * _fits(statement, word, following, header=header)
        start, text = first.start, word if alone else f"{word} "
        if statement.width % max(len(damage.unit.expandtabs(8)), 1) and damage.text[start - 1 : start] == " ":
            start, text, likely = start - 1, word, likely * 1.6
            if alone:
                continue
        yield single(start, start, text, f"Add '{word}'", min(likely, 0.9) * near, f"'{word}' is missing", wide=True)


def _fits(statement: Statement, word: str, following: Statement | None, *, header: bool) -> float:
    """How much more or less likely than usual it is that a line lacks just this word."""
    first, factor = statement.tokens[0], 1.0
    if word == "def" and len(statement.tokens) > 1 and statement.tokens[1].text == "(":
        factor *= 1.5
    if word == "for" and _loops(statement):
        factor *= 2.5
    if word == "return" and following is not None and following.width < statement.width:
        factor *= 3.0 if not any(t.text == "=" for t in statement.tokens) else 1.0
    if word in ("import", "from", "class") and statement.indent:
        factor *= 0.2
    if header and len(statement.tokens) == 2 and first.kind == "name":
        factor *= 0.2  # A word and a colon: the word itself is meant as a keyword.
    if first.kind == "string":
        factor *= 0.1  # It stands for itself, as docstrings do.
    return factor


def _loops(statement: Statement) -> bool:
    return any(token.text == "in" for token in statement.tokens[1:4]) and ends_operand(statement.tokens[0])


def nearly_keyword(word: str) -> bool:
    """Whether a word is one slip of the fingers away from a word that starts statements."""
    return len(word) > 2 and any(typing_steps(word, other) == 1 for other in _STARTS)


def typing_steps(one: str, other: str) -> int:
    """How many slips of the fingers lead from one word to another: letters added, left out, wrong or swapped."""
    if abs(len(one) - len(other)) > 2 or (len(one) < 2 and len(other) < 2):
        return 9
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
