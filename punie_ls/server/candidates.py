"""The fixes that hold for the problems at a place, looked for in the background, so that a menu can name them.

One search at a time for each project, and the newest wins. What was found counts only for the texts it was found on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.exceptions import AgentError
from punie_semantic.exceptions import SemanticError

if TYPE_CHECKING:
    from punie_agent.requests import FixRequest
    from punie_ls.server.project import Project
    from punie_semantic.diagnostics import Diagnostic
    from punie_semantic.fixing.outcome import FixOptions, FixSearch, FoundFix
    from punie_semantic.overlay import Buffer
    from punie_semantic.workspace import Workspace

REMEMBERED = 64

_NOTHING = {
    "found": True,
    "kept": "",
    "why": "",
    "others": [],
    "tried": [],
    "unsafe": [],
    "unknown": "",
    "reason": "",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fix:
    """A fix that re-checked clean: what it does, of which text it makes which, why it is good, and how likely it is."""

    title: str
    file: str
    before: str
    text: str
    why: str
    unsafe: bool
    score: float = 1.0


@dataclass(frozen=True)
class Found:
    """What a search for the fixes of a problem came to.

    Attributes:
        fixes: best first, unsafe ones last.
        sentence: why there are none; empty when there are some.
        sure: whether that is all. It is not when a checker did not answer, or the time was up.
        search: what was tried, to be kept as a trace; None when nothing was.
    """

    fixes: tuple[Fix, ...] = ()
    sentence: str = ""
    sure: bool = True
    search: FixSearch | None = None


class Candidates:
    """The fixes of a project's problems, as far as they are known for the present texts."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: OrderedDict[FixRequest, Found] = OrderedDict()
        self._texts: Mapping[Path, Buffer] = {}
        self._task: asyncio.Task[None] | None = None
        self._wanted: frozenset[FixRequest] = frozenset()

    async def of(self, requests: Sequence[FixRequest], seconds: float) -> list[Found | None]:
        """What is known of problems after at most so many seconds; None for what is still looked for."""
        missing = [request for request in requests if self.known(request) is None]
        if missing and not self._is_under_way(missing):
            self.stop()
            self._wanted = frozenset(missing)
            self._task = asyncio.create_task(self._search(missing))
        if missing and self._task is not None:
            await asyncio.wait([self._task], timeout=seconds)
        return [self.known(request) for request in requests]

    def known(self, request: FixRequest) -> Found | None:
        """What was found for a problem in the texts as they are now."""
        texts = self._project.buffers()
        if texts != self._texts:
            self.forget()
            self._texts = texts
        if request in self._found:
            self._found.move_to_end(request)
        return self._found.get(request)

    def is_only(self, request: FixRequest) -> bool:
        """Whether the fix that a request's `choice` names is the only one that was found."""
        found = self.known(replace(request, choice=""))
        return found is not None and [fix.title for fix in found.fixes] == [request.choice]

    def forget(self) -> None:
        """Other texts, or other files: nothing is known any more."""
        self._found.clear()
        self.stop()

    def stop(self) -> None:
        """End the search that runs; what it has found already stays."""
        if self._task is not None:
            self._task.cancel()
        self._task, self._wanted = None, frozenset()

    def _is_under_way(self, missing: Sequence[FixRequest]) -> bool:
        return self._task is not None and not self._task.done() and self._wanted.issuperset(missing)

    async def _search(self, requests: Sequence[FixRequest]) -> None:
        async def work(workspace: Workspace) -> None:
            options = import_module("punie_semantic.fixing.search").FixOptions(unsafe=True)
            for request in requests:
                found = await look_for(workspace, request, options)
                # `known` stops this task when the texts are others; here they may be, before anybody asked again.
                if found is not None and workspace.overlay.buffers == self._texts:
                    self._keep(request, found)

        try:
            await self._project.in_turn(work)
        except (SemanticError, AgentError, OSError) as error:
            logger.info("no fixes were looked for: %s", error)
        except Exception:  # nobody waits for this task, so its failure would be lost
            logger.exception("the search for fixes failed")

    def _keep(self, request: FixRequest, found: Found) -> None:
        self._found[request] = found
        while len(self._found) > REMEMBERED:
            self._found.popitem(last=False)


async def look_for(workspace: Workspace, request: FixRequest, options: FixOptions) -> Found | None:
    """The fixes of a problem on a workspace's overlay; None when a checker did not even say what there is."""
    search = import_module("punie_semantic.fixing.search")
    overlay = workspace.overlay
    if is_generated(overlay.text(overlay.resolve(request.file))):
        return Found(sentence=f"{request.file} says that it is generated. Change what generates it.")
    problem, unknown = await reported(workspace, request)
    if problem is None:
        return None if unknown else Found(sentence=told(request, found=False))
    result = await search.find_fixes(workspace, problem, options)
    fixes = [_fix(workspace, found) for found in result.found]
    if fixes:
        return Found(tuple(sorted(fixes, key=lambda fix: fix.unsafe)), search=result)
    return Found((), _sentence(request, result), sure=result.state == "clean", search=result)


async def reported(workspace: Workspace, request: FixRequest) -> tuple[Diagnostic | None, str]:
    """The finding that a request means, nearest to its column; and the reason when a checker does not answer."""
    path = workspace.overlay.resolve(request.file)
    ask = workspace.checker.by_ty if request.tool == "ty" else workspace.checker.by_ruff
    findings = await ask(path)
    same = [d for d in findings.problems if d.code == request.code and d.line + 1 == request.line]
    nearest = min(same, key=lambda d: abs(d.range["start"]["character"] + 1 - request.column), default=None)
    return nearest, "; ".join(findings.unknown)


def is_generated(text: str) -> bool:
    """Whether a file says that a program wrote it, so that a fix would be lost."""
    return import_module("punie_agent.fix_files").is_generated(text)


def told(request: FixRequest, **result: object) -> str:
    """What came of a problem, in the planner's words."""
    tell_fix = import_module("punie_agent.planner.fixing").tell_fix
    return tell_fix(request.code, {**_NOTHING, **result}, request.choice)


def _fix(workspace: Workspace, found: FoundFix) -> Fix:
    overlay = workspace.overlay
    before = overlay.text(overlay.resolve(found.file))
    unsafe = found.candidate.kind == "unsafe_fix"
    return Fix(found.candidate.title, found.file, before, found.text, found.why, unsafe, found.score)


def _sentence(request: FixRequest, search: FixSearch) -> str:
    tried = [f"“{rejected.candidate.title}” {rejected.why}" for rejected in search.rejected]
    if search.state == "clean":
        return told(request, tried=tried, reason=search.reason)
    return told(request, tried=tried, unknown=search.reason)
