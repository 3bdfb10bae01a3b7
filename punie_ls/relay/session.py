"""What the editor said in `initialize`, kept current, and what each child is told of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from punie_ls.relay import methods
from punie_ls.relay.messages import decode, encode, params_of
from punie_ls.relay.routing import Name
from punie_ls.relay.settings import LiveSettings
from punie_semantic.wire.positions import Encoding, negotiate

# With dynamic registration each child would register for itself, and nothing could be merged.
_STATIC = ("diagnostic", "codeAction", "codeLens", "formatting", "rangeFormatting")

# What says that the editor can be asked to ask anew.
_REFRESHES: dict[str, tuple[str, ...]] = {
    methods.CODE_LENS_REFRESH: ("codeLens", "refreshSupport"),
    methods.DIAGNOSTIC_REFRESH: ("diagnostics", "refreshSupport"),
    methods.INLAY_HINT_REFRESH: ("inlayHint", "refreshSupport"),
    methods.SEMANTIC_TOKENS_REFRESH: ("semanticTokens", "refreshSupport"),
    methods.TEXT_DOCUMENT_CONTENT_REFRESH: ("textDocumentContent",),
}


class Session:
    """The editor's `initialize` params and what has changed since.

    Args:
        params: as they came; foreign shapes are read as absent.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params
        if not isinstance(params.get("capabilities"), dict):
            params["capabilities"] = {}
        options = params.pop("initializationOptions", None)
        self.settings = LiveSettings(options if isinstance(options, dict) else {})
        self.given: dict[Name, Any] = {}
        offered = self.capability("general", "positionEncodings")
        self.encoding: Encoding = negotiate(offered if isinstance(offered, list) else None)
        self.initialized = False
        self.configuration: bytes | None = None

    def capability(self, *path: str) -> Any:  # noqa: ANN401 - a wire value
        """A value of the editor's capabilities; None when it is not there."""
        value: Any = self.params["capabilities"]
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def takes(self, method: str) -> bool:
        """Whether the editor takes a request to refresh; of other requests nothing is known here."""
        path = _REFRESHES.get(method)
        return path is None or self.capability("workspace", *path) not in (None, False)

    @property
    def shows_content(self) -> bool:
        """Whether the editor asks for the content of documents that only a server knows."""
        return self.capability("workspace", "textDocumentContent") is not None

    @property
    def pulls_diagnostics(self) -> bool:
        """Whether the editor asks for diagnostics.

        One that cannot be told to ask again (Neovim 0.11) is sent them instead: what it shows would else be of
        yesterday when another file changes, or a server comes back.
        """
        asks = self.capability("textDocument", "diagnostic") is not None
        return asks and bool(self.capability("workspace", "diagnostics", "refreshSupport"))

    @property
    def watches_files(self) -> bool:
        """Whether Punie watches the disk for the children, because the editor does not."""
        wanted = self.settings.of(next(iter(self.folders), None)).settings.watch_files
        if wanted == "auto":
            return not self.capability("workspace", "didChangeWatchedFiles", "dynamicRegistration")
        return wanted == "always"

    @property
    def folders(self) -> list[Path]:
        """The workspace folders that are on disk, or the root."""
        uris = [f.get("uri") for f in self._workspace_folders() if isinstance(f, dict)]
        paths = [path for uri in uris or [self.params.get("rootUri")] if (path := path_of(uri))]
        root = self.params.get("rootPath")
        return paths or ([Path(root)] if isinstance(root, str) and root else [])

    def follow(self, method: str, body: bytes) -> None:
        """Note what a server that starts later must know."""
        if method == methods.INITIALIZED:
            self.initialized = True
        elif method == methods.DID_CHANGE_CONFIGURATION:
            self.configuration = body
        elif method == methods.DID_CHANGE_WORKSPACE_FOLDERS:
            event = decode(params_of(body))["event"]
            removed = {folder["uri"] for folder in event.get("removed") or ()}
            left = [folder for folder in self._workspace_folders() if folder["uri"] not in removed]
            self.params["workspaceFolders"] = [*left, *(event.get("added") or ())]

    def child_params(self, name: Name) -> dict[str, Any]:
        """The `initialize` params for a child: one encoding, static registrations, its own options."""
        params: dict[str, Any] = decode(encode(self.params))
        params["processId"] = os.getpid()
        params["clientInfo"] = self.params.get("clientInfo") or {"name": "punie-ls"}
        if name != "ty":
            params.pop("workDoneToken", None)
        capabilities = params["capabilities"]
        _section(capabilities, "general")["positionEncodings"] = [self.encoding]
        text_document = _section(capabilities, "textDocument")
        if not self.pulls_diagnostics:
            text_document.pop("diagnostic", None)
        for feature in _STATIC:
            if isinstance(text_document.get(feature), dict):
                text_document[feature]["dynamicRegistration"] = False
        workspace = _section(capabilities, "workspace")
        if isinstance(workspace.get("executeCommand"), dict):
            workspace["executeCommand"]["dynamicRegistration"] = False
        if name == "ty":
            # ty's Python environment can be set in no other way.
            workspace["configuration"] = True
        if self.watches_files:
            workspace["didChangeWatchedFiles"] = {"dynamicRegistration": True, "relativePatternSupport": True}
        self.given[name] = options = self.options(name)
        if options is not None:
            params["initializationOptions"] = options
        return params

    def options(self, name: Name) -> dict[str, Any] | None:
        """A child's `initializationOptions` as the settings are now."""
        folders = self.folders
        first = next(iter(folders), None)
        if name == "punie":
            return {"punie": self.settings.editor(first)}
        if name == "ruff":
            return self._ruff_options(folders)
        # In this place ty 0.0.104 panics on pythonExtension; it goes into the configuration's answer.
        table = self.settings.of(first).settings.ty
        return {key: value for key, value in table.items() if key != "pythonExtension"} or None

    def _ruff_options(self, folders: list[Path]) -> dict[str, Any] | None:
        """ruff's settings; by folder when these differ."""
        tables = {folder: self.settings.of(folder).settings.ruff for folder in folders}
        common = self.settings.of(None).settings.ruff
        table = next(iter(tables.values()), common)
        if all(other == table for other in tables.values()):
            return {"settings": table} if table else None
        by_folder = [{**table, "workspace": folder.as_uri()} for folder, table in tables.items()]
        return {"globalSettings": common, "settings": by_folder}

    def _workspace_folders(self) -> list[dict[str, Any]]:
        folders = self.params.get("workspaceFolders")
        return folders if isinstance(folders, list) else []


def path_of(uri: object) -> Path | None:
    """The path of a `file:` URI; None for any other."""
    if not isinstance(uri, str):
        return None
    parts = urlsplit(uri)
    return Path(unquote(parts.path)) if parts.scheme == "file" and parts.path else None


def _section(capabilities: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(capabilities.get(name), dict):
        capabilities[name] = {}
    return capabilities[name]
