"""One problem where it is: its file, tree and neighbours, and questions to ty about them. Generators get this."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.candidate import Edit, applied
from punie_semantic.fixing.project_names import times_written
from punie_semantic.fixing.standard_names import known_words
from punie_semantic.fixing.tree import Tree
from punie_semantic.fixing.vocabulary import Vocabulary, differing, slip_of
from punie_semantic.lsp.connection import ResponseError
from punie_semantic.overlay import State
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

_REVEAL = "reveal_type("
_REVEALED = re.compile(r"`(.+)`", re.S)
_SEPARATOR = re.compile(r"^-{40,}\n", re.M)


@dataclass(frozen=True)
class Member:
    """What could be written at a place: a name, ty's kind for it (an LSP CompletionItemKind), its type if told."""

    name: str
    kind: int
    detail: str
    imports: str = ""


@dataclass(frozen=True)
class Target:
    """Where a definition is: a file and the offsets of the whole definition and of its name, in that file's text."""

    path: Path
    start: int
    end: int


class Place:
    """A problem in its file, as generators see it. Offsets are code points of `text`.

    Attributes:
        workspace: for its settings and files; generators change nothing in it.
        problem: what is to be mended.
        others: all other findings of the file, hints included.
        file: the file.
        text: its text in the overlay's present state.
        start: where the problem starts.
        end: where it ends.
    """

    def __init__(self, workspace: Workspace, problem: Diagnostic, others: Sequence[Diagnostic]) -> None:
        self.workspace = workspace
        self.problem = problem
        self.others = tuple(other for other in others if other != problem)
        self.file = workspace.overlay.resolve(problem.file)
        self.text = workspace.overlay.text(self.file)
        self.start, self.end = self.offsets(problem)
        self._slips: dict[tuple[str, str], float] = {}
        self._answers: dict[tuple[str, int, str | None], Any] = {}

    @cached_property
    def tree(self) -> Tree:
        """The file's syntax tree; broken lines elsewhere are missing in it."""
        return Tree(self.text)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """How often the file spells its names."""
        return Vocabulary(self.text)

    @property
    def code(self) -> str:
        """The problem's code."""
        return self.problem.code

    @property
    def message(self) -> str:
        """The problem's message."""
        return self.problem.message

    @cached_property
    def quoted(self) -> list[str]:
        """What the message has in back-ticks, in order."""
        return re.findall(r"`([^`]+)`", self.problem.message)

    @property
    def source(self) -> str:
        """The text that the problem marks."""
        return self.text[self.start : self.end]

    def offsets(self, problem: Diagnostic) -> tuple[int, int]:
        """Where a finding of this file starts and ends."""
        lines = self.tree.lines
        return lines.offset(problem.range["start"], "utf-32"), lines.offset(problem.range["end"], "utf-32")

    async def slip(self, wrong: str, right: str) -> float:
        """From 0 to 1: how likely the first of two names is the misspelt one, from how often each is written."""
        if self.vocabulary.tells(wrong, right):
            return self.vocabulary.slip(wrong, right)
        key = (wrong, right)
        if key not in self._slips:
            bad, good = differing(wrong, right)
            written = await times_written(self.workspace, {*bad, *good}, self.file)
            written.update(known_words() & {*bad, *good})
            self._slips[key] = slip_of(*(min((written[w] for w in words), default=0) for words in (bad, good)))
        return self._slips[key]

    async def hover(self, offset: int) -> str:
        """The type of what is at an offset, as ty writes it; empty when it does not say."""
        answer = await self._ask("textDocument/hover", offset)
        if not isinstance(answer, dict):
            return ""
        contents = answer["contents"]
        text = str(contents["value"] if isinstance(contents, dict) else contents)
        return _SEPARATOR.split(text, maxsplit=1)[0].strip("\n")

    async def members(self, node: ast.expr) -> list[Member]:
        """The attributes that ty knows of an expression's type, in ty's order; empty when it does not know it."""
        return await self.members_at(self.tree.span(node)[1])

    async def members_at(self, end: int) -> list[Member]:
        """The attributes of the expression that ends at an offset, as ty knows them."""
        rest = self._behind(end)
        # `self. and` would be an attribute called `and`, which has no completions.
        stop = "?" if re.compile(r"[ \t]+\w").match(self.text, rest) else ""
        return await self.completions(end + 1, f"{self.text[:end]}.{stop}{self.text[rest:]}")

    async def completions(self, offset: int, text: str | None = None) -> list[Member]:
        """What ty would complete at an offset of the file, or of what the file could be."""
        answer = await self._ask("textDocument/completion", offset, text)
        items = answer.get("items", []) if isinstance(answer, dict) else answer if isinstance(answer, list) else []
        return [_member(item) for item in items]

    def _behind(self, end: int) -> int:
        """Where `.name` behind an expression ends; the expression's own end without one."""
        attribute = re.compile(r"\s*\.\s*\w*").match(self.text, end)
        return attribute.end() if attribute else end

    async def types(self, nodes: Sequence[ast.expr]) -> list[str]:
        """The types of expressions, none of which contains another, as ty writes them; empty where it does not say."""
        spans = [self.tree.span(node) for node in nodes]
        edits = [Edit(start, start, _REVEAL) for start, _ in spans] + [Edit(end, end, ")") for _, end in spans]
        text = applied(self.text, edits)
        findings = await self.workspace.checker.by_ty(self.file, self._with(text))
        found = self._revealed(TextLines(text), findings.diagnostics)
        at = [lead + (index + 1) * len(_REVEAL) + index for lead, index in _ordered(spans)]
        return [found.get(offset, "") for offset in at]

    def _revealed(self, lines: TextLines, diagnostics: Sequence[Diagnostic]) -> dict[int, str]:
        return {
            lines.offset(d.range["start"], "utf-32"): revealed[1]
            for d in diagnostics
            if d.code == "revealed-type" and (revealed := _REVEALED.search(d.message))
        }

    async def types_of(self, start: int, end: int, expressions: Sequence[str]) -> list[str]:
        """The types that expressions would have in the place of the one between two offsets; empty if unknown."""
        text, at = self.text[:start] + "(", []
        for expression in expressions:
            text += _REVEAL
            at.append(len(text))
            text += f"{expression}), "
        text += f"){self.text[end:]}"
        findings = await self.workspace.checker.by_ty(self.file, self._with(text)) if expressions else None
        found = self._revealed(TextLines(text), findings.diagnostics) if findings else {}
        return [found.get(offset, "") for offset in at]

    async def definitions(self, offset: int) -> list[Target]:
        """Where what is at an offset is defined, as names' places."""
        return self._targets(await self._ask("textDocument/definition", offset))

    async def type_definitions(self, offset: int) -> list[Target]:
        """Where the type of what is at an offset is defined, as the places of the classes' names."""
        return self._targets(await self._ask("textDocument/typeDefinition", offset))

    async def signatures(self, offset: int) -> list[dict[str, Any]]:
        """The LSP signatures of the call whose arguments an offset is among."""
        answer = await self._ask("textDocument/signatureHelp", offset)
        return list(answer.get("signatures") or []) if isinstance(answer, dict) else []

    def tree_of(self, path: Path) -> Tree | None:
        """The tree of any file that a definition is in; None when it cannot be read."""
        if path == self.file:
            return self.tree
        try:
            if path.is_relative_to(self.workspace.root):
                return Tree(self.workspace.overlay.text(path))
            return Tree(path.read_text("utf-8"))
        except (SemanticError, OSError, ValueError):
            return None

    def _targets(self, answer: Any) -> list[Target]:  # noqa: ANN401 - wire data
        items = answer if isinstance(answer, list) else [answer] if isinstance(answer, dict) else []
        return [target for item in items if (target := self._target(item)) is not None]

    def _target(self, item: dict[str, Any]) -> Target | None:
        path = path_of(item.get("targetUri") or item.get("uri") or "")
        span = item.get("targetSelectionRange") or item.get("range")
        if path is None or span is None or (tree := self.tree_of(path)) is None:
            return None
        return Target(path, tree.lines.offset(span["start"], "utf-32"), tree.lines.offset(span["end"], "utf-32"))

    def _with(self, text: str) -> State:
        return {**self.workspace.overlay.state, self.file: text}

    async def _ask(self, method: str, offset: int, text: str | None = None) -> Any:  # noqa: ANN401 - wire data
        """What ty says at an offset of the file, or of what the file could be."""
        key = (method, offset, text)
        if key not in self._answers:
            position = TextLines(self.text if text is None else text).position(offset, "utf-32")
            state = None if text is None else self._with(text)
            try:
                self._answers[key] = await self.workspace.checker.ask_ty(
                    self.file, method, {"position": position}, state
                )
            except (SemanticError, ResponseError):
                self._answers[key] = None
        return self._answers[key]


def _ordered(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The starts, each with how many of the others come before it."""
    starts = sorted(start for start, _ in spans)
    return [(start, starts.index(start)) for start, _ in spans]


def _member(item: dict[str, Any]) -> Member:
    details = item.get("labelDetails") or {}
    detail = str(item.get("detail") or details.get("detail") or "")
    imports = re.search(r"\(import ([\w.]+)\)", f"{item['label']} {details.get('detail') or ''}")
    name = str(item["label"]).partition(" ")[0]
    return Member(name, int(item.get("kind") or 0), detail, imports[1] if imports else "")
