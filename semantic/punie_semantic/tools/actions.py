"""Candidate fixes from ruff and ty, and taking one into the overlay."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Mapping
from typing import Any

from punie_semantic.checking import all_unknown
from punie_semantic.dependencies import declared_packages
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import EditError, SemanticError
from punie_semantic.layout import take_form
from punie_semantic.places import position, python_file, versions
from punie_semantic.project_files import module_names
from punie_semantic.results import Action, ActionsResult, EditResult
from punie_semantic.sources import line_ending, with_line_ending
from punie_semantic.wire.positions import apply_edits
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Candidate, Workspace
from punie_semantic.writing import all_or_nothing, put

# An existing comment may only get one more code, so the title says more than the edit.
_SUPPRESS_TITLE = re.compile(r"^Ignore '")
_SUPPRESSION = re.compile(r"#\s*(ty|type):\s*ignore|#\s*noqa")
_IMPORT_TITLE = re.compile(r"^import ([\w.]+)$")
MAX_FIXES = 1000
_ORDER = {"fix": 0, "import": 1, "unsafe_fix": 2, "suppress": 3}


async def code_actions(workspace: Workspace, path: str, line: int, code: str = "") -> ActionsResult:
    """Candidate fixes of ruff and ty for the problems of a line, best first. Pass `code` for one kind only.

    Imports are offered from the project, the standard library, and packages that the project imports or declares.

    Example: `apply_code_action(code_actions("src/app.py", 12, "F401").actions[0].id)`
    """
    file, _ = position(workspace, path, line, 1)
    findings = await workspace.checker.both(file)
    problems = [d for d in findings.problems if d.line + 1 == line and (not code or d.code == code)]
    workspace.remember(problems)
    actions: list[Action] = []
    reasons = [all_unknown([findings])]
    for problem in problems:
        try:
            actions += await _for_problem(workspace, problem)
        except SemanticError as error:
            reasons.append(f"{problem.tool}: {error}")
    packages = _packages(workspace) if any(action.kind == "import" for action in actions) else set()
    known = [action for action in actions if not _is_stranger(action, packages)]
    ranked = sorted(known, key=lambda action: (_ORDER[action.kind], _import_rank(workspace, action)))
    reason = "; ".join(filter(None, reasons))
    state = "clean" if not reason else "partial" if ranked else "unknown"
    return ActionsResult(actions=ranked, state=state, reason=reason, versions=versions(workspace))


async def _for_problem(workspace: Workspace, problem: Diagnostic) -> list[Action]:
    if problem.tool == "ty":
        return await _of_ty(workspace, problem)
    fix = problem.fix
    if fix is None or fix.applicability == "display":
        return []
    kind = "fix" if fix.applicability == "safe" else "unsafe_fix"
    return [_offer(workspace, problem, fix.title, kind, fix.edits, preferred=kind == "fix")]


async def _of_ty(workspace: Workspace, problem: Diagnostic) -> list[Action]:
    file = workspace.root / problem.file
    context = {"diagnostics": [problem.raw], "only": ["quickfix"]}
    extra = {"range": problem.range, "context": context}
    answer = await workspace.checker.ask_ty(file, "textDocument/codeAction", extra)
    actions = []
    for item in answer if isinstance(answer, list) else []:
        edits = _edits_of(item.get("edit"), file.as_uri())
        if edits:
            kind = _kind(item["title"], edits)
            preferred = bool(item.get("isPreferred"))
            actions.append(_offer(workspace, problem, item["title"], kind, edits, preferred=preferred))
    return actions


def _edits_of(edit: Any, uri: str) -> tuple[Mapping[str, Any], ...]:  # noqa: ANN401 - wire data
    """The TextEdits of a WorkspaceEdit that touches this document and no other; else none."""
    if not edit:
        return ()
    changes: dict[str, list[Mapping[str, Any]]] = dict(edit.get("changes") or {})
    for change in edit.get("documentChanges") or []:
        if "textDocument" not in change:
            return ()
        changes.setdefault(change["textDocument"]["uri"], []).extend(change["edits"])
    if len(changes) != 1:
        return ()
    only, edits = next(iter(changes.items()))
    return tuple(edits) if path_of(only) == path_of(uri) else ()


def _kind(title: str, edits: tuple[Mapping[str, Any], ...]) -> str:
    if _IMPORT_TITLE.match(title):
        return "import"
    if _SUPPRESS_TITLE.match(title) or any(_SUPPRESSION.search(edit["newText"]) for edit in edits):
        return "suppress"
    return "fix"


def _offer(
    workspace: Workspace,
    problem: Diagnostic,
    title: str,
    kind: str,
    edits: tuple[Mapping[str, Any], ...],
    *,
    preferred: bool,
) -> Action:
    text = workspace.overlay.text(workspace.root / problem.file)
    seed = f"{problem.id}|{title}|{edits}|{text}".encode("utf-8", "replace")
    digest = hashlib.blake2b(seed, digest_size=5)
    key = f"{problem.tool}-{digest.hexdigest()}"
    workspace.candidates[key] = Candidate(file=problem.file, title=title, edits=edits, text=text)
    return Action.model_validate(
        {
            "id": key,
            "title": title,
            "tool": problem.tool,
            "kind": kind,
            "problem_id": problem.id,
            "preferred": preferred,
        }
    )


def _packages(workspace: Workspace) -> set[str]:
    """What the project may import: its own modules, the standard library, and what it imports or declares already."""
    unsaved = {path: buffer.text for path, buffer in workspace.overlay.buffers.items()}
    own = {name.partition(".")[0] for path in workspace.files.paths for name in module_names(workspace.root, path)}
    return own | sys.stdlib_module_names | workspace.files.packages(unsaved) | declared_packages(workspace.root)


def _is_stranger(action: Action, packages: set[str]) -> bool:
    """An import from a package that merely happens to be installed: its types are often unknown and hide errors."""
    match = _IMPORT_TITLE.match(action.title) if action.kind == "import" else None
    return match is not None and match[1].partition(".")[0] not in packages


def _import_rank(workspace: Workspace, action: Action) -> int:
    """The project's own modules first, then the standard library, then the rest; private ones last."""
    match = _IMPORT_TITLE.match(action.title)
    if not match:
        return 0
    parts = match[1].split(".")
    module = ".".join(parts[:-1]) or parts[0]
    if any(part.startswith("_") for part in parts[:-1]):
        return 4
    if any(module in module_names(workspace.root, path) for path in workspace.files.paths):
        return 1
    return 2 if parts[0] in sys.stdlib_module_names else 3


