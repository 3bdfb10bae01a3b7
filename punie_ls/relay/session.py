"""What the editor said in `initialize`, kept current, and what each child is told of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from punie_ls.relay import methods
from punie_ls.relay.messages import decode, encode, params_of
from punie_ls.relay.routing import Name
from punie_semantic.wire.positions import Encoding, negotiate

# With dynamic registration each child would register for itself, and nothing could be merged.
_STATIC = ("diagnostic", "codeAction", "formatting", "rangeFormatting")


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
        self.options: dict[str, Any] = options if isinstance(options, dict) else {}
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

    @property
    def ty_options(self) -> dict[str, Any]:
        """The `ty` section of the initialization options."""
        section = self.options.get("ty")
        return section if isinstance(section, dict) else {}

    @property
    def interpreter(self) -> str | None:
        """The user's explicit choice of a Python environment."""
        section = self.options.get("punie")
        value = section.get("interpreter") if isinstance(section, dict) else None
        return value if isinstance(value, str) and value else None

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
        for feature in _STATIC:
            if isinstance(text_document.get(feature), dict):
                text_document[feature]["dynamicRegistration"] = False
        workspace = _section(capabilities, "workspace")
        if isinstance(workspace.get("executeCommand"), dict):
            workspace["executeCommand"]["dynamicRegistration"] = False
        if name == "ty":
            # ty's Python environment can be set in no other way.
            workspace["configuration"] = True
        options = self._child_options(name)
        if options is not None:
            params["initializationOptions"] = options
        return params

    def _child_options(self, name: Name) -> object:
        if name == "ty":
            # In this place ty 0.0.104 panics on pythonExtension; it goes into the configuration's answer.
            return {k: v for k, v in self.ty_options.items() if k != "pythonExtension"} or None
        if name == "ruff":
            return {"settings": self.options["ruff"]} if "ruff" in self.options else None
        return {"punie": self.options["punie"]} if "punie" in self.options else None

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
