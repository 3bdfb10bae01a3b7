"""What the editor of these sessions can do, in `initialize`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from punie_semantic.wire.positions import Encoding
from tests.differential.workspace import Workspace

Json = dict[str, Any]

_FEATURES: dict[str, Json] = {
    "synchronization": {"didSave": True, "willSave": True},
    "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
    "hover": {"contentFormat": ["markdown", "plaintext"]},
    "signatureHelp": {"signatureInformation": {"parameterInformation": {"labelOffsetSupport": True}}},
    "declaration": {"linkSupport": True},
    "definition": {"linkSupport": True},
    "typeDefinition": {"linkSupport": True},
    "implementation": {"linkSupport": True},
    "references": {},
    "documentHighlight": {},
    "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    "codeAction": {
        "dataSupport": True,
        "disabledSupport": True,
        "isPreferredSupport": True,
        "resolveSupport": {"properties": ["edit"]},
        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "source"]}},
    },
    "formatting": {},
    "rangeFormatting": {"rangesSupport": True},
    "rename": {"prepareSupport": True},
    "foldingRange": {"lineFoldingOnly": False},
    "selectionRange": {},
    "callHierarchy": {},
    "typeHierarchy": {},
    "semanticTokens": {
        "requests": {"range": True, "full": {"delta": True}},
        "tokenTypes": [],
        "tokenModifiers": [],
        "formats": ["relative"],
        "multilineTokenSupport": True,
    },
    "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
    "diagnostic": {"relatedDocumentSupport": True},
    "publishDiagnostics": {"versionSupport": True, "relatedInformation": True, "dataSupport": True},
}
# What a plain editor says less, so that both forms of an answer are seen.
_PLAIN = {"definition", "declaration", "documentSymbol", "hover", "completion", "signatureHelp"}
_REFRESHED = ("codeLens", "diagnostics", "inlayHint", "semanticTokens", "foldingRange")


@dataclass(frozen=True)
class Editor:
    """An editor's choices.

    Attributes:
        encodings: the position encodings that it offers.
        dynamic: whether it takes registrations for everything.
        pull: whether it asks for diagnostics itself.
        configuration: whether it answers `workspace/configuration`.
    """

    encodings: Sequence[Encoding] = ("utf-16",)
    dynamic: bool = True
    pull: bool = True
    configuration: bool = True

    @property
    def encoding(self) -> Encoding:
        return self.encodings[0]

    def capabilities(self) -> Json:
        """As rich as can be with dynamic registration, and plain without."""
        features = {
            name: {} if name in _PLAIN and not self.dynamic else {**feature}
            for name, feature in _FEATURES.items()
            if self.pull or name != "diagnostic"
        }
        registered = {name: {**feature, "dynamicRegistration": self.dynamic} for name, feature in features.items()}
        workspace: Json = {
            "applyEdit": True,
            "workspaceEdit": {"documentChanges": self.dynamic},
            "configuration": self.configuration,
            "workspaceFolders": True,
            "fileOperations": {"willRename": True, "dynamicRegistration": self.dynamic},
            "symbol": {"dynamicRegistration": self.dynamic},
            "executeCommand": {"dynamicRegistration": self.dynamic},
            "didChangeConfiguration": {"dynamicRegistration": self.dynamic},
            "didChangeWatchedFiles": {"dynamicRegistration": self.dynamic, "relativePatternSupport": self.dynamic},
            # Without it for diagnostics ours are pushed: `relay.session`.
            **{name: {"refreshSupport": self.dynamic or name == "diagnostics"} for name in _REFRESHED},
            **({"textDocumentContent": {"dynamicRegistration": True}} if self.dynamic else {}),
        }
        return {
            "general": {"positionEncodings": list(self.encodings)},
            "window": {"workDoneProgress": True, "showMessage": {}},
            "notebookDocument": {"synchronization": {"dynamicRegistration": self.dynamic}},
            "workspace": workspace,
            "textDocument": registered,
        }

    def initialize(self, workspace: Workspace) -> Json:
        """The params of `initialize`."""
        folder = {"uri": workspace.root.as_uri(), "name": workspace.root.name}
        return {
            "processId": os.getpid(),
            "clientInfo": {"name": "differential", "version": "1"},
            "rootUri": folder["uri"],
            "workspaceFolders": [folder],
            "capabilities": self.capabilities(),
        }
