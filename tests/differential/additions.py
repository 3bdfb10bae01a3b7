"""Every intended difference between `punie-ls` and bare ty and ruff, with its reason. What is not here is a bug.

Also what is not the same in two sessions with bare ty: no difference of ours, but it has to be left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from punie_ls.relay.methods import PUNIE_COMMANDS

Json = dict[str, Any]

CONTENT_MODIFIED, SERVER_CANCELLED, REQUEST_CANCELLED = -32801, -32802, -32800

# A server may drop a request when an edit follows or when it is cancelled, or answer it about the text after the
# edit. Bare ty makes another choice each time: of 60 such requests it dropped 14 to 44 in six sessions, and two
# completions differed.
DROPPED = frozenset({CONTENT_MODIFIED, SERVER_CANCELLED, REQUEST_CANCELLED})


@dataclass(frozen=True)
class Exchange:
    """A request and its answer: `params`, and a response's `result` or `error`."""

    params: Any
    outcome: Json

    @property
    def result(self) -> Any:
        return self.outcome.get("result")


@dataclass(frozen=True)
class Addition:
    """Where an answer of ours is not the bytes of one server.

    Attributes:
        reason: why that is so.
        expected: our outcome, made of ty's and ruff's exchanges.
        seen: our outcome without what is ours.
        untouched: whether it is the bytes of one of them all the same.
    """

    reason: str
    expected: Callable[[Exchange, Exchange], Json]
    seen: Callable[[Json], Json]
    untouched: bool = False


# Nondeterminism of ty itself.
#
# What it infers depends now and then on which request came first, as the order of a union's members does: of about
# 25,000 answers in 40 sessions with bare ty, played side by side, one list of inlay hints had other contents. So
# a long session in which contents differ is played again (`sessions.confirmed`). Errors and what is lost are not
# of this kind.


def _in_any_order(outcome: Json) -> Json:
    result = outcome.get("result")
    return {**outcome, "result": sorted(result, key=json.dumps)} if isinstance(result, list) else outcome


def _first_words(outcome: Json) -> Json:
    result = outcome.get("result")
    return {**outcome, "result": result.split("\n")[0].split("(")[0]} if isinstance(result, str) else outcome


# ty 0.0.104 reports the progress of `workspace/diagnostic` in some runs and not in others. When it has sent every item
# as a partial result it holds the answer back until something changes; in 1 of 4 sessions with bare ty it did.
CHECKING = ({"cancellable": False, "kind": "begin", "percentage": 0, "title": "Checking"}, "end")

NONDETERMINISTIC: dict[str, tuple[str, Callable[[Json], Json]]] = {
    "textDocument/references": (
        "the files' order changes: 3 to 6 of 36 answers differed in each pair of bare sessions",
        _in_any_order,
    ),
    "workspace/symbol": ("the files' order changes: 1 or 2 of 7 answers differed in each pair", _in_any_order),
    **dict.fromkeys(
        (
            "textDocument/typeDefinition",
            "textDocument/definition",
            "textDocument/declaration",
            "textDocument/implementation",
            "textDocument/prepareCallHierarchy",
            "textDocument/prepareTypeHierarchy",
        ),
        (
            "a union's members come in any order: so did two targets of a type definition in 4 of 20 sessions",
            _in_any_order,
        ),
    ),
    "workspace/executeCommand": (
        "the debug texts name memory sizes, and the client as the server sees it, which here is the relay",
        _first_words,
    ),
}


# Merged answers.


def _where(item: Json) -> tuple[int, ...]:
    return tuple(item["range"][end][part] for end in ("start", "end") for part in ("line", "character"))


def _identity(item: Json) -> tuple[object, ...]:
    return (*_where(item), item.get("code"))


def twins(ty: list[Json], ruff: list[Json]) -> list[Json]:
    """ruff's findings that ty reports as well."""
    names = {_where(item) for item in ty if item.get("code") == "unresolved-reference"}
    lines = {_where(item)[0] for item in ty if item.get("code") == "invalid-syntax"}
    return [
        item
        for item in ruff
        if (item.get("code") == "F821" and _where(item) in names)
        or (item.get("code") == "invalid-syntax" and _where(item)[0] in lines)
    ]


def union(ty: list[Json], ruff: list[Json]) -> list[Json]:
    """ty's findings, and those of ruff that are no twins."""
    left_out = twins(ty, ruff)
    return [*ty, *(item for item in ruff if item not in left_out)]


def _diagnostics(ty: Exchange, ruff: Exchange) -> Json:
    if "error" in ty.outcome:
        return ty.outcome
    if "previousResultId" in ty.params and not ty.params["previousResultId"]:
        # ty names no result that is empty; the merged one has a name, and the session asks again without an edit.
        return {"result": {"kind": "unchanged"}}
    report = {key: value for key, value in ty.result.items() if key != "resultId"}
    if report["kind"] == "full":
        report["items"] = union(report["items"], ruff.result["items"])
    return {"result": report}


