"""What a place in the code means: its type, its documentation, how it is called, what can be written there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from punie_semantic import rules
from punie_semantic.exceptions import AmbiguousSymbol, SemanticError, ToolUnavailable
from punie_semantic.locations import target
from punie_semantic.places import ask, position, versions
from punie_semantic.results import (
    Completion,
    CompletionsResult,
    HoverResult,
    HoversResult,
    RuleExplanation,
    Signature,
    SignaturesResult,
)
from punie_semantic.tools.navigation import overall, unanswered
from punie_semantic.wire.positions import TextLines
from punie_semantic.workspace import Workspace

# Between type and documentation in ty's plain text.
_SEPARATOR = re.compile(r"^-{40,}\n", re.M)

_IMPORTED = re.compile(r"(\w+) \(import ([\w.]+)\)")

# LSP's CompletionItemKind, from 1 on.
_KINDS = (
    *("text", "method", "function", "constructor", "field", "variable", "class", "interface", "module", "property"),
    *("unit", "value", "enum", "keyword", "snippet", "color", "file", "reference", "folder", "enum_member"),
    # ty calls every value whose class it knows a struct.
    *("constant", "variable", "event", "operator", "type_parameter"),
)


async def hover(workspace: Workspace, path: str = "", line: int = 0, column: int = 0, symbol: str = "") -> HoverResult:
    """The type and documentation of the symbol at a position, or of a name.

    Example: `hover("src/app.py", 12, 5).type`
    """
    try:
        place = await target(workspace, path, line, column, symbol)
        answer = await ask(workspace, place.file, "textDocument/hover", {"position": place.position})
    except (AmbiguousSymbol, ToolUnavailable) as error:
        return HoverResult(found=False, type="", docstring="", text="", **unanswered(error))
    if not answer:
        return HoverResult(found=False, type="", docstring="", text="", versions=versions(workspace))
    contents = answer["contents"]
    text = str(contents["value"] if isinstance(contents, dict) else contents)
    type_, *rest = _SEPARATOR.split(text, maxsplit=1)
    docstring = "".join(rest).strip("\n")
    return HoverResult(found=True, type=type_.strip("\n"), docstring=docstring, text=text, versions=versions(workspace))


async def hover_many(workspace: Workspace, positions: list[tuple[str, int, int]]) -> HoversResult:
    """`hover` for many places (path, line, column) in one call; `answers` are in the order of `positions`.

    Example: `[a.type for a in hover_many([("src/app.py", 12, 5), ("src/app.py", 14, 9)]).answers]`
    """
    answers = []
    for path, line, column in positions:
        try:
            answers.append(await hover(workspace, path, line, column))
        except SemanticError as error:
            answers.append(HoverResult(found=False, type="", docstring="", text="", **unanswered(error)))
    state, reason = overall(answers)
    return HoversResult(answers=answers, state=state, reason=reason, versions=versions(workspace))


async def signature_help(workspace: Workspace, path: str, line: int, column: int) -> SignaturesResult:
    """How the call around a position may be written; the position is between its parentheses.

    Example: `signature_help("src/app.py", 12, 18).signatures[0].parameters`
    """
    file, place = position(workspace, path, line, column)
    try:
        answer = await ask(workspace, file, "textDocument/signatureHelp", {"position": place})
    except ToolUnavailable as error:
        return SignaturesResult(signatures=[], active=0, **unanswered(error))
    if not answer:
        return SignaturesResult(signatures=[], active=0, versions=versions(workspace))
    default = answer.get("activeParameter")
    signatures = [_signature(item, default) for item in answer["signatures"]]
    return SignaturesResult(
        signatures=signatures, active=answer.get("activeSignature") or 0, versions=versions(workspace)
    )


async def completion(workspace: Workspace, path: str, line: int, column: int, limit: int = 50) -> CompletionsResult:
    """What can be written at a position; `column` is right behind the letters that are there already.

    Example: `[c.label for c in completion("src/app.py", 12, 9).completions if c.kind == "method"]`
    """
    file, place = position(workspace, path, line, column)
    text = TextLines(workspace.overlay.text(file)).line(line - 1)
    try:
        answer = await ask(workspace, file, "textDocument/completion", {"position": place})
    except ToolUnavailable as error:
        return CompletionsResult(completions=[], total=0, **unanswered(error))
    limit = max(1, limit)
    items = answer["items"] if isinstance(answer, dict) else answer or []
    if not items and f"{text} "[column - 1].isidentifier():
        reason = (
            f"ty completes only behind a name: {text[column - 1 :].split()[0]!r} follows. Pass the column behind it."
        )
        return CompletionsResult(completions=[], total=0, state="unknown", reason=reason)
    shown = [_completion(item) for item in sorted(items, key=lambda item: item.get("sortText", ""))[:limit]]
    cut = len(items) > limit
    return CompletionsResult(
        completions=shown,
        total=len(items),
        state="partial" if cut else "clean",
        reason=f"{limit} of {len(items)} completions are shown. Write more letters, or pass a larger limit."
        if cut
        else "",
        versions=versions(workspace),
    )


async def explain_rule(workspace: Workspace, code: str) -> RuleExplanation:
    """What a rule of ruff or ty checks, why, and how to satisfy it; takes codes and names.

    Example: `explain_rule("F401").explanation`
    """
    try:
        return await rules.explain(workspace.root, code.strip())
    except ToolUnavailable as error:
        return rules.unknown(code, state="unknown", reason=str(error))


def _signature(item: Mapping[str, Any], default: int | None) -> Signature:
    label = item["label"]
    parameters = [p["label"] if isinstance(p["label"], str) else label[slice(*p["label"])] for p in item["parameters"]]
    active = item.get("activeParameter", default)
    return Signature(
        label=label,
        parameters=parameters,
        docstring=_plain(item.get("documentation")),
        active_parameter=-1 if active is None or active >= len(parameters) else active,
    )


def _completion(item: Mapping[str, Any]) -> Completion:
    kind = item.get("kind", 0)
    # A client that knows no label details is told the module in the label.
    imported = _IMPORTED.fullmatch(item["label"])
    return Completion(
        label=imported[1] if imported else item["label"],
        kind=_KINDS[kind - 1] if 1 <= kind <= len(_KINDS) else "other",
        detail=item.get("detail", ""),
        module=imported[2] if imported else "",
    )


def _plain(documentation: object) -> str:
    return str(documentation["value"] if isinstance(documentation, dict) else documentation or "").strip("\n")
