"""The files of a project: the scan, what they import, and who depends on whom."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from punie_semantic.project_files import (
    CHANGED,
    CREATED,
    DELETED,
    ProjectFiles,
    imported_names,
    module_names,
)

ROOT = Path("/project")


def write(root: Path, files: dict[str, str]) -> ProjectFiles:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    project = ProjectFiles(root)
    project.scan()
    return project


def dependents(
    project: ProjectFiles, changes: dict[str, set[str] | None], texts: dict[str, str] | None = None
) -> list[str]:
    found = project.dependents(
        {project.root / n: names if names is None else frozenset(names) for n, names in changes.items()},
        {project.root / n: text for n, text in (texts or {}).items()},
    )
    return [path.relative_to(project.root).as_posix() for path in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os\n", {"os"}),
        ("import a.b as c, d\n", {"a", "a.b", "d"}),
        ("    import a\n", {"a"}),
        ("\fimport a\n", {"a"}),
        ("from a import b, c as d\n", {"a", "a.b", "a.c"}),
        ("from a import (\n    b,  # why (see c)\n    c,\n)\n", {"a", "a.b", "a.c"}),
        ("from a import(b)\n", {"a", "a.b"}),
        ("from a import b, \\\n    c\n", {"a", "a.b", "a.c"}),
        ("import a, \\\n    b\n", {"a", "b"}),
        ("from a import *\n", {"a", "a.*"}),
        ("from . import b\n", {"pkg.sub", "pkg.sub.b"}),
        ("from .. import b\n", {"pkg", "pkg.b"}),
        ("from ..x.y import b\n", {"pkg.x.y", "pkg.x.y.b"}),
        ("from.x import b\n", {"pkg.sub.x", "pkg.sub.x.b"}),
        ("import a; import b\n", {"a", "b"}),
        ("if True: import a\n", {"a"}),
        ("try: from a import b\nexcept E: pass\n", {"a", "a.b"}),
        ("import a  # import b\n", {"a"}),
        ("x = 1\n# import a\nimportant = 2\n", set()),
        ("import a\r\nfrom b import c\r\n", {"a", "b", "b.c"}),
    ],
)
def test_imports_of_a_text(text: str, expected: set[str]) -> None:
    assert imported_names(text, ROOT, ROOT / "pkg" / "sub" / "mod.py") == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app.py", ["app"]),
        ("src/pkg/mod.py", ["src.pkg.mod", "pkg.mod", "mod"]),
        ("src/pkg/__init__.py", ["src.pkg", "pkg"]),
        ("stubs/pkg.pyi", ["stubs.pkg", "pkg"]),
    ],
)
def test_a_file_may_be_imported_from_any_folder(path: str, expected: list[str]) -> None:
    assert module_names(ROOT, ROOT / path) == expected


def test_dependents_are_transitive_in_a_src_layout(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "src/pkg/__init__.py": "",
            "src/pkg/a.py": "x = 1\n",
            "src/pkg/b.py": "from .a import x\n",
            "src/pkg/c.py": "from pkg import b\n",
            "src/pkg/d.py": "import os\n",
            "tests/test_c.py": "import pkg.c\n",
        },
    )

    assert dependents(project, {"src/pkg/a.py": {"x"}}) == ["src/pkg/b.py", "src/pkg/c.py", "tests/test_c.py"]
    assert dependents(project, {"src/pkg/a.py": None}) == ["src/pkg/b.py", "src/pkg/c.py", "tests/test_c.py"]


@pytest.mark.parametrize(
    ("text", "sees"),
    [
        ("from a import x\n", True),
        ("from a import y\n", False),
        ("from a import *\n", True),
        ("import a\nprint(a.x)\n", True),
        ("import a\nprint(a.y)\n", False),
        ("import a as b\nprint(b .x)\n", True),
        ("from a import (\n    y,  # (see x)\n    x,\n)\n", True),
        ("from a import y, \\\n    x\n", True),
        ("import os; from a import x\n", True),
    ],
)
def test_only_files_that_may_see_a_changed_name_depend_on_it(tmp_path: Path, text: str, sees: bool) -> None:
    project = write(tmp_path, {"a.py": "x = 1\ny = 2\n", "b.py": text})

    assert dependents(project, {"a.py": {"x"}}) == (["b.py"] if sees else [])


def test_a_star_passes_a_name_on(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "pkg/__init__.py": "from .a import *\n",
            "pkg/a.py": "x = 1\n",
            "use.py": "from pkg import x\n",
        },
    )

    assert dependents(project, {"pkg/a.py": {"x"}}) == ["pkg/__init__.py", "use.py"]


def test_a_submodule_import_sees_its_package(tmp_path: Path) -> None:
    project = write(
        tmp_path, {"pkg/__init__.py": "x = 1\n", "pkg/a.py": "", "use.py": "import pkg.a\n\nprint(pkg.x)\n"}
    )

    assert dependents(project, {"pkg/__init__.py": {"x"}}) == ["use.py"]


def test_import_cycles_end(tmp_path: Path) -> None:
    project = write(tmp_path, {"a.py": "import b\n", "b.py": "import c\n", "c.py": "import a\n"})

    assert dependents(project, {"a.py": None}) == ["b.py", "c.py"]


def test_no_visible_name_has_no_dependents(tmp_path: Path) -> None:
    project = write(tmp_path, {"a.py": "x = 1\n", "b.py": "from a import *\n"})

    assert dependents(project, {"a.py": set()}) == []


def test_unsaved_imports_count(tmp_path: Path) -> None:
    project = write(tmp_path, {"a.py": "x = 1\n", "b.py": ""})

    assert dependents(project, {"a.py": {"x"}}, {"b.py": "from a import x\n"}) == ["b.py"]


def test_the_scan_tells_what_changed(tmp_path: Path) -> None:
    project = write(tmp_path, {"a.py": "1", "b.py": "2"})
    assert project.scan() == []

    (tmp_path / "a.py").write_text("longer")
    (tmp_path / "b.py").unlink()
    (tmp_path / "c.pyi").write_text("")

    assert sorted(project.scan()) == [
        (tmp_path / "a.py", CHANGED),
        (tmp_path / "b.py", DELETED),
        (tmp_path / "c.pyi", CREATED),
    ]


def test_a_change_of_the_same_size_is_seen_by_its_time(tmp_path: Path) -> None:
    project = write(tmp_path, {"a.py": "import b\n", "b.py": "", "c.py": ""})
    assert dependents(project, {"b.py": None}) == ["a.py"]

    (tmp_path / "a.py").write_text("import c\n")
    os.utime(tmp_path / "a.py", ns=(1, 1))

    assert project.scan() == [(tmp_path / "a.py", CHANGED)]
    assert dependents(project, {"b.py": None}) == []


def test_foreign_folders_other_files_and_links_are_skipped(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {".venv/lib/x.py": "", "node_modules/y.py": "", "build/z.py": "", "notes.txt": "", "src/a.py": ""},
    )
    (tmp_path / "link.py").symlink_to(tmp_path / "src" / "a.py")
    project.scan()

    assert project.paths == [tmp_path / "src" / "a.py"]
    assert project.complete
