"""The main path, as three editors go it: look around, see problems, choose “Fix with Punie”, see them gone."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import client_capabilities

from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor
from tests.e2e.text_edits import position

pytestmark = pytest.mark.asyncio(loop_scope="module")

APP = """\
import datetime

from shop import price, total

print("🚀 世界", f"done", datetime.date)
print("👩‍🚀 日本", timedelta(1), total(["a"]))
print("𝒳𝒴", Path("x"), price("b"))
""".replace("\n", "\r\n")

RUFF_FIXED = APP.replace('f"done"', '"done"')
TY_FIXED = APP.replace("timedelta(1)", "datetime.timedelta(1)")
IMPORTED = APP.replace("import datetime\r\n", "import datetime\r\nfrom pathlib import Path\r\n")


@dataclass(frozen=True)
class Client:
    """An editor's capabilities, and what they lead to."""

    name: str
    encoding: str
    pulls: bool
    resolves: bool
    versions: bool

    def capabilities(self) -> types.ClientCapabilities:
        capabilities = client_capabilities(self.name)
        if self.encoding == "utf-32":
            # Emacs also offers utf-8, which would win.
            assert capabilities.general is not None
            capabilities.general.position_encodings = [types.PositionEncodingKind.Utf32]
        return capabilities


CLIENTS = [
    Client("visual_studio_code", "utf-16", pulls=False, resolves=True, versions=True),
    Client("neovim", "utf-8", pulls=False, resolves=True, versions=False),
    Client("emacs", "utf-32", pulls=False, resolves=False, versions=True),
]


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    return request.param


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Editor, str]]:
    root = make_project(tmp_path_factory.mktemp(client.name))
    app = root / "app.py"
    app.write_bytes(APP.encode())
    async with start_editor(root, client.capabilities()) as editor:
        editor.open(root / "shop.py")
        yield editor, editor.open(app)


@pytest_asyncio.fixture(loop_scope="module")
async def editor(session: tuple[Editor, str]) -> Editor:
    """The client itself, where pytest-lsp's report looks for it, with the text as it was."""
    editor, app = session
    if editor.text(app) != APP:
        editor.change(app, APP)
    editor.applied.clear()
    editor.messages.clear()
    return editor


@pytest.fixture
def app(session: tuple[Editor, str]) -> str:
    return session[1]


async def test_initialize_negotiates_what_the_client_can(editor: Editor, client: Client) -> None:
    assert editor.encoding == client.encoding
    assert bool(editor.server.diagnostic_provider) is client.pulls
    assert isinstance(editor.server.code_action_provider, types.CodeActionOptions)
    assert editor.server.code_action_provider.resolve_provider
    assert editor.server.execute_command_provider is not None
    assert "punie.fix" in editor.server.execute_command_provider.commands


async def test_hover_comes_from_ty(editor: Editor, app: str) -> None:
    at = editor.at(app, "total([")

    hover = await editor.text_document_hover_async(types.HoverParams(**at))

    assert hover is not None
    assert "def total(names: list[str]) -> int" in str(hover.contents)
    start: types.Position = at["position"]
    assert hover.range == types.Range(start, types.Position(start.line, start.character + len("total")))


async def test_definition_goes_to_the_other_file(editor: Editor, app: str) -> None:
    found = await editor.text_document_definition_async(types.DefinitionParams(**editor.at(app, "total([")))

    assert isinstance(found, list | tuple)
    uris = [t.target_uri if isinstance(t, types.LocationLink) else t.uri for t in found]
    ranges = [t.target_selection_range if isinstance(t, types.LocationLink) else t.range for t in found]
    assert [uri.rpartition("/")[2] for uri in uris] == ["shop.py"]
    assert ranges == [types.Range(types.Position(4, 4), types.Position(4, 9))]


async def test_references_count_characters_as_the_client_does(editor: Editor, app: str) -> None:
    params = types.ReferenceParams(
        context=types.ReferenceContext(include_declaration=True), **editor.at(app, "total([")
    )

    found = await editor.text_document_references_async(params)

    own = sorted((r.range.start.line, r.range.start.character) for r in found or () if r.uri == app)
    call = position(APP, APP.index("total(["), editor.encoding)
    assert own == [(2, 24), (call.line, call.character)]


async def test_both_tools_report_at_the_right_place(editor: Editor, app: str) -> None:
    found = await editor.problems(app, lambda items: len(items) == 3)

    assert sorted((str(d.source), str(d.code), str(d.range)) for d in found) == [
        ("Ruff", "F541", str(editor.span(app, 'f"done"'))),
        ("ty", "unresolved-reference", str(editor.span(app, "timedelta"))),
        ("ty", "unresolved-reference", str(editor.span(app, "Path"))),
    ]


async def test_a_problem_of_ruff_is_fixed(editor: Editor, app: str, client: Client) -> None:
    action = await editor.offer(app, "F541")
    assert action.title.startswith("Fix with Punie: ")
    check_action(action, client)

    await editor.choose(action)

    assert editor.text(app) == RUFF_FIXED
    check_versions(editor, client)
    await editor.gone(app, "F541")


async def test_a_problem_of_ty_is_fixed(editor: Editor, app: str, client: Client) -> None:
    problem = await named(editor, app, "timedelta")
    action = await editor.offered(app, problem.range, problem)
    assert action.title.startswith("Fix with Punie: ")
    check_action(action, client)

    await editor.choose(action)

    assert editor.text(app) == TY_FIXED
    check_versions(editor, client)
    await editor.problems(app, lambda items: all("timedelta" not in d.message for d in items))


async def test_a_missing_import_is_added(editor: Editor, app: str, client: Client) -> None:
    problem = await named(editor, app, "Path")

    await editor.choose(await editor.offered(app, problem.range, problem))

    assert editor.text(app) == IMPORTED
    check_versions(editor, client)
    await editor.problems(app, lambda items: all("Path" not in d.message for d in items))


async def named(editor: Editor, uri: str, name: str) -> types.Diagnostic:
    """The diagnostic about a name."""
    found = await editor.problems(uri, lambda items: any(f"`{name}`" in d.message for d in items))
    return next(d for d in found if f"`{name}`" in d.message)


def check_action(action: types.CodeAction | types.Command, client: Client) -> None:
    """An offer has data to resolve or a command, as the client can; what it changes is computed when it is chosen."""
    assert isinstance(action, types.CodeAction)
    assert action.kind == types.CodeActionKind.QuickFix
    assert action.diagnostics is not None
    assert len(action.diagnostics) == 1
    assert action.edit is None
    assert (action.command is None) is client.resolves


def check_versions(editor: Editor, client: Client) -> None:
    """One edit, of the version that it was computed for."""
    (edit,) = editor.applied
    if client.versions:
        (change,) = edit.document_changes or [None]
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.version == editor.buffers[change.text_document.uri].version - 1
        assert edit.changes is None
    else:
        assert edit.document_changes is None
        assert len(edit.changes or {}) == 1
