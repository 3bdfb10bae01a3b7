"""Changes as a WorkspaceEdit: text edits with versions, and files that come, go and move."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.protocol import default_converter

from punie_ls.server.edits import workspace_edit
from punie_semantic.exceptions import EditError
from punie_semantic.overlay import Buffer, Overlay

ALL = tuple(types.ResourceOperationKind)


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(f"{name[0]} = '📚'\n")
    return Overlay(tmp_path, {tmp_path / "b.py": Buffer("b = '📚'\n", 7, "file:///b.py")})


def as_json(edit: types.WorkspaceEdit) -> dict:
    return default_converter().unstructure(edit)


def test_files_that_come_go_and_move(overlay: Overlay) -> None:
    root = overlay.root
    overlay.delete(root / "a.py")
    overlay.rename(root / "b.py", root / "pkg/d.py")
    overlay.write(root / "pkg/d.py", "b = '📚' + 'x'\n")
    overlay.create(root / "n.py", "n = 1\n")
    overlay.create(root / "empty.py", "")
    overlay.write(root / "c.py", "c = '漢'\n")

    edit = workspace_edit(overlay.changes(), root, "utf-16", versioned=True, operations=ALL)

    def span(line: int, start: int, end: int) -> dict:
        return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}

    assert as_json(edit) == {
        "documentChanges": [
            {
                "kind": "delete",
                "uri": (root / "a.py").as_uri(),
                "options": {"recursive": False, "ignoreIfNotExists": False},
            },
            {
                "textDocument": {"uri": "file:///b.py", "version": 7},
                "edits": [
                    {
                        "range": {"start": {"line": 0, "character": 8}, "end": {"line": 1, "character": 0}},
                        "newText": " + 'x'\n",
                    }
                ],
            },
            {
                "kind": "rename",
                "oldUri": "file:///b.py",
                "newUri": (root / "pkg/d.py").as_uri(),
                "options": {"overwrite": False, "ignoreIfExists": False},
            },
            {
                "kind": "create",
                "uri": (root / "empty.py").as_uri(),
                "options": {"overwrite": False, "ignoreIfExists": False},
            },
            {
                "kind": "create",
                "uri": (root / "n.py").as_uri(),
                "options": {"overwrite": False, "ignoreIfExists": False},
            },
            {
                "textDocument": {"uri": (root / "n.py").as_uri(), "version": None},
                "edits": [{"range": span(0, 0, 0), "newText": "n = 1\n"}],
            },
            {
                "textDocument": {"uri": (root / "c.py").as_uri(), "version": None},
                "edits": [{"range": span(0, 5, 7), "newText": "漢"}],
            },
        ]
    }


@pytest.mark.parametrize(
    ("versioned", "operations"), [(False, ALL), (True, ()), (True, (types.ResourceOperationKind.Create,))]
)
def test_an_editor_that_cannot_delete_files_is_not_asked_to(
    overlay: Overlay, versioned: bool, operations: tuple[types.ResourceOperationKind, ...]
) -> None:
    overlay.delete(overlay.root / "a.py")
    overlay.write(overlay.root / "c.py", "c\n")

    with pytest.raises(EditError, match=r"The editor cannot delete files \(a\.py\)"):
        workspace_edit(overlay.changes(), overlay.root, "utf-16", versioned=versioned, operations=operations)


def test_plain_edits_need_nothing(overlay: Overlay) -> None:
    overlay.write(overlay.root / "c.py", "c = 1\n")

    edit = workspace_edit(overlay.changes(), overlay.root, "utf-8", versioned=False)

    assert list(as_json(edit)["changes"]) == [(overlay.root / "c.py").as_uri()]
