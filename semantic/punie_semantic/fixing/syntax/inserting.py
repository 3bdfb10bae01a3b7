"""Something is missing between two tokens: a comma, a colon, an operator, a keyword, a dot."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from punie_semantic.fixing.syntax.damage import REACH, Damage, Repair, brackets_around, single
from punie_semantic.fixing.syntax.keywords import nearly_keyword
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import OPERATOR_WORDS, Token, ends_operand, starts_operand

_TIGHT = frozenset((",", ":", ".", "("))
_OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "|", "&")
_WORDS = ("and", "or", "in", "is", "if", "else", "for", "as", "from", "import", "not in", "is not")
_BY_WORD = {
    "for": {"in": 0.9},
    "from": {"import": 0.95},
    "import": {"as": 0.6, ",": 0.5, ".": 0.4},
    "with": {"as": 0.7},
    "except": {"as": 0.9},
    "raise": {"from": 0.7, ".": 0.3, "(": 0.3},
    "assert": {",": 0.5},
}


def propose(damage: Damage) -> Iterator[Repair]:
    """Insertions into the gaps of the statements in which the mistake can be."""
    for statement in damage.zone:
        nearness = 1.0 if statement is damage.here else 0.6
        yield from _colon_at_the_end(damage, statement)
        for token, following, opened in _gaps(statement):
            distance = damage.distance(following.start)
            if distance > REACH:
                continue
            for text, weight in _missing(damage, statement, token, following, opened):
                yield _insertion(damage, token, following, text, weight * nearness * 0.92**distance, opened)


def _gaps(statement: Statement) -> Iterator[tuple[Token, Token, list[Token]]]:
    around = list(brackets_around(statement.tokens))
    for (token, _), (following, opened) in pairwise(around):
        yield token, following, opened


def _missing(
    damage: Damage, statement: Statement, token: Token, following: Token, opened: list[Token]
) -> list[tuple[str, float]]:
    """What can be missing in a gap, with how likely it is."""
    known = _by_form(statement, token, following, opened)
    if known is not None:
        return known
    if not ends_operand(token) or not (starts_operand(following) or following.text in ("for", "if", "else", "in")):
        return []
    if following.text in OPERATOR_WORDS - {"not", "lambda", "await", "yield"}:
        return [(",", 0.05), (":", 0.1)]
    if following.text in "([{-+*" and following.kind == "op" and not (token.kind == "number" or opened):
        return [("=", 0.03), ("in", 0.1), ("==", 0.05), (".", 0.02), (":", 0.1)]
    found = _between_operands(statement, token, following, opened[-1].text if opened else "")
    if following.start - token.end == 2 and following.line == token.line:
        # A comma would have left one space: what is gone had a space on each side.
        found |= {text: found[text] * 0.12 for text in (",", ".")}
    if "':' expected" in damage.fault.message:
        found[":"] *= 5
    return [(text, weight) for text, weight in found.items() if weight]


def _by_form(
    statement: Statement, token: Token, following: Token, opened: list[Token]
) -> list[tuple[str, float]] | None:
    """What is missing where the words around the gap tell; None when they do not."""
    if token.kind == "name" and (token.text == "lambda" or _in_lambda(statement, token)):
        return [(":", 0.5), (",", 0.3 if token.text != "lambda" else 0.0)]
    if not opened and token.text in ("else", "try", "finally") and statement.is_header:
        return [(":", 0.5)]
    if statement.word in ("def", "async") and following.text == "," and token.text in ("(", ","):
        return [("*", 0.4)]
    if token.text in ("*", "/") and token.kind == "op" and following.kind == "name" and opened:
        return [(",", 0.4)]
    return [("in", 0.3)] if token.text == "not" else None


def _between_operands(statement: Statement, token: Token, following: Token, inside: str) -> dict[str, float]:
    """What can be missing between two operands, in brackets of a kind or in none."""
    touching = token.end == following.start
    found = dict.fromkeys(_OPERATORS, 0.06) | dict.fromkeys(_WORDS, 0.06)
    found |= {"=": 0.12 if inside in ("(", "") else 0.0, ":": 0.12, ",": 0.12, ".": 0.35 if touching else 0.02}
    match inside:
        case "(":
            found |= {",": 0.5, "=": 0.12, ":": 0.05 if statement.word == "def" else 0.12}
        case "[":
            found |= {",": 0.5, ":": 0.15}
        case "{":
            found |= {",": 0.4, ":": 0.45}
        case _:
            found |= _BY_WORD.get(statement.word, {})
            if token is statement.tokens[0]:
                found |= {"=": 0.03 if nearly_keyword(token.text) else 0.35}
    if token.kind == "string":
        found["%"] = 0.25
    return found


def _in_lambda(statement: Statement, token: Token) -> bool:
    before = [t.text for t in statement.tokens if t.start < token.start]
    if "lambda" not in before:
        return False
    behind = before[len(before) - before[::-1].index("lambda") :]
    return ":" not in behind and len(behind) < 12


def _insertion(damage: Damage, token: Token, following: Token, text: str, weight: float, opened: list[Token]) -> Repair:
    """The insertion with the white space that belongs to it."""
    gap = damage.text[token.end : following.start]
    title, why = f"Add '{text}'", f"'{text}' is missing between {_shown(token)} and {_shown(following)}"
    word = text[0].isalpha()
    if text in _TIGHT or "\n" in gap or (text == "=" and opened and len(gap) < 2):
        space = " " if text == "," and not gap and _spaced_commas(damage) else ""
        return single(token.end, token.end, text + space, title, weight, why)
    if len(gap) >= 2:
        return single(token.end + 1, token.end + 1, text, title, weight, why)
    if gap or word:
        before = "" if gap else " "
        return single(following.start, following.start, f"{before}{text} ", title, weight, why)
    return single(token.end, token.end, text, title, weight, why)


def _spaced_commas(damage: Damage) -> bool:
    return damage.text.count(", ") * 2 >= damage.text.count(",")


def _shown(token: Token) -> str:
    return f"'{token.text}'" if len(token.text) < 20 and "\n" not in token.text else f"'{token.text[:12]}…'"


def _colon_at_the_end(damage: Damage, statement: Statement) -> Iterator[Repair]:
    following = damage.after(statement)
    deeper = following is not None and following.width > statement.width
    if statement.tokens[-1].text == ":" or not (statement.is_header or deeper):
        return
    if not statement.is_header and statement.word not in ("match", "case"):
        return
    end = statement.end
    weight = 0.97 if deeper and (statement is damage.here) else 0.8 if deeper else 0.4
    last = statement.tokens[-1]
    if last.text in (";", ",", ".", "=") and last.kind == "op":
        yield single(last.start, end, ":", f"Change '{last.text}' to ':'", weight, "a block follows")
    yield single(end, end, ":", "Add ':'", weight, f"'{statement.word}' opens a block")