def _without_result_id(outcome: Json) -> Json:
    if "error" in outcome:
        return outcome
    return {"result": {key: value for key, value in outcome["result"].items() if key != "resultId"}}


def _rank(action: Json) -> tuple[int, bool]:
    """What mends one problem, then refactorings, then what changes the whole file; in each the preferred first."""
    kinds = ("quickfix", "refactor", "source", "notebook")
    kind = action.get("kind", "quickfix").split(".")[0]
    return kinds.index(kind) if kind in kinds else len(kinds), not action.get("isPreferred")


def _code_actions(ty: Exchange, ruff: Exchange) -> Json:
    if "error" in ty.outcome and "result" not in ruff.outcome:
        return ty.outcome
    found = [list(exchange.params["context"]["diagnostics"]) for exchange in (ty, ruff)]
    left_out = [_identity(item) for item in twins(*found)]
    of_ruff = [a for a in ruff.result or () if not any(_identity(d) in left_out for d in a.get("diagnostics") or ())]
    return {"result": sorted([*(ty.result or ()), *of_ruff], key=_rank)}


def is_punies(action: Json) -> bool:
    """Whether a code action is Punie's own."""
    wrapper = (action.get("data") or {}).get("punie_relay") or {}
    return wrapper.get("child") == "punie" or str(action.get("command", "")).startswith("punie.")


def unwrapped(action: Json) -> Json:
    """A code action with the `data` that its server gave it."""
    wrapper = (action.get("data") or {}).get("punie_relay")
    if wrapper is None:
        return action
    bare = {key: value for key, value in action.items() if key != "data"}
    return {**bare, "data": wrapper["data"]} if "data" in wrapper else bare


def _without_punies(outcome: Json) -> Json:
    if "error" in outcome:
        return outcome
    return {"result": [unwrapped(action) for action in outcome["result"] if not is_punies(action)]}


def _resolved(_: Exchange, ruff: Exchange) -> Json:
    return ruff.outcome


def _unwrapped(outcome: Json) -> Json:
    return {"result": unwrapped(outcome["result"])} if "result" in outcome else outcome


def _first_to_know(ty: Exchange, ruff: Exchange) -> Json:
    return ruff.outcome if ty.outcome == {"result": None} and ruff.result is not None else ty.outcome


def _same(outcome: Json) -> Json:
    return outcome


ADDITIONS: dict[str, Addition] = {
    "textDocument/diagnostic": Addition(
        "one list of both, without twins, under a result id of the relay's own; ruff has none",
        _diagnostics,
        _without_result_id,
    ),
    "textDocument/codeAction": Addition(
        "one list of both and of Punie, the most useful first, without the `noqa` for a twin that is not shown;"
        " `data` says whose an action is",
        _code_actions,
        _without_punies,
    ),
    "codeAction/resolve": Addition("`data` is wrapped again", _resolved, _unwrapped),
    "textDocument/hover": Addition(
        "where ty knows nothing, ruff explains a `noqa` code", _first_to_know, _same, untouched=True
    ),
}


# Messages that servers send by themselves. Ids are never compared: the relay gives its own.

# What bare servers register, and a merged server offers in its answer to `initialize`.
STATIC = {
    "textDocument/diagnostic": "diagnosticProvider",
    "textDocument/formatting": "documentFormattingProvider",
    "textDocument/rangeFormatting": "documentRangeFormattingProvider",
}

# What the relay registers for itself: it reads the settings anew when they change.
OWN_REGISTRATION = "punie/"

# The relay asks the editor in one question for the settings of all; ty alone asks for its own section.
OWN_SECTIONS = frozenset({"ruff", "punie"})


# Capabilities: path in ty's or ruff's answer to `initialize`, and why it is not in ours as it was.
CHANGED_CAPABILITIES = {
    "diagnosticProvider.identifier": "one list, under one name",
    "codeActionProvider.workDoneProgress": "two servers must not report on one token",
}
# Path in our answer, and why it is in none of theirs.
ADDED_CAPABILITIES = {
    "diagnosticProvider.identifier": "one list, under one name",
    **{f"executeCommandProvider.commands: {name}": "Punie's own command" for name in PUNIE_COMMANDS},
    "codeLensProvider.resolveProvider": "Punie's code lenses on tests; neither ty nor ruff has any",
    "workspace.textDocumentContent.schemes: punie": "Punie's answers and diffs, for editors that show such documents",
    "codeActionProvider.codeActionKinds: refactor.extract": "Punie's refactorings",
    "codeActionProvider.codeActionKinds: refactor.inline": "Punie's refactorings",
    "codeActionProvider.codeActionKinds: refactor.rewrite": "Punie's refactorings",
}
