"""Prompts as code actions: explain, write tests, docstrings and types. From the text alone, and only when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from punie_ls.server.fix_actions import covers
from punie_ls.server.lenses import is_test_file
from punie_ls.server.test_results import CODE, SOURCE
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer

_HEAD = re.compile(r"^[ \t]*(?:(?P<def>(?:async[ \t]+)?def)|class)[ \t]+(?P<name>\w+)")
_DOCSTRING = re.compile(r"""^[ \t]*[rRuU]?["']""")
_UNTYPED = re.compile(r"[(,][ \t]*\*{0,2}(?!self\b|cls\b)\w+[ \t]*[,)=]|\)[ \t]*:")
REWRITE = types.CodeActionKind.RefactorRewrite
HEAD_LINES = 20


async def offer_commands(server: PunieServer, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The actions at a place. Neither ty nor the agent is waited for."""
    uri = params.text_document.uri
    path, document = path_of(uri), server.documents.get(uri)
    if path is None or path.suffix not in (".py", ".pyi") or document is None or server.projects.refusal(path):
        return []
    span = server.unstructure(params.range)
    found = list(_fixes_of_tests(server, uri, params.context.diagnostics, span))
    if params.context.trigger_kind == types.CodeActionTriggerKind.Invoked:
        found += _about_problems(server, uri, params.context.diagnostics)
        found += _about_definition(uri, path.name, TextLines(document.text), params.range, server)
    only = params.context.only
    return [
        _action(server, title, kind, command, arguments)
        for title, kind, command, arguments in found
        if only is None or (kind is not None and any(covers(asked, kind) for asked in only))
    ]


_Offer = tuple[str, str | None, str, dict[str, Any]]


def _fixes_of_tests(
    server: PunieServer, uri: str, diagnostics: Sequence[types.Diagnostic], span: Mapping[str, Any]
) -> Iterator[_Offer]:
    """The failing tests at the place; Punie's own diagnostics carry the test's id."""
    for failure in server.tests.shown(uri):
        if span["start"]["line"] <= failure.range.end.line and failure.range.start.line <= span["end"]["line"]:
            assert isinstance(failure.data, dict)
            test_id = failure.data["testId"]
            arguments = {"uri": uri, "testId": test_id, "message": failure.message}
            yield (
                f"Fix with Punie: {test_id.rpartition('::')[2]}",
                types.CodeActionKind.QuickFix,
                "punie.fix",
                arguments,
            )


def _about_problems(server: PunieServer, uri: str, diagnostics: Sequence[types.Diagnostic]) -> Iterator[_Offer]:
    for problem in diagnostics[:1]:
        if problem.severity == types.DiagnosticSeverity.Hint or (problem.source, problem.code) == (SOURCE, CODE):
            continue
        carried = {key: value for key, value in server.unstructure(problem).items() if key in _CARRIED}
        first = problem.message.strip().partition("\n")[0][:60]
        yield f"Explain with Punie: {first}", None, "punie.explain", {"uri": uri, "diagnostic": carried}


_CARRIED = ("message", "range", "source", "code")


def _about_definition(
    uri: str, name: str, lines: TextLines, where: types.Range, server: PunieServer
) -> Iterator[_Offer]:
    row = where.start.line
    if where.end.line != row or row >= len(lines):
        return
    head = _HEAD.match(lines.line(row))
    point = (
        {"line": row, "character": _character(server, lines, row, head)} if head else server.unstructure(where.start)
    )
    at = {"uri": uri, "position": point}
    if head is None:
        if _on_name(lines, server.unstructure(where.start), server):
            yield "Explain with Punie", None, "punie.explain", at
        return
    yield f"Explain with Punie: {head['name']}", None, "punie.explain", at
    signature, following = _signature(lines, row)
    if not _DOCSTRING.match(following):
        yield f"Write a docstring with Punie: {head['name']}", REWRITE, "punie.writeDocstring", at
    if head["def"] and _UNTYPED.search(signature):
        yield f"Add types with Punie: {head['name']}", REWRITE, "punie.annotateTypes", at
    if not is_test_file(name):
        yield f"Write tests with Punie: {head['name']}", REWRITE, "punie.generateTests", at


def _character(server: PunieServer, lines: TextLines, row: int, head: re.Match[str]) -> int:
    return lines.position(lines.start(row) + head.start("name"), server.documents.encoding)["character"]


def _on_name(lines: TextLines, at: Mapping[str, int], server: PunieServer) -> bool:
    """Whether the cursor touches a name, outside of a comment."""
    line = lines.line(at["line"])
    column = lines.offset(at, server.documents.encoding) - lines.start(at["line"])
    around = line[max(column - 1, 0) : column + 1]
    return any(c.isidentifier() for c in around) and "#" not in line[:column]


def _signature(lines: TextLines, row: int) -> tuple[str, str]:
    """A definition's head, and the line after it; found by its brackets, so it is a guess for strings with brackets."""
    depth, parts = 0, []
    for number in range(row, min(row + HEAD_LINES, len(lines))):
        line = lines.line(number).partition("#")[0].rstrip()
        parts.append(line)
        depth += sum(line.count(c) for c in "([{") - sum(line.count(c) for c in ")]}")
        if depth <= 0 and line.endswith(":"):
            following = next((t for n in range(number + 1, len(lines)) if (t := lines.line(n)).strip()), "")
            return " ".join(parts), following
    return " ".join(parts), ""


def _action(
    server: PunieServer, title: str, kind: str | None, command: str, arguments: dict[str, Any]
) -> types.CodeAction | types.Command:
    made = types.Command(title=title, command=command, arguments=[arguments])
    if not server.client_supports("text_document.code_action.code_action_literal_support"):
        return made
    return types.CodeAction(title=title, kind=kind, command=made)
