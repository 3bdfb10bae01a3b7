"""ty's and ruff's findings for any state of the overlay, remembered per state.

A tool that could not answer is named in `unknown`; its absence, or a silence that proves nothing, is never "clean".
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_semantic import ruff
from punie_semantic.controls import Controls
from punie_semantic.diagnostics import Diagnostic, from_ty, is_problem
from punie_semantic.exceptions import PathError, SemanticError, SourceError, ToolUnavailable
from punie_semantic.lsp.connection import ResponseError
from punie_semantic.lsp.ty import TyServer
from punie_semantic.overlay import GONE, Overlay, State, state_key
from punie_semantic.paths import relative

_DIAGNOSTIC = "textDocument/diagnostic"
REMEMBERED = 8192
PARALLEL_RUFF = max(2, min(8, os.cpu_count() or 2))
TY_STARTS = 2
RUFF_FILES = 500


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
    """Asks ty and ruff about files of an overlay.

    Args:
        overlay: the texts.
        ty: its server.
        controls: what has been proved of the processes; shared by all turns.
    """

    def __init__(self, overlay: Overlay, ty: TyServer, controls: Controls | None = None) -> None:
        self.overlay = overlay
        self.ty = ty
        self._controls = controls or Controls()
        self._known: OrderedDict[tuple[str, str, Path], Findings] = OrderedDict()
        self._last_key: tuple[State, str] = ({}, state_key({}))
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
                await self._controls.ruff(self.overlay.root)
                return await ruff.check_text(self.overlay.root, path, text)

        return await self._remember(("ruff", state_key({path: text}), path), ask)

    async def by_ty(self, path: Path, state: State | None = None) -> Findings:
        """ty's findings, with all the edits of the state in view."""
        at = self.overlay.state if state is None else state

        async def ask() -> list[Diagnostic]:
            return self._from_report(path, await self._ask(path, at, _DIAGNOSTIC, {}))

        return await self._remember(("ty", self._key(at), path), ask)

    async def open_all(self, paths: Sequence[Path], state: State) -> None:
        """Open in ty what it will be asked about: many files that are opened one by one take it far longer."""
        key = self._key(state)
        wanted = [path for path in paths if ("ty", key, path) not in self._known]
        with contextlib.suppress(SemanticError):  # whoever asks is told
            async with self.ty.turn:
                await self._ready(state)
                self._show_all(wanted, state)

    async def prefetch(self, paths: Sequence[Path], state: State) -> None:
        """Ask ty about several files at once; `by_ty` then has the answers, or asks again for what failed."""
        key = self._key(state)
        wanted = [path for path in paths if ("ty", key, path) not in self._known]
        if not wanted:
            return
        try:
            async with self.ty.turn:
                await self._ready(state)
                await self._controls.ty(self.ty)
                shown, documents = self._show_all(wanted, state)
                requests = [self.ty.request(_DIAGNOSTIC, {"textDocument": document}) for document in documents]
                reports = await asyncio.gather(*requests, return_exceptions=True)
        except SemanticError:
            return
        for path, report in zip(shown, reports, strict=True):
            if not isinstance(report, BaseException):
                with contextlib.suppress(ToolUnavailable):
                    self._keep(("ty", key, path), Findings(tuple(self._from_report(path, report))))

    async def prefetch_ruff(self, paths: Sequence[Path]) -> None:
        """Ask ruff about several files at once; `by_ruff` then has the answers, or asks again for what failed."""
        plain = await asyncio.to_thread(self._as_on_disk, paths)
        try:
            await self._controls.ruff(self.overlay.root)
            for start in range(0, len(plain), RUFF_FILES):
                batch = dict(list(plain.items())[start : start + RUFF_FILES])
                for path, found in (await ruff.check_files(self.overlay.root, list(batch))).items():
                    self._keep(("ruff", batch[path], path), Findings(tuple(found)))
        except SemanticError:
            return

    def _as_on_disk(self, paths: Sequence[Path]) -> dict[Path, str]:
        """Those files whose text is on disk in the encoding that ruff reads, with their keys."""
        keys = {}
        for path in paths:
            if path in self.overlay.buffers or path in self.overlay.state:
                continue
            with contextlib.suppress(SemanticError):
                base = self.overlay.base(path)
                key = state_key({path: base.text})
                if base.encoding in ("utf-8", "ascii") and ("ruff", key, path) not in self._known:
                    keys[path] = key
        return keys

    async def ask_ty(self, path: Path, method: str, extra: dict, state: State | None = None) -> object:
        """An LSP request about a file in a state, or in the present one. Raises ToolUnavailable or ResponseError."""
        return await self._ask(path, self.overlay.state if state is None else state, method, extra)

    def _key(self, state: State) -> str:
        # The same state is asked about file by file; comparing texts that are the same objects costs nothing.
        last = self._last_key[0]
        if state.keys() != last.keys() or any(text is not last[path] for path, text in state.items()):
            self._last_key = (dict(state), state_key(state))
        return self._last_key[1]

    def _from_report(self, path: Path, report: object) -> list[Diagnostic]:
        if not isinstance(report, dict) or report.get("kind") != "full":
            raise ToolUnavailable("ty gave no full report.")
        file = relative(self.overlay.root, path)
        return [from_ty(item, file) for item in report["items"]]

    async def _ask(self, path: Path, state: State, method: str, extra: dict) -> object:
        """A request about a file in a state. A ty that dies meanwhile is started anew and shown everything again."""
        async with self.ty.turn:
            for attempt in range(TY_STARTS):
                await self._ready(state)
                try:
                    if method == _DIAGNOSTIC:
                        await self._controls.ty(self.ty)
                    return await self.ty.request(method, {"textDocument": self._show(path, state), **extra})
                except ToolUnavailable:
                    if self.ty.alive or attempt + 1 == TY_STARTS:
                        raise
        return None

    async def _ready(self, state: State) -> None:
        """Start ty where the files of a state are."""
        await self.ty.start(self.overlay.layout(state))

    def _show_all(self, paths: Sequence[Path], state: State) -> tuple[list[Path], list[dict[str, str]]]:
        """Files opened in ty, without those that cannot be read, and their LSP identifiers."""
        shown, documents = [], []
        for path in paths:
            with contextlib.suppress(PathError, SourceError):
                documents.append(self._show(path, state))
                shown.append(path)
        return shown, documents

    def _show(self, path: Path, state: State) -> dict[str, str]:
        """Make ty see a state, and `path` opened in it; gives its LSP text document identifier."""
        wanted = {p: buffer.text for p, buffer in self.overlay.buffers.items()} | dict(state)
        wanted = {p: text for p, text in wanted.items() if text is not GONE and _is_python(p)}
        for gone in self.ty.overlaid - wanted.keys():
            self.ty.hide(gone)
        for other, text in wanted.items():
            self.ty.show(other, text)
        self.ty.overlaid = set(wanted)
        return self.ty.show(path, self.overlay.text(path, state))

    async def _remember(self, key: tuple[str, str, Path], ask: Callable[[], Awaitable[list[Diagnostic]]]) -> Findings:
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        try:
            found = Findings(tuple(await ask()))
        except (ResponseError, ToolUnavailable) as error:
            return Findings((), (f"{key[0]}: {error}",))
        except SemanticError as error:
            return Findings((), (str(error),))
        self._keep(key, found)
        return found

    def _keep(self, key: tuple[str, str, Path], found: Findings) -> None:
        self._known[key] = found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def all_unknown(findings: Iterable[Findings]) -> str:
    """The distinct reasons, as one text; empty when every tool answered."""
    return "; ".join(dict.fromkeys(reason for f in findings for reason in f.unknown))


def _is_python(path: Path) -> bool:
    return path.suffix in (".py", ".pyi", ".ipynb")
