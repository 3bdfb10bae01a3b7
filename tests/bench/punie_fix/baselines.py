"""What there is without Punie: ruff's fixes, ty's quick fixes, both re-checked, and other servers' quick fixes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import SemanticError
from punie_semantic.tools.actions import apply_code_action, code_actions
from punie_semantic.verify import verify
from punie_semantic.wire.positions import apply_edits
from tests.bench.punie_fix.defects import Defect
from tests.bench.punie_fix.fixers import DECLINED, Choice, Fixer, Offer, preferred, ruff_fixed, with_sorted_imports
from tests.bench.punie_fix.model import VARIABLE, Model
from tests.bench.punie_fix.servers import BasedPyright, Pyrefly, find
from tests.bench.punie_fix.subject import Subject


class RuffFix:
    """`ruff check --fix` on the file."""

    name = "ruff --fix"
    options: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._alike: dict[str, str] = {}

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """The file as ruff leaves it; declined when ruff leaves it alone or only mends what was there before."""
        if problem is None:
            return DECLINED
        started = time.monotonic()
        broken = defect.apply(subject.originals[defect.file])
        text = ruff_fixed(subject.root / defect.file, broken, *self.options)
        seconds = time.monotonic() - started
        # It mends what was there before as well; when the target is left, that is no offer.
        left = await subject.problems(defect.file, text)
        if text == broken or any((d.code, d.message) == (problem.code, problem.message) for d in left):
            return Offer((), seconds)
        return Offer((Choice(self.name, defect.file, text),), seconds)

    def alike(self, subject: Subject, defect: Defect) -> list[str]:
        """The original with the same fixes: what was there before is mended too, which is not held against it."""
        key = f"{defect.package}/{defect.file}"
        if key not in self._alike:
            original = subject.originals[defect.file]
            self._alike[key] = ruff_fixed(subject.root / defect.file, original, *self.options)
        return [self._alike[key]]


class RuffUnsafe(RuffFix):
    """The same with the fixes that ruff calls unsafe."""

    name = "ruff --unsafe-fixes"
    options = ("--unsafe-fixes",)


class TyQuickFix:
    """ty's first quick fix that does not hide the problem."""

    name = "ty quick fix"

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """Asked about ty's problem, or about the first of ty's when ruff's is the target."""
        found = await subject.workspace.checker.by_ty(subject.root / defect.file)
        mine = [d for d in found.problems if any(target.is_(d) for target in defect.targets)]
        if not mine:
            return DECLINED
        started = time.monotonic()
        path = subject.root / defect.file
        context = {"diagnostics": [mine[0].raw], "only": ["quickfix"]}
        answer = await subject.workspace.checker.ask_ty(
            path, "textDocument/codeAction", {"range": mine[0].range, "context": context}
        )
        choices = []
        broken = subject.workspace.overlay.text(path)
        for action in preferred(answer if isinstance(answer, list) else []):
            changes = (action.get("edit") or {}).get("changes") or {}
            edits = changes.get(path.as_uri())
            if edits:
                text = with_sorted_imports(path, apply_edits(broken, edits, "utf-32"))
                choices.append(Choice(action["title"], defect.file, text))
        return Offer(tuple(choices), time.monotonic() - started)


class Rechecked:
    """ruff's and ty's fixes, in Punie's order, the first that re-checks clean: no generator of Punie's own."""

    name = "ruff's and ty's, re-checked"

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """Safe ones and imports; what ruff calls unsafe is left out as it is for Punie."""
        if problem is None:
            return DECLINED
        started = time.monotonic()
        workspace, path = subject.workspace, subject.root / defect.file
        found = await code_actions(workspace, defect.file, problem.line + 1, problem.code)
        for action in found.actions:
            if action.kind in ("suppress", "unsafe_fix"):
                continue
            start = workspace.overlay.checkpoint()
            try:
                await apply_code_action(workspace, action.id)
                report = await verify(workspace.checker, workspace.files, {}, problem)
                text = workspace.overlay.text(path)
            except SemanticError:
                continue
            finally:
                workspace.overlay.rollback(start)
            if report.state == "clean" and report.target_fixed:
                return Offer((Choice(action.title, defect.file, text),), time.monotonic() - started)
        return Offer((), time.monotonic() - started)


BASELINES: dict[str, Callable[[], Fixer]] = {
    "ruff": RuffFix,
    "ruff-unsafe": RuffUnsafe,
    "ty": TyQuickFix,
    "rechecked": Rechecked,
    "pyrefly": Pyrefly,
    "basedpyright": BasedPyright,
    "model": Model,
}


def missing() -> dict[str, str]:
    """The baselines that cannot be measured here, and why."""
    servers = {"pyrefly": Pyrefly, "basedpyright": BasedPyright}
    found = {name: "not installed" for name, server in servers.items() if find(server.command[0]) is None}
    return found if os.environ.get(VARIABLE) else {**found, "model": f"{VARIABLE} is not set"}
