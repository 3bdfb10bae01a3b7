"""Who owns a method: one table. What is not in it belongs to ty, so what ty learns tomorrow works tomorrow."""

from __future__ import annotations

from typing import Literal

from punie_ls.relay import methods

Name = Literal["ty", "ruff", "punie"]
Route = Literal[
    "ty",
    "ruff",
    "punie",
    "all",
    "hover",
    "diagnostic",
    "code_action",
    "resolve",
    "code_lens",
    "lens_resolve",
    "content",
    "command",
    "cancel",
    "progress",
    "life",
]

ROUTES: dict[str, Route] = {
    methods.INITIALIZE: "life",
    methods.SHUTDOWN: "life",
    methods.EXIT: "life",
    methods.INITIALIZED: "all",
    methods.SET_TRACE: "all",
    methods.DID_OPEN: "all",
    methods.DID_CHANGE: "all",
    methods.WILL_SAVE: "all",
    methods.DID_SAVE: "all",
    methods.DID_CLOSE: "all",
    methods.NOTEBOOK_DID_OPEN: "all",
    methods.NOTEBOOK_DID_CHANGE: "all",
    methods.NOTEBOOK_DID_SAVE: "all",
    methods.NOTEBOOK_DID_CLOSE: "all",
    methods.DID_CHANGE_CONFIGURATION: "all",
    methods.DID_CHANGE_WATCHED_FILES: "all",
    methods.DID_CHANGE_WORKSPACE_FOLDERS: "all",
    methods.HOVER: "hover",
    methods.DIAGNOSTIC: "diagnostic",
    methods.CODE_ACTION: "code_action",
    methods.CODE_ACTION_RESOLVE: "resolve",
    methods.CODE_LENS: "code_lens",
    methods.CODE_LENS_RESOLVE: "lens_resolve",
    methods.EXECUTE_COMMAND: "command",
    methods.TEXT_DOCUMENT_CONTENT: "content",
    methods.FORMATTING: "ruff",
    methods.RANGE_FORMATTING: "ruff",
    methods.RANGES_FORMATTING: "ruff",
    methods.CANCEL_REQUEST: "cancel",
    methods.WORK_DONE_PROGRESS_CANCEL: "progress",
}


def route_of(method: str) -> Route:
    """The owner of a method; Punie's own methods go by their prefix."""
    route = ROUTES.get(method)
    if route is None:
        return "punie" if method.startswith(methods.PUNIE_PREFIX) else "ty"
    return route


def command_owner(command: str, owners: dict[str, Name]) -> Name:
    """Who executes a command: its name's prefix or the child that advertised it, else ty."""
    if command.startswith(methods.PUNIE_COMMAND_PREFIX):
        return "punie"
    return owners.get(command, "ty")
