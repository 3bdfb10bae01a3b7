"""Refactorings as code actions: offered from the text alone, computed and re-checked only when chosen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from punie_ls.server.fix_actions import covers, resolves_edits
from punie_semantic.exceptions import RefactorError, SemanticError
from punie_semantic.wire.positions import Encoding, TextLines
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import FileChange
    from punie_semantic.workspace import Workspace

logger = logging.getLogger(__name__)

REFACTOR_COMMAND = "punie.refactor"
KINDS: tuple[str, ...] = (
    types.CodeActionKind.RefactorExtract,
    types.CodeActionKind.RefactorInline,
    types.CodeActionKind.RefactorRewrite,
)


@dataclass(frozen=True)
class Refactored:
    """What a chosen refactoring came to: its changes, or a sentence that says why there are none."""

    changes: Sequence[FileChange]
    sentence: str = ""


async def offer_refactorings(
    server: PunieServer, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command]:
    """The refactorings that the selection allows. Neither ty nor the agent is waited for."""
    uri = params.text_document.uri
    only = params.context.only
    path, document = path_of(uri), server.documents.get(uri)
    if (
        not _wants_refactorings(only)
        or document is None
        or path is None
        or path.suffix != ".py"
        or server.projects.refusal(path)
    ):
        return []
    start, end = params.range.start, params.range.end
    if start == end and only is None and params.context.trigger_kind != types.CodeActionTriggerKind.Invoked:
        return []  # the editor looks at each place of the cursor by itself
    span = server.unstructure(params.range)
    lines = TextLines(document.text)
    selection = _selection(lines, span, server.documents.encoding)
    found = await asyncio.to_thread(_offers, document.text, selection)
    data = {"uri": uri, "version": document.version, "range": span}
    return [
        _action(server, title, kind, {**data, "refactoring": name})
        for name, title, kind in found
        if only is None or any(covers(asked, kind) for asked in only)
    ]


def _wants_refactorings(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether kinds that the client asks for are, or include, kinds of refactorings."""
    if only is None:
        return True
    return any(covers(asked, kind) or covers(kind, asked) for asked in only for kind in KINDS)


def _selection(lines: TextLines, span: Mapping[str, Any], encoding: Encoding) -> tuple[int, int]:
    """An LSP range as code points."""
    return lines.offset(span["start"], encoding), lines.offset(span["end"], encoding)


def _offers(text: str, selection: tuple[int, int]) -> list[tuple[str, str, str]]:
    """Name, title and kind of what can be offered."""
    offering = import_module("punie_semantic.refactor.offering")
    return [(r.name, r.title, r.kind) for r in offering.offered(text, selection)]


def _action(server: PunieServer, title: str, kind: str, data: dict[str, Any]) -> types.CodeAction | types.Command:
    command = types.Command(title=title, command=REFACTOR_COMMAND, arguments=[data])
    if not server.client_supports("text_document.code_action.code_action_literal_support"):
        return command
    resolves = resolves_edits(server)
    return types.CodeAction(
        title=title, kind=kind, data=data if resolves else None, command=None if resolves else command
    )


def is_refactoring(data: object) -> bool:
    """Whether an action's data is of a refactoring."""
    return isinstance(data, Mapping) and "refactoring" in data


async def refactor(server: PunieServer, data: Mapping[str, Any]) -> tuple[Project, Refactored]:
    """Compute a chosen refactoring on the editor's texts and re-check it as every edit is."""
    uri, path = _checked(server, data)
    document = server.documents.get(uri)
    if document is None or document.version != data["version"]:
        raise JsonRpcContentModified("The document changed since the refactoring was offered. Ask again.")
    project = server.projects.of(path)
    file = project.root / path.relative_to(project.folder)
    lines = TextLines(document.text)
    selection = _selection(lines, data["range"], server.documents.encoding)

    async def work(workspace: Workspace) -> Refactored:
        return await _refactored(workspace, data["refactoring"], file, selection)

    done = await project.in_turn(work)
    if server.documents.get(uri) != document:
        raise JsonRpcContentModified("The document changed while the refactoring was computed. Ask again.")
    return project, done


def _checked(server: PunieServer, data: Mapping[str, Any]) -> tuple[str, Path]:
    """The document that an action is about. Raises JsonRpcInvalidParams for data that is not from `_action`."""
    try:
        uri, span = data["uri"], data["range"]
        places = [span[end][part] for end in ("start", "end") for part in ("line", "character")]
        known = isinstance(data["refactoring"], str) and all(isinstance(p, int) and p >= 0 for p in places)
        path = path_of(uri) if known and isinstance(data["version"], int) else None
    except (KeyError, TypeError, ValueError) as error:
        raise JsonRpcInvalidParams(f"A refactoring needs uri, version, range and refactoring: {error}") from error
    if path is None:
        raise JsonRpcInvalidParams("A refactoring needs uri, version, range and refactoring.")
    if reason := server.projects.refusal(path):
        raise JsonRpcInvalidParams(reason)
    return uri, path


async def _refactored(workspace: Workspace, name: str, file: Path, selection: tuple[int, int]) -> Refactored:
    tools = import_module("punie_semantic.tools.refactor")
    verification = import_module("punie_semantic.verify")
    start = workspace.overlay.checkpoint()
    try:
        await tools.refactor(workspace, name, file, selection)
        since = workspace.overlay.checkpoint_state(start)
        report = await verification.verify(workspace.checker, workspace.files, since)
    except RefactorError as error:
        return Refactored((), str(error))
    except SemanticError as error:
        return Refactored((), f"The refactoring failed: {error}")
    if report.state == "clean":
        return Refactored(workspace.overlay.changes(since))
    workspace.overlay.rollback(start)
    news = report.introduced[0] if report.introduced else None
    why = f"{news.tool} would report: {news.message}" if news else report.reason
    return Refactored((), f"The refactoring was dropped because it does not re-check clean. {why}")
