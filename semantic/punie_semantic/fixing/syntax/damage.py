"""A fault in a text and what is around it, as the rules see it; and what a rule proposes."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from punie_semantic.fixing.candidate import Edit, applied
from punie_semantic.fixing.syntax.faults import Fault
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import OPENERS, Token
from punie_semantic.layout import indent_unit

_LOOK_BACK = 12
REACH = 60  # How many tokens away from the fault a mistake is looked for.


@dataclass(frozen=True)
class Repair:
    """One way to mend a syntax error.

    Attributes:
        edits: what to replace, as offsets of the text.
        title: what it does, as a menu shows it.
        weight: from 0 to 1, how likely it is what the user means.
        why: one short clause in its favour.
        wide: whether lines far from the fault decide about it, so that it is tried on the whole text.
    """

    edits: tuple[Edit, ...]
    title: str
    weight: float
    why: str
    wide: bool = False

    @property
    def size(self) -> int:
        """How many characters it takes away and puts in."""
        return sum(edit.end - edit.start + len(edit.text) for edit in self.edits)


class Damage:
    """A text with a fault.

    Attributes:
        text: the whole text.
        tokens: its tokens, comments and line ends included.
        statements: its logical lines.
        fault: what the parser refuses first.
        here: the statement that the fault is in or right behind.
        zone: the statements in which the mistake can be, `here` among them.
    """

    def __init__(self, text: str, fault: Fault, tokens: Sequence[Token], found: Sequence[Statement]) -> None:
        self.text = text
        self.fault = fault
        self.tokens = tokens
        self.statements = found
        self.here = self._statement_at(fault)
        self.zone = self._zone()

    @cached_property
    def unit(self) -> str:
        """One level of indentation as this file has it."""
        return indent_unit(self.text)

    @cached_property
    def vocabulary(self) -> Counter[str]:
        """How often each name is written in the file."""
        return Counter(token.text for token in self.tokens if token.kind == "name")

    def near(self, offset: int) -> Statement:
        """The statement that an offset is in or right behind."""
        return max((s for s in self.statements if s.start <= offset), key=lambda s: s.start, default=self.statements[0])

    def before(self, statement: Statement) -> Statement | None:
        """The statement before one."""
        return self.statements[statement.number - 1] if statement.number else None

    def after(self, statement: Statement) -> Statement | None:
        """The statement behind one."""
        number = statement.number + 1
        return self.statements[number] if number < len(self.statements) else None

    def line_start(self, offset: int) -> int:
        """Where the line of an offset starts."""
        return max(self.text.rfind(end, 0, offset) for end in self._line_ends) + 1

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, before its line end."""
        found = [self.text.find(end, offset) for end in self._line_ends]
        return min((at for at in found if at >= 0), default=len(self.text))

    def distance(self, offset: int) -> int:
        """How many tokens lie between an offset and the fault."""
        return abs(bisect_left(self._starts, offset) - bisect_left(self._starts, self.fault.start))

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for statement in self.zone for token in statement.tokens]

    @cached_property
    def _line_ends(self) -> tuple[str, ...]:
        return ("\n", "\r") if "\r" in self.text else ("\n",)

    def _statement_at(self, fault: Fault) -> Statement:
        line_start = self.line_start(fault.start)
        found = [s for s in self.statements if s.start <= max(fault.start, line_start)]
        first = next((s for s in self.statements if s.line == fault.line), None)
        if first is not None and (not found or first.start > found[-1].start):
            return first  # Indentation errors are placed before the line's first token.
        return found[-1] if found else self.statements[0]

    def _zone(self) -> list[Statement]:
        first = max(self.here.number - 1, 0)
        for statement in self.statements[max(self.here.number - _LOOK_BACK, 0) : self.here.number]:
            if statement.opened or statement.odd_closers or not all(token.whole for token in statement.tokens):
                first = min(first, statement.number)
                break
        last = self.here.number
        for statement in self.statements[last + 1 : last + _LOOK_BACK]:
            if statement.opened or statement.word in ("def", "class", "@"):
                break
            if statement.odd_closers:
                last = statement.number
                break
        return list(self.statements[first : last + 1])


def brackets_around(tokens: Sequence[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each token of a statement with the brackets that are open before it."""
    opened: list[Token] = []
    for token in tokens:
        yield token, list(opened)
        if token.text in OPENERS:
            opened.append(token)
        elif token.text in OPENERS.values() and opened:
            opened.pop()


def single(start: int, end: int, text: str, title: str, weight: float, why: str, *, wide: bool = False) -> Repair:
    """A repair of one edit."""
    return Repair((Edit(start, end, text),), title, weight, why, wide)


def result(text: str, repair: Repair) -> str:
    """The text with a repair."""
    return applied(text, repair.edits)
