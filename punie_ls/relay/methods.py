"""LSP method names and Punie's own, for the relay alone: importing lsprotocol takes longer than starting ty."""

from __future__ import annotations

INITIALIZE = "initialize"
INITIALIZED = "initialized"
SHUTDOWN = "shutdown"
EXIT = "exit"
SET_TRACE = "$/setTrace"
CANCEL_REQUEST = "$/cancelRequest"
PROGRESS = "$/progress"

DID_OPEN = "textDocument/didOpen"
DID_CHANGE = "textDocument/didChange"
DID_SAVE = "textDocument/didSave"
DID_CLOSE = "textDocument/didClose"
WILL_SAVE = "textDocument/willSave"
NOTEBOOK_DID_OPEN = "notebookDocument/didOpen"
NOTEBOOK_DID_CHANGE = "notebookDocument/didChange"
NOTEBOOK_DID_SAVE = "notebookDocument/didSave"
NOTEBOOK_DID_CLOSE = "notebookDocument/didClose"

DIAGNOSTIC = "textDocument/diagnostic"
PUBLISH_DIAGNOSTICS = "textDocument/publishDiagnostics"
CODE_ACTION = "textDocument/codeAction"
CODE_ACTION_RESOLVE = "codeAction/resolve"
CODE_LENS = "textDocument/codeLens"
CODE_LENS_RESOLVE = "codeLens/resolve"
FORMATTING = "textDocument/formatting"
RANGE_FORMATTING = "textDocument/rangeFormatting"
RANGES_FORMATTING = "textDocument/rangesFormatting"
HOVER = "textDocument/hover"

CONFIGURATION = "workspace/configuration"
DID_CHANGE_CONFIGURATION = "workspace/didChangeConfiguration"
DID_CHANGE_WATCHED_FILES = "workspace/didChangeWatchedFiles"
DID_CHANGE_WORKSPACE_FOLDERS = "workspace/didChangeWorkspaceFolders"
EXECUTE_COMMAND = "workspace/executeCommand"
DIAGNOSTIC_REFRESH = "workspace/diagnostic/refresh"
CODE_LENS_REFRESH = "workspace/codeLens/refresh"
INLAY_HINT_REFRESH = "workspace/inlayHint/refresh"
SEMANTIC_TOKENS_REFRESH = "workspace/semanticTokens/refresh"
TEXT_DOCUMENT_CONTENT = "workspace/textDocumentContent"
TEXT_DOCUMENT_CONTENT_REFRESH = "workspace/textDocumentContent/refresh"

REGISTER_CAPABILITY = "client/registerCapability"
UNREGISTER_CAPABILITY = "client/unregisterCapability"
SHOW_MESSAGE = "window/showMessage"
WORK_DONE_PROGRESS_CREATE = "window/workDoneProgress/create"
WORK_DONE_PROGRESS_CANCEL = "window/workDoneProgress/cancel"

# Between the punie server and the relay; no editor sees these.
PUNIE_LSP = "punie/lsp"
PUNIE_DIAGNOSTICS = "punie/diagnostics"
PUNIE_SETTINGS = "punie/settings"
# Requests and notifications of Punie's own that an editor's plug-in may send.
PUNIE_PREFIX = "punie/"

# Advertised before the punie server has been started, hence static.
PUNIE_COMMANDS = (
    "punie.ask",
    "punie.fix",
    "punie.fixFile",
    "punie.fixWorkspace",
    "punie.explain",
    "punie.generateTests",
    "punie.annotateTypes",
    "punie.writeDocstring",
    "punie.refactor",
    "punie.runCode",
    "punie.runTests",
    "punie.undo",
    "punie.redo",
    "punie.sessions",
    "punie.selectModel",
    "punie.status",
    "punie.stop",
)
PUNIE_COMMAND_PREFIX = "punie."
