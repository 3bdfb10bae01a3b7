"""“Fix with Punie” as code actions: one for each fix that was found in time, else one that takes the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from punie_ls.server.problems import FIX_COMMAND, ReportedProblem, shortened, worth_fixing
from punie_semantic.exceptions import SourceError
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.candidates import Fix, Found
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer

TITLE = "Fix with Punie"
# The relay waits 0.3 s for these actions; a menu that a person asked for is worth more of it than a light bulb.
AUTOMATIC_SECONDS = 0.1
INVOKED_SECONDS = 0.15
# As the search has it: larger texts would be read and checked for too long.
MOST_CHARACTERS = 1_000_000
MOST_SEARCHED = 4


@dataclass(frozen=True)
class _Offer:
    """An action before it has the client's form."""

    title: str
    problem: ReportedProblem
    choice: str = ""
    by: str = ""
    preferred: bool = False
    disabled: str = ""


async def offer(server: PunieServer, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The fix actions for a range. Fixes that are not known yet are waited for within a short deadline."""
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
    automatic = params.context.trigger_kind == types.CodeActionTriggerKind.Automatic
    if reason := server.projects.refusal_to_fix(path) or _too_large(server, uri, path):
        refused = [_Offer(TITLE, problems[0], disabled=reason)]
        return [] if automatic else _actions(server, uri, refused, params.context.diagnostics)
    project = server.projects.of(path)
    project.warm()
    found = await _found(server, project, uri, path, problems, AUTOMATIC_SECONDS if automatic else INVOKED_SECONDS)
    offers = list(_offers(problems, found, project.model, automatic=automatic))
    return _actions(server, uri, offers, params.context.diagnostics)


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


def _too_large(server: PunieServer, uri: str, path: Path) -> str:
    document = server.documents.get(uri)
    large = document is not None and len(document.text) > MOST_CHARACTERS
    return f"{path.name} is larger than 1 MB; Punie fixes smaller files." if large else ""


async def _found(
    server: PunieServer, project: Project, uri: str, path: Path, problems: Sequence[ReportedProblem], seconds: float
) -> list[Found | None]:
    """What is known of the fixes of each problem, after so many seconds at most."""
    try:
        text = server.text(uri, path)
    except SourceError:
        return [None] * len(problems)
    file, encoding = path.relative_to(project.folder).as_posix(), server.documents.encoding
    requests = [problem.request(file, text, encoding) for problem in problems[:MOST_SEARCHED]]
    found = await project.candidates.of(requests, seconds)
    return [*found, *[None] * (len(problems) - len(requests))]


def _offers(
    problems: Sequence[ReportedProblem], found: Sequence[Found | None], model: str, *, automatic: bool
) -> Iterator[_Offer]:
    """What is offered for each problem: its fixes, or an attempt; never one that is known to fail."""
    shown: set[tuple[str, str]] = set()
    for problem, fixes in zip(problems, found, strict=True):
        by = "search" if model else ""
        if fixes is None or not (fixes.fixes or fixes.sure):
            yield _Offer(f"{TITLE}: {problem.title}", problem, by=by)
        elif fixes.fixes:
            yield from _choices(problem, fixes.fixes, shown)
        elif not automatic and not model:
            yield _Offer(f"{TITLE}: {problem.title}", problem, disabled=fixes.sentence)
        if model:
            yield _Offer(f"{TITLE} (ask {model}): {problem.title}", problem, by="model")


def _choices(problem: ReportedProblem, fixes: Sequence[Fix], shown: set[tuple[str, str]]) -> Iterator[_Offer]:
    """An action for each fix; what comes to the same text as one that is shown already is left out."""
    titles: set[str] = set()
    for number, fix in enumerate(fixes):
        if (fix.file, fix.text) in shown or fix.title in titles:
            continue
        shown.add((fix.file, fix.text))
        titles.add(fix.title)
        unsafe = " (unsafe)" if fix.unsafe else ""
        preferred = number == 0 and not fix.unsafe
        yield _Offer(f"{TITLE}: {shortened(fix.title)}{unsafe}", problem, fix.title, "search", preferred)


def _actions(
    server: PunieServer, uri: str, offers: Sequence[_Offer], diagnostics: Sequence[types.Diagnostic]
) -> list[types.CodeAction | types.Command]:
    shows_disabled = bool(server.client_supports("text_document.code_action.disabled_support"))
    return [_action(server, uri, o, diagnostics) for o in offers if shows_disabled or not o.disabled]


def _action(
    server: PunieServer, uri: str, offered: _Offer, diagnostics: Sequence[types.Diagnostic]
) -> types.CodeAction | types.Command:
    problem = offered.problem
    data: dict[str, Any] = {"uri": uri, "version": server.documents.version(uri), "problem": problem.to_data()}
    data |= {name: value for name, value in (("choice", offered.choice), ("by", offered.by)) if value}
    command = types.Command(title=offered.title, command=FIX_COMMAND, arguments=[data])
    own = [d for d in diagnostics if d.message == problem.message and server.unstructure(d.range) == problem.range]
    kind = types.CodeActionKind.QuickFix
    if offered.disabled:
        disabled = types.CodeActionDisabled(reason=offered.disabled)
        return types.CodeAction(title=offered.title, kind=kind, diagnostics=own or None, disabled=disabled)
    if not server.client_supports("text_document.code_action.code_action_literal_support"):
        return command
    resolves = resolves_edits(server)
    return types.CodeAction(
        title=offered.title,
        kind=kind,
        diagnostics=own or None,
        is_preferred=True if offered.preferred and _knows_preferred(server) else None,
        data=data if resolves else None,
        command=None if resolves else command,
    )


def _knows_preferred(server: PunieServer) -> bool:
    return bool(server.client_supports("text_document.code_action.is_preferred_support"))


def resolves_edits(server: PunieServer) -> bool:
    """True when the client asks for an action's edit only once it is chosen."""
    support: Any = server.client_supports("text_document.code_action.resolve_support")
    return bool(support) and "edit" in support.properties
