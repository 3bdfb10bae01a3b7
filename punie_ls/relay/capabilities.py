"""The answer to `initialize`: ty's capabilities, with what ruff and Punie add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from punie_ls import __version__
from punie_ls.relay import methods
from punie_ls.relay.routing import Name
from punie_ls.relay.virtual_documents import SCHEME
from punie_semantic.wire.positions import Encoding

SERVER_NAME = "punie-ls"
DIAGNOSTICS_IDENTIFIER = "punie"
PUNIE_KINDS = ("quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite")

_FORMATTING = ("documentFormattingProvider", "documentRangeFormattingProvider")
_SYNC = {"openClose": True, "change": 2, "save": {"includeText": False}}

Capabilities = dict[str, Any]


def initialize_result(
    ty: Capabilities, ruff: Capabilities, *, encoding: Encoding, pull: bool, content: bool = False
) -> dict[str, Any]:
    """The merged `InitializeResult`.

    Args:
        ty: ty's server capabilities, empty when it is not running.
        ruff: ruff's, likewise.
        encoding: the negotiated position encoding.
        pull: whether the editor asks for diagnostics itself.
        content: whether it shows documents that only a server knows.
    """
    merged = dict(ty or ruff)
    merged["positionEncoding"] = encoding
    merged["textDocumentSync"] = _sync(merged.get("textDocumentSync"))
    merged.update({name: ruff[name] for name in _FORMATTING if name in ruff})
    merged["codeActionProvider"] = {
        "codeActionKinds": _union(PUNIE_KINDS, _kinds(ty), _kinds(ruff)),
        "resolveProvider": True,
    }
    merged["codeLensProvider"] = {"resolveProvider": True}
    merged["executeCommandProvider"] = {"commands": _union(commands_of(ty), commands_of(ruff), methods.PUNIE_COMMANDS)}
    merged.pop("diagnosticProvider", None)
    if pull and (provider := ty.get("diagnosticProvider") or ruff.get("diagnosticProvider")):
        merged["diagnosticProvider"] = {**provider, "identifier": DIAGNOSTICS_IDENTIFIER}
    if content:
        merged["workspace"] = _with_content(merged.get("workspace"))
    return {"capabilities": merged, "serverInfo": {"name": SERVER_NAME, "version": __version__}}


def command_owners(children: Mapping[Name, Capabilities]) -> dict[str, Name]:
    """Which child executes which command; the first to advertise one owns it."""
    owners: dict[str, Name] = {}
    for name, capabilities in children.items():
        for command in commands_of(capabilities):
            owners.setdefault(command, name)
    return owners


def commands_of(capabilities: Capabilities) -> list[str]:
    """The commands that a server offers."""
    provider = capabilities.get("executeCommandProvider")
    return list(provider.get("commands") or ()) if isinstance(provider, dict) else []


def resolves_code_actions(capabilities: Capabilities) -> bool:
    """Whether a server answers `codeAction/resolve`."""
    provider = capabilities.get("codeActionProvider")
    return isinstance(provider, dict) and bool(provider.get("resolveProvider"))


def offers_code_lenses(capabilities: Capabilities) -> bool:
    """Whether a server answers `textDocument/codeLens`."""
    return capabilities.get("codeLensProvider") is not None


def _with_content(workspace: object) -> dict[str, Any]:
    """ty's workspace capabilities, with Punie's scheme besides those that it may offer."""
    theirs = workspace if isinstance(workspace, dict) else {}
    offered = theirs.get("textDocumentContent")
    schemes = offered.get("schemes") or () if isinstance(offered, dict) else ()
    return {**theirs, "textDocumentContent": {"schemes": _union(schemes, [SCHEME])}}


def _kinds(capabilities: Capabilities) -> list[str]:
    provider = capabilities.get("codeActionProvider")
    return list(provider.get("codeActionKinds") or ()) if isinstance(provider, dict) else []


def _sync(sync: object) -> dict[str, Any]:
    """Text synchronisation as an object with saves, which Punie wants to hear of."""
    if isinstance(sync, int):
        sync = {"openClose": True, "change": sync}
    return {**_SYNC, **sync} if isinstance(sync, dict) else dict(_SYNC)


def _union(*groups: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(item for group in groups for item in group))
