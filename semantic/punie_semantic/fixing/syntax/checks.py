"""Whether a repair mends: the damaged statement's block is parsed with it, and then the whole text."""

from __future__ import annotations

from functools import cached_property

from punie_semantic.fixing.candidate import Edit, applied
from punie_semantic.fixing.syntax.damage import Damage, Repair, result
from punie_semantic.fixing.syntax.faults import Fault, first_fault
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import CLOSERS

_HOLDER = "class _:\n"
_BEFORE = {
    "else": "  if 1: pass\n", "elif": "  if 1: pass\n", "except": "  try: pass\n", "finally": "  try: pass\n",
    "case": "  match 1:\n",
}  # fmt: skip


class Checks:
    """Tries repairs of one damage.

    Attributes:
        spent: how many characters were parsed so far; a measure of effort that is the same on every machine.
    """

    def __init__(self, damage: Damage) -> None:
        self.damage = damage
        self.spent = 0
        self.start, self.end = self._block()
        head = damage.text[self.start : self.end]
        self._prefix = _HOLDER if head[:1].isspace() else ""
        found = [s for s in damage.statements if not s.width and s.word in ("def", "class", "async", "@", "import")]
        self._tops = [s.start for s in found]
        behind = [s.start for s in found if s.start > damage.zone[-1].end and s.word != "@"]
        # The second one behind it: the first may be what the repair joins to the damage.
        self._wide_end = behind[1] if len(behind) > 1 else len(damage.text)

    def passes_alone(self, repair: Repair) -> bool:
        """Whether the statement that a repair changes can be one by itself: cheap, and most repairs fail here."""
        edit = repair.edits[0]
        if len(repair.edits) > 1 or set(edit.text) & set("()[]{}\"'\n"):
            return True
        here = next((s for s in self.damage.zone if s.start <= edit.start and edit.end <= s.end), None)
        if here is None or here.opened or here.odd_closers or not all(t.whole for t in here.tokens):
            return True
        moved = Edit(edit.start - here.start, edit.end - here.start, edit.text)
        text = applied(self.damage.text[here.start : here.end], [moved])
        self.spent += len(text)
        return stands_alone(text)

    def passes_near(self, repair: Repair) -> bool:
        """Whether the block around the fault is whole with a repair, or broken only further down."""
        if any(edit.start < self.start or edit.end > self.end for edit in repair.edits):
            return True
        moved = [Edit(e.start - self.start, e.end - self.start, e.text) for e in repair.edits]
        block = self.damage.text[self.start : self.end]
        fault = self._parse(self._prefix + applied(block, moved))
        return fault is None or self._is_later(fault, self._rest_near, repair)

    def passes_around(self, repair: Repair) -> bool:
        """The same for repairs that lines further away decide about: the functions and classes around are parsed."""
        first = min(self.damage.zone[0].start, repair.edits[0].start)
        start = max((at for at in self._tops if at < first), default=0)
        end = self._wide_end
        if any(edit.end > end for edit in repair.edits):
            return True
        moved = [Edit(e.start - start, e.end - start, e.text) for e in repair.edits]
        fault = self._parse(applied(self.damage.text[start:end], moved))
        return fault is None or self._rest is not None

    def passes(self, repair: Repair) -> bool:
        """Whether the whole text parses with a repair, or what is left is another mistake further down."""
        fault = self._parse(result(self.damage.text, repair))
        if fault is None:
            return True
        earlier = self._first_of_all
        if earlier is not None and earlier.start < self.start and fault.line == earlier.line:
            return self.passes_near(repair)  # Another mistake comes first; it is not this one's business.
        return self._is_later(fault, self._rest, repair)

    def _parse(self, text: str) -> Fault | None:
        self.spent += len(text)
        return first_fault(text)

    @cached_property
    def _first_of_all(self) -> Fault | None:
        return first_fault(self.damage.text)

    @cached_property
    def _rest(self) -> Fault | None:
        """The next mistake: what is refused when the damaged statement is not there."""
        return self._beyond(first_fault(without(self.damage.text, self.damage)), 0)

    @cached_property
    def _rest_near(self) -> Fault | None:
        kept = without(self.damage.text, self.damage)
        end = self.end + len(kept) - len(self.damage.text)
        fault = first_fault(self._prefix + kept[self.start : end])
        return self._beyond(fault, self.damage.text.count("\n", 0, self.start) - bool(self._prefix))

    def _beyond(self, fault: Fault | None, shift: int) -> Fault | None:
        return fault if fault is not None and fault.line + shift > self.damage.here.last_line else None

    def _is_later(self, fault: Fault, rest: Fault | None, repair: Repair) -> bool:
        if rest is None:
            return False
        added = sum(e.text.count("\n") - self.damage.text.count("\n", e.start, e.end) for e in repair.edits)
        return fault.line - added >= rest.line

    def _block(self) -> tuple[int, int]:
        """The outermost function around the damage, or the statements at the margin around it."""
        found = self.damage.statements
        first, last = self.damage.zone[0].number, self.damage.zone[-1].number
        top = first
        width = found[first].width
        best: Statement | None = None
        while top > 0 and width > 0:
            top -= 1
            if found[top].width < width:
                width = found[top].width
                if found[top].word in ("def", "async"):
                    best = found[top]
        begin = best or found[top]
        outmost = not begin.width
        while outmost and begin.number and (begin.width or begin.continues or found[begin.number - 1].word == "@"):
            begin = found[begin.number - 1]
        margin = min(begin.width, *(s.width for s in self.damage.zone))
        end = next((s for s in found[last + 1 :] if s.width <= margin and _begins(s)), None)
        # One more statement shows whether what follows still fits.
        start = self.damage.line_start(begin.start)
        return start, self.damage.line_start(end.start) if end else len(self.damage.text)


def _begins(statement: Statement) -> bool:
    return not statement.continues and statement.tokens[0].text not in CLOSERS


def stands_alone(text: str) -> bool:
    """Whether a statement parses by itself, wherever it may stand."""
    word = next(iter(text.split(maxsplit=1)), "").rstrip(":")
    deeper = "    " if word == "case" else "   "
    body = f"\n{deeper}pass" if text.endswith(":") else ""
    if text.startswith("@"):
        body = "\n  def _(): pass"
    if word == "try":
        body += "\n  finally: pass"
    before = _BEFORE.get(word, "")
    fault = first_fault(f"async def _(self):\n while 1:\n{before}{deeper[1:]}{text}{body}\n")
    # What only its place refuses is found out later.
    return fault is None or word in ("from", "nonlocal", "global")


def without(text: str, damage: Damage) -> str:
    """A text with something harmless, of as many lines, instead of the damaged statement."""
    here = damage.here
    following = damage.after(here)
    filler = "pass"
    if following is not None and following.width > here.width:
        filler = f"{here.word}:" if here.word in ("else", "finally", "except", "try") else "if 1:"
    lines = "\n" * text.count("\n", here.start, here.end)
    filler = filler.ljust(here.end - here.start - len(lines))
    return text[: here.start] + filler + lines + text[here.end :]