async def apply_code_action(workspace: Workspace, action_id: str) -> EditResult:
    """Take a candidate of `code_actions` into the overlay. Check it with verify_edits before you keep it.

    Example: `apply_code_action(actions[0].id).diff`
    """
    candidate = workspace.candidates.get(action_id)
    if candidate is None:
        raise EditError(f"There is no action {action_id!r} in this turn. Call code_actions and pass an id of it.")
    file = workspace.overlay.resolve(candidate.file)
    before = workspace.overlay.text(file)
    if before != candidate.text:
        raise EditError(f"{candidate.file} was edited after this action was offered. Call code_actions again.")
    ending = line_ending(before)
    edits = [{**edit, "newText": with_line_ending(edit["newText"], ending)} for edit in candidate.edits]
    try:
        after = apply_edits(before, edits, "utf-32")
    except ValueError as error:
        raise EditError(f"{candidate.title}: {error}. Try another action.") from error
    return await put(workspace, file, after)


async def ruff_fix(workspace: Workspace, path: str, code: str = "") -> EditResult:
    """Apply ruff's safe fixes to a file in the overlay, all of them or those of one rule.

    Example: `ruff_fix("src/app.py", "I001").diff`
    """
    file = python_file(workspace, path)
    start = text = workspace.overlay.text(file)
    with all_or_nothing(workspace):
        for _ in range(MAX_FIXES):
            findings = await workspace.checker.by_ruff(file)
            if findings.unknown:
                raise EditError(f"ruff could not check {path}: {all_unknown([findings])}")
            fixes = [d.fix for d in findings.problems if d.fix and (not code or d.code == code)]
            fix = next((fix for fix in fixes if fix.applicability == "safe"), None)
            after = take_form(text, apply_edits(text, fix.edits, "utf-32")) if fix else text
            if after == text:
                break
            workspace.overlay.write(file, after)
            text = after
        workspace.overlay.write(file, start)
        return await put(workspace, file, text)
