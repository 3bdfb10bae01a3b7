"""The main session: every method that ty or ruff know, at chosen places of many files, with edits in between."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

from punie_semantic.wire.positions import Encoding
from tests.differential.documents import Document
from tests.differential.notebooks import OPTIONS, notebook_session
from tests.differential.player import BOTH, RUFF_ONLY, SKIP, TY_ONLY, Answers, Script, Step, notify
from tests.differential.workspace import Workspace

Json = dict[str, Any]

PACKAGE_FILES = 6
OWN_FILES = (
    "shapes.py",
    "faults.py",
    "syntax.py",
    "wide.py",
    "crlf.py",
    "form_feed.py",
    "mixed.py",
    "empty.py",
    "stub.pyi",
)
QUERIES = ("Circle", "area", "größe", "render", "", "no_such_name_anywhere", "MarkdownIt")

# What takes a text document and a position; the other params by method.
_AT_A_PLACE: dict[str, Json] = {
    "textDocument/definition": {},
    "textDocument/declaration": {},
    "textDocument/typeDefinition": {},
    "textDocument/implementation": {},
    "textDocument/references": {"context": {"includeDeclaration": True}},
    "textDocument/documentHighlight": {},
    "textDocument/completion": {"context": {"triggerKind": 1}},
    "textDocument/signatureHelp": {},
    "textDocument/prepareRename": {},
    "textDocument/rename": {"newName": "renamed_名"},
    "textDocument/prepareCallHierarchy": {},
    "textDocument/prepareTypeHierarchy": {},
    "textDocument/hover": {},
}
_HIERARCHIES = {
    "textDocument/prepareCallHierarchy": ("callHierarchy/incomingCalls", "callHierarchy/outgoingCalls"),
    "textDocument/prepareTypeHierarchy": ("typeHierarchy/supertypes", "typeHierarchy/subtypes"),
}


class Writer:
    """Writes one session, the same for the same seed."""

    def __init__(self, workspace: Workspace, encoding: Encoding, seed: int) -> None:
        self._workspace = workspace
        self._encoding: Encoding = encoding
        self._choose = random.Random(seed)
        self._methods = cycle(self._choose.sample(sorted(_AT_A_PLACE), len(_AT_A_PLACE)))
        self._labels = 0

    def write(self) -> Script:
        """The whole session."""
        package = self._choose.sample(self._workspace.package_files, PACKAGE_FILES)
        documents = [self._document(name) for name in (*OWN_FILES, *package)]
        script: Script = [[document.open() for document in documents]]
        for document in documents:
            script += self._document_session(document)
        shapes = documents[0]
        script += self._closed_files()
        script += self._whole_workspace(shapes)
        script += notebook_session(self._workspace.notebook, self._encoding)
        script += self._changed_on_disk(shapes)
        script += self._farewell(documents)
        return script

    def _document(self, name: Any) -> Document:
        return Document(self._workspace.root / name, self._encoding, self._choose)

    def _label(self, what: str) -> str:
        self._labels += 1
        return f"{what} {self._labels}"

    # One document.

    def _document_session(self, document: Document) -> Iterator[list[Step]]:
        asked = [*self._places(document), *self._whole_document(document)]
        pulled = self._label("pull")
        yield [*asked, _diagnostic(document, pulled)]
        yield [*self._follow_ups(asked), _diagnostic(document, self._label("pull"), previous=pulled)]
        actions = self._code_actions(document, pulled)
        yield actions
        yield [step for action in actions for step in _resolves(action.label)]
        pulled = self._label("pull")
        # The requests after an edit are about the text after it, without waiting.
        yield [document.edit(), *self._places(document, 8), _diagnostic(document, pulled)]
        yield [document.edit(), *self._whole_document(document), _diagnostic(document, self._label("pull"))]
        yield [*self._racing(document), document.edit(), *self._places(document, 4)]

    def _places(self, document: Document, count: int = 14) -> list[Step]:
        places = document.identifiers(count - 3) + document.odd_places(3)
        return [self._at(document, place) for place in places]

    def _at(self, document: Document, place: Json, *, racing: bool = False) -> Step:
        method = next(self._methods)
        label = self._label(method) if method in _HIERARCHIES else ""
        params = {**document.identifier, "position": place, **_AT_A_PLACE[method]}
        # No editor asks about a line that is not there; ruff 0.17.5 panics over it and tells the user so.
        servers = BOTH if method == "textDocument/hover" and document.has(place) else TY_ONLY
        return Step(method, params, servers, label=label, racing=racing)

    def _whole_document(self, document: Document) -> list[Step]:
        identifier = document.identifier
        return [
            Step("textDocument/documentSymbol", identifier),
            Step("textDocument/semanticTokens/full", identifier),
            Step("textDocument/semanticTokens/range", {**identifier, "range": document.a_range()}),
            Step("textDocument/inlayHint", {**identifier, "range": document.whole()}),
            Step("textDocument/inlayHint", {**identifier, "range": document.a_range()}),
            Step("textDocument/foldingRange", identifier),
            Step("textDocument/selectionRange", {**identifier, "positions": document.identifiers(3)}),
            Step("textDocument/formatting", {**identifier, "options": OPTIONS}, RUFF_ONLY),
            Step(
                "textDocument/rangeFormatting",
                {**identifier, "range": document.a_range(), "options": OPTIONS},
                RUFF_ONLY,
            ),
        ]

    def _racing(self, document: Document) -> list[Step]:
        steps = [self._at(document, place, racing=True) for place in document.identifiers(3)]
        return [*steps, Step("textDocument/diagnostic", document.identifier, BOTH, racing=True)]

    def _follow_ups(self, asked: list[Step]) -> list[Step]:
        prepared = [step for step in asked if step.method in _HIERARCHIES]
        return [Step(method, _first_item(step.label)) for step in prepared for method in _HIERARCHIES[step.method]]

    def _code_actions(self, document: Document, pulled: str) -> list[Step]:
        """At two problems, at some range without any, and for the whole file by kind."""
        steps = [
            Step("textDocument/codeAction", _for_problem(document, pulled, share), BOTH, label=self._label("actions"))
            for share in (self._choose.random(), self._choose.random())
        ]
        context: Json = {"diagnostics": []}
        params = {**document.identifier, "range": document.a_range(), "context": context}
        steps.append(Step("textDocument/codeAction", params, BOTH, label=self._label("actions")))
        for kind in ("source.organizeImports", "source.fixAll.ruff", "quickfix", "refactor"):
            context = {"diagnostics": [], "only": [kind], "triggerKind": 2}
            params = {**document.identifier, "range": document.whole(), "context": context}
            steps.append(Step("textDocument/codeAction", params, BOTH, label=self._label("actions")))
        return steps

    # The workspace.

    def _closed_files(self) -> Script:
        """Requests about files that are not open, and not there."""
        sibling, nowhere = self._document("sibling.py"), (self._workspace.root / "nowhere.py").as_uri()
        missing = {"textDocument": {"uri": nowhere}}
        place = {"position": {"line": 0, "character": 3}}
        return [
            [
                *self._places(sibling, 14),
                *(Step(method, {**missing, **place, **more}) for method, more in _AT_A_PLACE.items()),
                Step("textDocument/documentSymbol", sibling.identifier),
                Step("textDocument/diagnostic", missing, BOTH),
                Step("textDocument/diagnostic", sibling.identifier, BOTH),
                Step("textDocument/diagnostic", {"textDocument": {"uri": "untitled:one"}}, BOTH),
                Step("textDocument/formatting", {**missing, "options": OPTIONS}, RUFF_ONLY),
            ]
        ]

    def _whole_workspace(self, shapes: Document) -> Script:
        renamed = {"oldUri": shapes.uri, "newUri": shapes.uri.replace("shapes", "figures")}
        return [
            [Step("workspace/symbol", {"query": query}) for query in QUERIES],
            [
                Step("workspace/willRenameFiles", {"files": [renamed]}),
                Step("workspace/executeCommand", {"command": "ty.printDebugInformation"}),
                Step("workspace/executeCommand", {"command": "ruff.printDebugInformation"}, RUFF_ONLY),
            ],
            [shapes.replace("import os\nimport sys\nx=1\n")],
            *(
                [
                    Step(
                        "workspace/executeCommand",
                        {"command": f"ruff.{name}", "arguments": [{"uri": shapes.uri, "version": 1}]},
                        RUFF_ONLY,
                    )
                ]
                for name in ("applyFormat", "applyAutofix", "applyOrganizeImports")
            ),
        ]

    def _changed_on_disk(self, shapes: Document) -> Script:
        uri = (self._workspace.root / "sibling.py").as_uri()
        events = [{"uri": uri, "type": 2}, {"uri": uri.replace("sibling", "gone"), "type": 3}]
        return [
            [
                notify("workspace/didChangeWatchedFiles", {"changes": events}),
                shapes.save(),
                notify("$/setTrace", {"value": "off"}),
                *self._places(shapes, 4),
            ]
        ]

    def _farewell(self, documents: list[Document]) -> Script:
        """Closed documents are read from disk again, and can be opened anew."""
        first = documents[0]
        first.text = (self._workspace.root / OWN_FILES[0]).read_bytes().decode()
        return [
            [*(document.close() for document in documents), *self._places(first, 5)],
            [first.open(), *self._places(first, 5), Step("textDocument/documentSymbol", first.identifier)],
        ]


def _diagnostic(document: Document, label: str, previous: str = "") -> Step:
    def params(answers: Answers) -> Json:
        report = answers.result(previous) if previous else None
        return {**document.identifier, **({"previousResultId": report.get("resultId")} if report else {})}

    return Step("textDocument/diagnostic", params, BOTH, label=label)


def _for_problem(document: Document, pulled: str, share: float) -> Callable[[Answers], Any]:
    """Code actions for the problems of one line, as this server reported them."""
    lines = len(document.text.splitlines())

    def params(answers: Answers) -> Any:
        items = (answers.result(pulled) or {}).get("items", [])
        line = int(share * lines)
        here = [item for item in items if item["range"]["start"]["line"] == line]
        return {**document.identifier, "range": document.line_range(line), "context": {"diagnostics": here}}

    return params


def _resolves(label: str) -> list[Step]:
    """Resolve each of the offered actions that ruff can resolve."""

    def params(number: int) -> Callable[[Answers], Any]:
        def action(answers: Answers) -> Any:
            return (resolvable(answers.result(label) or [])[number : number + 1] or [SKIP])[0]

        return action

    return [Step("codeAction/resolve", params(number), RUFF_ONLY) for number in range(2)]


def resolvable(actions: list[Json]) -> list[Json]:
    """The actions of ruff whose edit is still to come."""
    return [action for action in actions if action.get("kind", "").endswith(".ruff") and "edit" not in action]


def _first_item(label: str) -> Callable[[Answers], Any]:
    def params(answers: Answers) -> Any:
        items = answers.result(label)
        # Of several, which come in any order, always the same.
        return {"item": min(items, key=json.dumps)} if items else SKIP

    return params
