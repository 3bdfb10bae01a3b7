"""Long sessions over every method: `punie-ls` answers what bare ty and bare ruff answer."""

from __future__ import annotations

import pytest

from punie_semantic.wire.positions import Encoding
from tests.differential.editor import Editor
from tests.differential.script import Writer
from tests.differential.sessions import confirmed, run
from tests.differential.workspace import Workspace
from tests.integration.relay.client import REAL_SERVER

ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]
# All that ty and ruff support, and how often each is compared at least.
METHODS = {
    "textDocument/hover": 20,
    "textDocument/definition": 20,
    "textDocument/declaration": 20,
    "textDocument/typeDefinition": 20,
    "textDocument/implementation": 20,
    "textDocument/references": 20,
    "textDocument/documentHighlight": 20,
    "textDocument/documentSymbol": 20,
    "textDocument/completion": 20,
    "textDocument/signatureHelp": 20,
    "textDocument/prepareRename": 20,
    "textDocument/rename": 20,
    "textDocument/codeAction": 50,
    "codeAction/resolve": 10,
    "textDocument/semanticTokens/full": 20,
    "textDocument/semanticTokens/range": 20,
    "textDocument/inlayHint": 20,
    "textDocument/foldingRange": 20,
    "textDocument/selectionRange": 20,
    "textDocument/prepareCallHierarchy": 20,
    "callHierarchy/incomingCalls": 3,
    "callHierarchy/outgoingCalls": 3,
    "textDocument/prepareTypeHierarchy": 20,
    "typeHierarchy/supertypes": 3,
    "typeHierarchy/subtypes": 3,
    "textDocument/diagnostic": 50,
    "textDocument/formatting": 20,
    "textDocument/rangeFormatting": 20,
    "workspace/symbol": 5,
    "workspace/willRenameFiles": 1,
    "workspace/executeCommand": 5,
}


@pytest.mark.parametrize("dynamic", [True, False], ids=["dynamic", "static"])
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_long_session_is_answered_as_by_bare_ty_and_ruff(
    workspace: Workspace, encoding: Encoding, dynamic: bool
) -> None:
    seed = ENCODINGS.index(encoding) * 2 + dynamic
    script = Writer(workspace, encoding, seed).write()

    editor = Editor(encodings=[encoding], dynamic=dynamic)

    outcome = await confirmed(lambda: run(workspace, editor, script, punie_server=REAL_SERVER))

    compared = outcome.answers.compared
    assert {method: count for method, count in compared.items() if count < METHODS[method]} == {}
    assert METHODS.keys() <= compared.keys()
    assert sum(compared.values()) >= 500
    assert sum(b'"kind":"unchanged"' in body for body in outcome.ours.bodies.values()) >= 10
