"""One tolerant reader of model output: text in, what to show and what to do out. No model, no I/O.

`extract` takes a whole answer; `Extractor` takes it in pieces and comes to the same, without ever giving out a piece
of a program as text. Only marked calls, and Python that calls a tool, are done; an example in prose stays prose.
An answer's first program counts: what a model writes after it was written before its result was known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from punie_agent.models import markup
from punie_agent.models.programs import as_actions, parse, read_fence
from punie_agent.models.reading import Action, Known, Program, Reading

MAX_ACTIONS = 32
MAX_HELD = 400_000
_SHORT = 24
_KEEP = 4096

_MARKS: tuple[tuple[str, Callable[..., Reading | None]], ...] = (
    (r"<tool_call>|<function_call>|<tool_use>", markup.read_tagged),
    (r"<function=|<invoke name=", markup.read_function),
    (r"<run_code>|<execute>|<execute_python>|<python>|<code_interpreter>", markup.read_program_tag),
    (r"<\|python_tag\|>", markup.read_python_tag),
    (r"\[TOOL_CALLS\]", markup.read_mistral),
    (r"<[|\uff5c]tool[\u2581_]calls?[\u2581_]begin[|\uff5c]>", markup.read_deepseek),
    (r"<\|(?:start|channel)\|>", markup.read_channel),
    (r"^[ \t]*[\[{]", markup.read_bracketed),
)
_FENCE = r"`{3,}|~{3,}"
_THINK = r"</?think(?:ing)?>"
_ENDS = (
    r"<\|(?:im_end|im_start|eot_id|eom_id|endoftext|end_of_text|return|call)\|>"
    r"|<end_of_turn>|<\uff5cend\u2581of\u2581sentence\uff5c>"
)
_OPENER = re.compile("|".join(f"(?:{pattern})" for pattern in (_FENCE, _THINK, _ENDS, *(m[0] for m in _MARKS))), re.M)
_READERS = [(re.compile(pattern, re.M), reader) for pattern, reader in _MARKS]
_LITERALS = (
    *("```", "~~~", "<think>", "</think>", "<thinking>", "</thinking>", "<tool_call>", "<function_call>", "<tool_use>"),
    *("<function=", "<invoke name=", "<run_code>", "<execute>", "<execute_python>", "<python>", "<code_interpreter>"),
    *(
        "<|python_tag|>",
        "[TOOL_CALLS]",
        "<\uff5ctool\u2581calls\u2581begin\uff5c>",
        "<\uff5ctool\u2581call\u2581begin\uff5c>",
        "<|tool_calls_begin|>",
    ),
    *(
        "<|tool_call_begin|>",
        "<|tool\u2581calls\u2581begin|>",
        "<|start|>",
        "<|channel|>",
        "<|im_end|>",
        "<|im_start|>",
    ),
    *("<|eot_id|>", "<|eom_id|>", "<|endoftext|>", "<|end_of_text|>", "<|return|>", "<|call|>", "<end_of_turn>"),
    "<\uff5cend\u2581of\u2581sentence\uff5c>",
)
_LONGEST = max(len(literal) for literal in _LITERALS)
# An answer that begins like this may be nothing but a program.
_BARE = re.compile(r"\s*(?:[a-z_]\w*\s*(?:=(?!=)|\()|import |from \w+ import|for \w+|with \w+|def \w+\(|print\(|#)")
_CLOSERS = frozenset("`~>]})|\uff5c\n")

Ending = Literal["more", "stop", "cut"]


@dataclass(frozen=True)
class Extracted:
    """What an answer comes to.

    Attributes:
        text: what is to be shown.
        thought: what the model thought before.
        actions: programs and tool calls, in order.
        cut: whether a program or a call was cut off, so that it is not run.
    """

    text: str = ""
    thought: str = ""
    actions: tuple[Action, ...] = ()
    cut: bool = False


@dataclass
class Extractor:
    """Reads an answer in pieces.

    Args:
        known: the names that count as tools.
        thinks_first: the answer begins in the middle of thought, up to `</think>`.
    """

    known: Known
    thinks_first: bool = False
    actions: list[Action] = field(default_factory=list)
    cut: bool = False
    _text: str = ""
    _place: int = 0
    _holding: bool = False
    _thinking: bool = False
    _ended: bool = False
    _silent: bool = False
    _begun: bool = False
    _earlier: list[str] = field(default_factory=list)
    _shown: list[str] = field(default_factory=list)
    _thoughts: list[str] = field(default_factory=list)

    def feed(self, piece: str) -> tuple[str, str]:
        """Take the next piece. Gives what can be shown by now, and what was thought."""
        if self._ended:
            return "", ""
        self._text += piece
        # What is being held can only be finished by one of these.
        if not (self._holding and _CLOSERS.isdisjoint(piece)):
            self._advance("more")
        return self._taken()

    def finish(self, *, cut: bool = False) -> tuple[str, str]:
        """Take the end. `cut` says that the answer ended in its middle. Gives the rest, as `feed` does."""
        if not self._ended:
            self._advance("cut" if cut else "stop")
        return self._taken()

    def _taken(self) -> tuple[str, str]:
        text, thought = "".join(self._shown), "".join(self._thoughts)
        self._shown.clear()
        self._thoughts.clear()
        return text, thought

    def _advance(self, ending: Ending) -> None:
        self._holding = False
        while self._place < len(self._text) and not self._ended:
            if not self._step(ending):
                break
        if self._place > _KEEP:
            self._forget()

    def _forget(self) -> None:
        """Drop what is done with, but for its last line's beginning, which later marks may depend on."""
        start = self._text.rfind("\n", 0, self._place - 1) + 1 if self._place else 0
        start = max(start, self._place - _KEEP // 2)
        self._text, self._place = self._text[start:], self._place - start

    def _step(self, ending: Ending) -> bool:
        """Read on by one mark. False when more is needed."""
        if self._thinking or (self.thinks_first and not self._begun):
            return self._think(ending)
        if not self._begun:
            return self._begin(ending)
        opener = _OPENER.search(self._text, self._place)
        if opener is None:
            end = len(self._text) if ending != "more" else self._safe_end()
            self._show(self._text[self._place : end])
            self._place = end
            return ending != "more"
        self._show(self._text[self._place : opener.start()])
        self._place = opener.start()
        return self._open(opener, ending)

    def _begin(self, ending: Ending) -> bool:
        """The beginning: an answer that may be nothing but a program is held."""
        rest = self._text[self._place :]
        if ending == "more" and "\n" not in rest.lstrip() and len(rest) < _SHORT:
            return False
        if _BARE.match(rest):
            if ending == "more" and len(rest) < MAX_HELD:
                return False
            actions = () if "```" in rest or parse(rest) is None else as_actions(rest, self.known)
            if actions and ending == "cut":
                self.cut = True
            elif actions:
                self._take(Reading(len(self._text), actions, closing=True))
        self._begun = True
        return True

    def _think(self, ending: Ending) -> bool:
        closing = re.compile(r"</think(?:ing)?>").search(self._text, self._place)
        if closing:
            self._thoughts.append(self._text[self._place : closing.start()])
            self._place = closing.end()
            self._thinking = self.thinks_first = self._begun = False
            return True
        if ending != "more" and self.thinks_first and not self._thinking:
            # The server took the thoughts out itself: this is the answer.
            self.thinks_first = False
            return True
        if self._thinking:
            end = len(self._text) if ending != "more" else self._safe_end()
            self._thoughts.append(self._text[self._place : end])
            self._place = end
        return ending != "more"

    def _open(self, opener: re.Match[str], ending: Ending) -> bool:
        mark = opener[0]
        if mark[0] not in "`~" and self._quoted(opener.start()):
            self._show(mark)
            self._place = opener.end()
            return True
        if re.fullmatch(_THINK, mark):
            self._thinking = not mark.startswith("</")
            self._place = opener.end()
            return True
        if re.fullmatch(_ENDS, mark):
            self._ended = True
            self._place = len(self._text)
            return True
        return self._read(opener, ending)

    def _quoted(self, place: int) -> bool:
        """Whether a mark is quoted in prose."""
        before = self._text[max(0, place - 1) : place]
        return before in ("`", '"', "'", "“") if before else False

    def _read(self, opener: re.Match[str], ending: Ending) -> bool:
        too_long = len(self._text) - opener.start() > MAX_HELD
        reading = self._ask(opener, final=ending == "stop" or too_long)
        if reading is None and ending == "cut":
            reading = self._ask(opener, final=True)
            if reading and reading.actions:
                self.cut = True
                reading = Reading(len(self._text), text=self._text[opener.start() :])
        if reading is None:
            self._holding = True
            return False
        self._take(reading)
        return True

    def _ask(self, opener: re.Match[str], *, final: bool) -> Reading | None:
        if opener[0][0] in "`~":
            return read_fence(self._text, opener.start(), self.known, self._earlier, final=final)
        for pattern, reader in _READERS:
            if pattern.match(self._text, opener.start()):
                return reader(self._text, opener.start(), self.known, final=final)
        return Reading(opener.end(), text=opener[0])

    def _take(self, reading: Reading) -> None:
        """Go on behind what was read. After the first action, a model writes what it only supposes."""
        self._show(reading.text)
        if reading.thought:
            self._thoughts.append(reading.thought)
        fenced = self._text[self._place] in "`~"
        programs = any(isinstance(action, Program) for action in reading.actions)
        if reading.actions and not (self.actions and fenced and programs):
            self.actions.extend(reading.actions[: MAX_ACTIONS - len(self.actions)])
            self._silent = True
            self._ended = fenced and programs
        self._place = max(reading.end, self._place + 1)
        self._ended = self._ended or reading.closing

    def _show(self, text: str) -> None:
        if text and not self._silent:
            self._shown.append(text)

    def _safe_end(self) -> int:
        """How far the text can hold no beginning of a mark."""
        text = self._text
        for start in range(max(self._place, len(text) - _LONGEST), len(text)):
            if text[start] in "`~<[" and any(literal.startswith(text[start:]) for literal in _LITERALS):
                return start
        line = text.rfind("\n") + 1
        return len(text) if text[line:].strip(" \t") else max(self._place, line)


def extract(answer: str, known: Known, *, cut: bool = False, thinks_first: bool = False) -> Extracted:
    """What a whole answer comes to.

    Args:
        answer: the text as the model wrote it.
        known: the names that count as tools.
        cut: whether it ended for want of tokens.
        thinks_first: whether it begins in the middle of thought.
    """
    extractor = Extractor(known, thinks_first)
    pieces = [extractor.feed(answer), extractor.finish(cut=cut)]
    text = "".join(piece[0] for piece in pieces)
    thought = "".join(piece[1] for piece in pieces)
    return Extracted(text, thought, tuple(extractor.actions), extractor.cut)
