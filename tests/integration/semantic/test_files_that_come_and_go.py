"""ty on files that only the overlay has, that it lacks, or that it moved: as if the edits were on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.overlay import Buffer
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

APP = "import old\nimport pkg.sub\nfrom old import x\n\nprint(x, pkg.sub.y, old)\n"
FILES: dict[str, str | bytes] = {
    "app.py": APP,
    "old.py": "x: int = 1\n",
    "pkg/__init__.py": "",
    "pkg/sub.py": "y: int = 2\n",
}


async def found(workspace: Workspace, name: str = "app.py") -> list[tuple[int, str]]:
    """Line and message of what ty finds; it answered."""
    findings = await workspace.checker.by_ty(workspace.root / name)
    assert findings.unknown == ()
    return [(d.line + 1, d.message.partition("\n")[0]) for d in findings.problems]


async def test_a_deleted_module_cannot_be_imported(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        assert await found(workspace) == []

        workspace.overlay.delete(workspace.root / "old.py")

        assert await found(workspace) == [
            (1, "Cannot resolve imported module `old`"),
            (3, "Cannot resolve imported module `old`"),
        ]


async def test_a_created_module_can_be_imported(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        root = workspace.root
        workspace.overlay.write(root / "app.py", "from fresh.deep.new import z\nfrom pkg import added\n\nn: str = z\n")
        workspace.overlay.create(root / "fresh/deep/new.py", "z: int = 1\n")
        workspace.overlay.create(root / "pkg/added.py", "")

        assert await found(workspace) == [(4, "Object of type `int` is not assignable to `str`")]
        assert not (root / "fresh").exists()


async def test_a_renamed_module_is_where_it_went(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        root = workspace.root
        workspace.overlay.rename(root / "old.py", root / "pkg/new.py")
        workspace.overlay.write(root / "app.py", "from old import x\nfrom pkg.new import x as y\n\nprint(x, y)\n")

        assert await found(workspace) == [(1, "Cannot resolve imported module `old`")]


async def test_going_back_to_a_checkpoint_brings_the_files_back(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        root = workspace.root
        start = workspace.overlay.checkpoint()
        workspace.overlay.delete(root / "old.py")
        workspace.overlay.create(root / "pkg/added.py", "")
        assert len(await found(workspace)) == 2

        workspace.overlay.rollback(start)

        assert await found(workspace) == []
        before = await workspace.checker.by_ty(root / "app.py", {})
        assert before.problems == []


async def test_earlier_and_present_state_can_be_asked_in_turns(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        root = workspace.root
        workspace.overlay.write(root / "app.py", APP + "\n")
        earlier = workspace.overlay.checkpoint_state(workspace.overlay.checkpoint())
        workspace.overlay.delete(root / "old.py")

        counts = [
            len((await workspace.checker.by_ty(root / "app.py", state)).problems)
            for state in (earlier, None, {}, workspace.overlay.state)
        ]

        assert counts == [0, 2, 0, 2]


async def test_places_are_those_of_the_project(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        root = workspace.root
        workspace.overlay.create(root / "new.py", "from old import x\n\nprint(x)\n")

        place = {"position": {"line": 2, "character": 6}}
        answer = await workspace.checker.ask_ty(root / "new.py", "textDocument/definition", place)

        assert isinstance(answer, list)
        assert [item["uri"] for item in answer] == [(root / "old.py").as_uri()]


async def test_the_edits_that_a_rename_needs_name_the_project_s_files(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        root = workspace.root
        workspace.overlay.create(root / "new.py", "from old import x\n\nprint(x)\n")

        extra = {"position": {"line": 0, "character": 0}, "newName": "n"}
        answer = await workspace.checker.ask_ty(root / "old.py", "textDocument/rename", extra)

        assert isinstance(answer, dict)
        uris = answer.get("changes") or [change["textDocument"]["uri"] for change in answer["documentChanges"]]
        assert sorted(uris) == sorted((root / name).as_uri() for name in ("app.py", "new.py", "old.py"))


async def test_an_unsaved_new_document_can_be_imported(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        root = workspace.root
        await workspace.begin({root / "unsaved.py": Buffer("u: int = 1\n", 1)})
        workspace.overlay.write(root / "app.py", "from unsaved import u\n\nn: str = u\n")

        assert await found(workspace) == [(3, "Object of type `int` is not assignable to `str`")]


async def test_the_next_turn_sees_the_disk_and_the_mirror_is_gone(project: Project, tmp_path: Path) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        workspace.overlay.delete(workspace.root / "old.py")
        assert len(await found(workspace)) == 2
        mirror = workspace.checker.ty._mirror
        assert mirror is not None
        assert mirror.folder.is_dir()

        await workspace.begin()

        assert await found(workspace) == []
        assert not mirror.folder.exists()
        assert (workspace.root / "old.py").read_text() == "x: int = 1\n"


async def test_the_project_s_settings_count_in_the_mirror(project: Project) -> None:
    files = FILES | {"pyproject.toml": '[tool.ty.environment]\nroot = ["lib"]\n', "lib/inner.py": "i = 1\n"}
    async with Workspace.open(project(files)) as workspace:
        workspace.overlay.create(workspace.root / "lib/made.py", "m = 1\n")
        workspace.overlay.write(workspace.root / "app.py", "import inner\nimport made\n\nprint(inner, made)\n")

        assert await found(workspace) == []


@pytest.mark.parametrize("folder", ["node_modules", "linked"])
async def test_what_a_linked_folder_of_the_mirror_leads_to_is_never_touched(project: Project, folder: str) -> None:
    files = FILES | {"node_modules/old.py": "x = 1\n", "real/old.py": "x = 1\n", "real/deep/more.py": "m = 1\n"}
    root = project(files)
    (root / "linked").symlink_to("real")
    before = sorted(root.rglob("*"))
    async with Workspace.open(root) as workspace:
        workspace.overlay.write(root / "app.py", f"import {folder}.made\nimport {folder}.old\n")
        workspace.overlay.delete(root / folder / "old.py")
        workspace.overlay.create(root / folder / "made.py", "m = 1\n")
        workspace.overlay.create(root / folder / "deep/made.py", "m = 1\n")

        assert await found(workspace) == [(2, f"Cannot resolve imported module `{folder}.old`")]
        workspace.overlay.rollback(workspace.overlay.checkpoint())
        workspace.overlay.create(root / folder / "deep/again.py", "")
        await found(workspace)

        assert sorted(root.rglob("*")) == before
        assert (root / folder / "old.py").read_text() == "x = 1\n"
