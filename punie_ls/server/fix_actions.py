"""“Fix with Punie” as code actions: offered at once from what is known, computed only when chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from punie_ls.server.problems import FIX_COMMAND, ReportedProblem, worth_fixing
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer


async def offer(server: PunieServer, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The fix actions for a range. Never waits for the agent; at most the relay is asked, with a short deadline."""
    uri = params.text_document.uri
    only = params.context.only
    if only is not None and not any(covers(kind, types.CodeActionKind.QuickFix) for kind in only):
        return []
    path = path_of(uri)
    if path is None or path.suffix not in (".py", ".pyi"):
        return []
    problems = await _problems(server, params)
    if not problems:
        return []
    reason = server.projects.refusal(path)
    if reason:
        return _disabled(server, reason)
    server.projects.of(path).warm()
    return [_action(server, uri, problem, params.context.diagnostics) for problem in problems]


async def _problems(server: PunieServer, params: types.CodeActionParams) -> list[ReportedProblem]:
    span = server.unstructure(params.range)
    given = [server.unstructure(d) for d in params.context.diagnostics]
    if given:
        return worth_fixing(given, span)
    return worth_fixing(await server.reported.get(params.text_document.uri), span)


def covers(kind: str, wanted: str) -> bool:
    """Whether a kind that the client asks for includes another one."""
    asked = kind.value if isinstance(kind, types.CodeActionKind) else kind
    return asked == "" or wanted == asked or wanted.startswith(f"{asked}.")


def _disabled(server: PunieServer, reason: str) -> list[types.CodeAction | types.Command]:
    """A greyed-out action that says why, for clients that can show one."""
    if not server.client_supports("text_document.code_action.disabled_support"):
        return []
    return [
        types.CodeAction(
            title="Fix with Punie",
            kind=types.CodeActionKind.QuickFix,
            disabled=types.CodeActionDisabled(reason=reason),
        )
    ]


def _action(
    server: PunieServer, uri: str, problem: ReportedProblem, diagnostics: Sequence[types.Diagnostic]
) -> types.CodeAction | types.Command:
    data = {"uri": uri, "version": server.documents.version(uri), "problem": problem.to_data()}
    command = types.Command(title=problem.title, command=FIX_COMMAND, arguments=[data])
    if not server.client_supports("text_document.code_action.code_action_literal_support"):
        return command
    own = [d for d in diagnostics if d.message == problem.message and server.unstructure(d.range) == problem.range]
    resolves = resolves_edits(server)
    return types.CodeAction(
        title=problem.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=own or None,
        data=data if resolves else None,
        command=None if resolves else command,
    )


def resolves_edits(server: PunieServer) -> bool:
    """True when the client asks for an action's edit only once it is chosen."""
    support: Any = server.client_supports("text_document.code_action.resolve_support")
    return bool(support) and "edit" in support.properties
