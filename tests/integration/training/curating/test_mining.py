"""A project is mined with real ty: programs run, and what ty says is what the syntax tree says."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from punie_training.curating.validating import validate
from punie_training.dataset import Example, load
from punie_training.exceptions import DatasetError
from punie_training.mining import running
from punie_training.mining.mining import MineOptions, mine
from punie_training.mining.questions import Candidate

FILES = {
    "pyproject.toml": '[project]\nname = "orchard"\nlicense = "MIT"\n',
    "src/orchard/__init__.py": "raise SystemExit('nobody may import this')\n",
    "src/orchard/trees.py": (
        'class Tree:\n    """Something that grows apples."""\n\n    def yearly(self, age: int) -> int:\n'
        '        """How many apples it bears in a year."""\n        return clamp(age * 10)\n\n\n'
        "class AppleTree(Tree):\n    pass\n\n\ndef clamp(number: int) -> int:\n    return min(number, 300)\n"
    ),
    "src/orchard/broken.py": "def (\n",
    "tests/test_trees.py": (
        "import pathlib\n\npathlib.Path('/tmp/orchard-ran').write_text('x')\n\n\n"
        "def test_clamp():\n    assert clamp(999) == 300\n"
    ),
    "docs/index.md": "# Grafting\n\n"
    "A twig of one tree is put onto another one, which then bears the apples of the first.\n",
    "docs/keys.md": "# Access\n\n"
    "Use the key AKIAQZ7XN3M5LK2JH4GT for the store, and never tell it to anybody else at all.\n",
}


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    root = tmp_path / "orchard"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def every(folder: Path) -> dict[str, Example]:
    return {e.query: e for examples in load(folder).splits.values() for e in examples}


def by_program(folder: Path, part: str) -> Example:
    (found,) = [e for e in every(folder).values() if part in (e.program or "")]
    return found


async def test_a_folder_is_mined_and_left_as_it_was(orchard: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in orchard.rglob("*") if path.is_file()}
    seen: list[str] = []

    mined = await mine(MineOptions((str(orchard),), tmp_path / "out"), lambda doing, done, total: seen.append(doing))

    (project,) = mined.projects
    assert (project.name, project.licence, project.skipped) == ("orchard", "MIT", {"no Python": 1})
    assert project.dropped == {"secret": 1}
    definition = by_program(tmp_path / "out", "goto_definition(symbol='Tree.yearly')")
    assert definition.provenance.result == '["src/orchard/trees.py:4"]'
    assert definition.provenance.outcome == "executed"
    assert (
        by_program(tmp_path / "out", "call_hierarchy(symbol='clamp')").provenance.result
        == '["orchard.trees.Tree.yearly"]'
    )
    assert (
        by_program(tmp_path / "out", "type_hierarchy(symbol='Tree')").provenance.result == '["orchard.trees.AppleTree"]'
    )
    words = [e for e in every(tmp_path / "out").values() if e.program is None]
    assert [(e.answer, e.provenance.outcome) for e in words] == [
        ("A twig of one tree is put onto another one, which then bears the apples of the first.", "stated")
    ]
    assert set(seen) == {"Reading orchard", "Running programs on orchard"}
    assert {path: path.read_bytes() for path in orchard.rglob("*") if path.is_file()} == before
    assert not [f for f in validate(tmp_path / "out").errors if f.rule not in ("small", "empty")]


async def test_no_program_of_the_project_is_run(orchard: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    (orchard / "tests" / "test_trees.py").write_text(
        f"open({str(marker)!r}, 'w')\n\ndef test_clamp():\n    assert clamp(999) == 300\n"
    )
    (orchard / "conftest.py").write_text(f"open({str(marker)!r}, 'w')\n")

    await mine(MineOptions((str(orchard),), tmp_path / "out"))

    assert not marker.exists()


async def test_a_wheel_is_mined_as_its_folder_is(orchard: Path, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "orchard-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file in (orchard / "src").rglob("*.py"):
            archive.write(file, file.relative_to(orchard / "src").as_posix())
        archive.writestr("orchard-1.0.dist-info/METADATA", "Name: orchard\nLicense-Expression: MIT\n")

    mined = await mine(MineOptions((str(path),), tmp_path / "out"))

    assert (mined.projects[0].origin, mined.projects[0].licence) == ("archive", "MIT")
    found = by_program(tmp_path / "out", "goto_definition(symbol='clamp')")
    assert found.provenance.result == '["orchard/trees.py:13"]'
    assert found.provenance.source == "archive:orchard"
    assert list((home / "cache" / "sources").iterdir()) == []


async def test_several_projects_each_stay_in_one_split(orchard: Path, tmp_path: Path) -> None:
    sources = []
    for name in ("plum", "pear", "fig"):
        root = tmp_path / name
        shutil.copytree(orchard, root)
        (root / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n')
        text = (root / "src/orchard/trees.py").read_text()
        for old, new in (
            ("Tree", f"Long{name.title()}Grower"),
            ("clamp", f"limited_{name}_number"),
            ("yearly", f"{name}_harvest"),
        ):
            text = text.replace(old, new)
        (root / "src/orchard/trees.py").write_text(text)
        sources.append(str(root))

    await mine(MineOptions(tuple(sources), tmp_path / "out", run=0))

    found = load(tmp_path / "out").splits
    where = {split: {e.provenance.project for e in examples} for split, examples in found.items()}
    assert not where["train"] & where["test"]
    assert {e.provenance.outcome for e in found["train"]} == {"not_run", "stated"}
    assert {e.provenance.licence for e in found["train"]} == {"unknown"}


async def test_what_ty_sees_otherwise_is_not_taken(orchard: Path) -> None:
    def ask(program: str, *expects: str) -> Candidate:
        return Candidate("definition", "q", "t", "f", program=program, expects=expects)

    for name in ("one", "two"):
        (orchard / f"{name}.py").write_text("def twice():\n    return 2\n")

    ran = await running.run_programs(
        orchard,
        [
            ask("goto_definition(symbol='clamp').locations[0].line", "13"),
            ask("goto_definition(symbol='clamp').locations[0].line", "99"),
            ask("goto_definition(symbol='twice').candidates"),
            ask("find_references(symbol='AppleTree', include_declaration=False).locations"),
            ask("1 / 0"),
        ],
    )

    assert [each.problem for each in ran] == ["", "ty disagrees", "not known", "nothing found", "failed"]


async def test_a_folder_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(DatasetError, match=r"Nothing was found in .*empty, so .*out was not written"):
        await mine(MineOptions((str(tmp_path / "empty"),), tmp_path / "out"))
    assert not (tmp_path / "out").exists()
