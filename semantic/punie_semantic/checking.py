"""ty's and ruff's findings for any state of the overlay, remembered per state.

A tool that could not answer is named in `unknown`; its absence is never read as "clean".
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_semantic import ruff
from punie_semantic.diagnostics import Diagnostic, from_ty, is_problem
from punie_semantic.exceptions import SemanticError, ToolUnavailable
from punie_semantic.lsp.connection import ResponseError
from punie_semantic.lsp.ty import TyServer
from punie_semantic.overlay import Overlay, State, state_key
from punie_semantic.paths import relative

_DIAGNOSTIC = "textDocument/diagnostic"
REMEMBERED = 4096
PARALLEL_RUFF = 2
TY_STARTS = 2


@dataclass(frozen=True)
class Findings:
    """What the tools found in one file; `unknown` says which could not answer and why, empty when all did."""

    diagnostics: tuple[Diagnostic, ...]
    unknown: tuple[str, ...] = ()

    @property
    def problems(self) -> list[Diagnostic]:
        """The findings without hints."""
        return [d for d in self.diagnostics if is_problem(d)]


class Checker:
    """Asks ty and ruff about files of an overlay."""

    def __init__(self, overlay: Overlay, ty: TyServer) -> None:
        self.overlay = overlay
        self.ty = ty
        self._known: dict[tuple[str, str, Path], Findings] = {}
        self._shown: set[Path] = set()
        self._ruff_turns = asyncio.Semaphore(PARALLEL_RUFF)

    async def both(self, path: Path, state: State | None = None) -> Findings:
        """ty's and ruff's findings together, sorted by place."""
        parts = await asyncio.gather(self.by_ty(path, state), self.by_ruff(path, state))
        diagnostics = sorted(
            (d for part in parts for d in part.diagnostics),
            key=lambda d: (d.line, d.range["start"]["character"], d.tool),
        )
        return Findings(tuple(diagnostics), tuple(reason for part in parts for reason in part.unknown))

    async def by_ruff(self, path: Path, state: State | None = None) -> Findings:
        """ruff's findings; they depend on this file's text only."""

        try:
            text = self.overlay.text(path, state)
        except SemanticError as error:
            return Findings((), (str(error),))

        async def ask() -> list[Diagnostic]:
            async with self._ruff_turns:
                return await ruff.check_text(self.overlay.root, path, text)

        return await self._remember(("ruff", state_key({path: text}), path), ask)

    async def by_ty(self, path: Path, state: State | None = None) -> Findings:
        """ty's findings, with all the edits of the state in view."""
        at = self.overlay.state if state is None else dict(state)

        async def ask() -> list[Diagnostic]:
            return self._from_report(path, await self._ask(path, at, _DIAGNOSTIC, {}))

        return await self._remember(("ty", state_key(at), path), ask)

    async def prefetch(self, paths: Sequence[Path], state: State) -> None:
        """Ask ty about several files at once; `by_ty` then has the answers, or asks again for what failed."""
        key = state_key(state)
        wanted = [path for path in paths if ("ty", key, path) not in self._known]
        async with self.ty.turn:
            try:
                await self.ty.start()
                documents = [self._show(path, state) for path in wanted]
            except SemanticError:
                return
            requests = [self.ty.request(_DIAGNOSTIC, {"textDocument": document}) for document in documents]
            reports = await asyncio.gather(*requests, return_exceptions=True)
        for path, report in zip(wanted, reports, strict=True):
            if not isinstance(report, BaseException):
                with contextlib.suppress(ToolUnavailable):
                    self._known["ty", key, path] = Findings(tuple(self._from_report(path, report)))

    def _from_report(self, path: Path, report: object) -> list[Diagnostic]:
        if not isinstance(report, dict) or report.get("kind") != "full":
            raise ToolUnavailable("ty gave no full report.")
        file = relative(self.overlay.root, path)
        return [from_ty(item, file) for item in report["items"]]

    async def _ask(self, path: Path, state: State, method: str, extra: dict) -> object:
        """A request about a file in a state. A ty that dies meanwhile is started anew and shown everything again."""
        async with self.ty.turn:
            for attempt in range(TY_STARTS):
                await self.ty.start()
                try:
                    return await self.ty.request(method, {"textDocument": self._show(path, state), **extra})
                except ToolUnavailable:
                    if self.ty.alive or attempt + 1 == TY_STARTS:
                        raise
        return None

    def _show(self, path: Path, state: State) -> dict[str, str]:
        """Make ty see a state, and `path` opened in it; gives its LSP text document identifier."""
        wanted = {p: buffer.text for p, buffer in self.overlay.buffers.items()} | dict(state)
        for gone in self._shown - wanted.keys():
            self.ty.hide(gone)
        for other, text in wanted.items():
            self.ty.show(other, text)
        self._shown = set(wanted)
        return self.ty.show(path, self.overlay.text(path, state))

    async def ask_ty(self, path: Path, method: str, extra: dict) -> object:
        """An LSP request about a file in the present state. Raises ToolUnavailable or ResponseError."""
        return await self._ask(path, self.overlay.state, method, extra)

    async def _remember(self, key: tuple[str, str, Path], ask: Callable[[], Awaitable[list[Diagnostic]]]) -> Findings:
        if key in self._known:
            return self._known[key]
        try:
            found = Findings(tuple(await ask()))
        except (ResponseError, ToolUnavailable) as error:
            return Findings((), (f"{key[0]}: {error}",))
        except SemanticError as error:
            return Findings((), (str(error),))
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = found
        return found


def all_unknown(findings: Iterable[Findings]) -> str:
    """The distinct reasons, as one text; empty when every tool answered."""
    return "; ".join(dict.fromkeys(reason for f in findings for reason in f.unknown))
