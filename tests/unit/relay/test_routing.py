"""Who owns which method and command."""

from __future__ import annotations

import pytest
from lsprotocol import types

from punie_ls.relay import methods
from punie_ls.relay.routing import ROUTES, command_owner, route_of


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("textDocument/hover", "hover"),
        ("textDocument/inventedTomorrow", "ty"),
        ("textDocument/formatting", "ruff"),
        ("textDocument/didChange", "all"),
        ("textDocument/diagnostic", "diagnostic"),
        ("workspace/diagnostic", "ty"),
        ("punie/anything", "punie"),
        ("textDocument/codeLens", "code_lens"),
        ("codeLens/resolve", "lens_resolve"),
        ("workspace/textDocumentContent", "content"),
        ("$/cancelRequest", "cancel"),
    ],
)
def test_methods_have_their_owner(method: str, route: str) -> None:
    assert route_of(method) == route


@pytest.mark.parametrize(
    ("command", "owner"), [("punie.new", "punie"), ("ruff.applyFormat", "ruff"), ("nobody.knows", "ty")]
)
def test_commands_go_by_prefix_then_by_who_offered_them(command: str, owner: str) -> None:
    assert command_owner(command, {"ruff.applyFormat": "ruff", "punie.new": "ty"}) == owner


def test_method_names_are_the_standards() -> None:
    ours = {value for name, value in vars(methods).items() if name.isupper() and isinstance(value, str)}
    ours = {name for name in ours if not name.startswith(("punie/", "punie."))}

    assert ours <= set(types.METHOD_TO_TYPES)


def test_every_document_notification_goes_to_all() -> None:
    standard = {
        method for method in types.METHOD_TO_TYPES if method.startswith(("textDocument/did", "notebookDocument/"))
    }

    assert {method for method in standard if ROUTES.get(method) != "all"} == set()
