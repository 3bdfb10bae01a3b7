"""Fixing a problem with the builtin planner: real ty, ruff and Monty, a re-checked proposal or a sentence."""

from __future__ import annotations

import pytest

from punie_agent.events import Done, EditProposed, Event, Program, Text, ToolCallStarted, Usage, Verifying
from punie_agent.fixing import FixOutcome, fix
from punie_agent.requests import FixRequest
from punie_agent.session import open_session
from punie_semantic.exceptions import PathError, ToolUnavailable
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project

RUFF = '[tool.ruff]\nlint.select = ["E", "F", "I"]\n'


async def fixed(
    project: Project, files: dict[str, str | bytes], code: str, *, tool: str = "ruff", unsafe_fixes: bool = False
) -> tuple[FixOutcome, str]:
    """Fix the first finding of a code in app.py; the outcome, and the text in the overlay afterwards."""
    async with Workspace.open(project({"pyproject.toml": RUFF, **files})) as workspace:
        path = workspace.root / "app.py"
        found = next(d for d in (await workspace.checker.both(path)).problems if d.code == code and d.tool == tool)
        p = found.problem()
        request = FixRequest("app.py", p.line, p.column, tool, code, p.message, unsafe_fixes=unsafe_fixes)
        async with open_session(workspace) as session:
            outcome = await fix(session, request)
        return outcome, workspace.overlay.text(path)


@pytest.mark.parametrize(
    ("before", "code", "after"),
    [
        ("import os\n\nx = 1\n", "F401", "\nx = 1\n"),
        ("x = f'📚'\n", "F541", "x = '📚'\n"),
        ("import os\nimport abc\n\nprint(os, abc)\n", "I001", "import abc\nimport os\n\nprint(os, abc)\n"),
    ],
)
async def test_safe_fixes_of_ruff(project: Project, before: str, code: str, after: str) -> None:
    outcome, text = await fixed(project, {"app.py": before}, code)

    assert text == after
    assert outcome.fixed
    assert outcome.sentence.startswith(f"Fixed {code}: ")
    assert outcome.report is not None
    assert (outcome.report.state, outcome.report.target_fixed) == ("clean", True)
    assert [c.text for c in outcome.changes] == [after]


@pytest.mark.parametrize(("tool", "code"), [("ruff", "F821"), ("ty", "unresolved-reference")])
async def test_an_undefined_name_is_imported_and_the_imports_sorted(project: Project, tool: str, code: str) -> None:
    before = "import sys\n\nprint(sys, Decimal(1))\n"

    outcome, text = await fixed(project, {"app.py": before}, code, tool=tool)

    assert outcome.fixed
    assert text == "import sys\nfrom decimal import Decimal\n\nprint(sys, Decimal(1))\n"
    why = "decimal of the standard library has it; nothing new in 1 file"
    assert outcome.sentence == f"Fixed {code}: Import Decimal from decimal. Why this one: {why}."


async def test_a_project_module_is_imported_rather_than_another(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "app.py": "x = Path(1)\n",
        "places.py": "class Path:\n    def __init__(self, n: int) -> None: ...\n",
    }

    _, text = await fixed(project, files, "F821")

    assert text == "from places import Path\n\nx = Path(1)\n"


async def test_the_next_candidate_is_tried_when_the_first_does_not_hold(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "app.py": "x = Path('a').suffix\n",
        "places.py": "class Path:\n    def __init__(self, n: int) -> None: ...\n",
    }

    outcome, text = await fixed(project, files, "F821")

    assert outcome.sentence.startswith("Fixed F821: Import Path from pathlib. Why this one: ")
    assert text == "from pathlib import Path\n\nx = Path('a').suffix\n"


async def test_an_unsafe_fix_needs_permission(project: Project) -> None:
    files: dict[str, str | bytes] = {"app.py": "def f() -> None:\n    x = 1\n"}

    outcome, text = await fixed(project, files, "F841")

    assert not outcome.fixed
    assert text == files["app.py"]
    assert "The only fix for F841 is unsafe" in outcome.sentence


async def test_an_unsafe_fix_with_permission(project: Project) -> None:
    files: dict[str, str | bytes] = {"app.py": "def f() -> None:\n    x = 1\n"}

    outcome, text = await fixed(project, files, "F841", unsafe_fixes=True)

    assert outcome.fixed
    assert outcome.unsafe
    assert text == "def f() -> None:\n    pass\n"


async def test_what_nobody_can_mend_gives_a_sentence(project: Project) -> None:
    files: dict[str, str | bytes] = {"app.py": "print(qqzzqq)\n"}

    outcome, text = await fixed(project, files, "unresolved-reference", tool="ty")

    assert (outcome.fixed, outcome.changes, text) == (False, [], files["app.py"])
    assert outcome.sentence == "Punie knows no fix for unresolved-reference."


async def test_a_fix_that_breaks_a_dependent_is_not_offered(project: Project) -> None:
    files: dict[str, str | bytes] = {"app.py": "import os\n\nx = 1\n", "use.py": "from app import os\n\nprint(os)\n"}

    outcome, text = await fixed(project, files, "F401")

    assert (outcome.fixed, text) == (False, files["app.py"])
    assert outcome.sentence.startswith("No fix for F401 holds: ")
    assert "of use.py" in outcome.sentence


async def test_only_the_problem_asked_for_is_fixed(project: Project) -> None:
    _, text = await fixed(project, {"app.py": "x = f'a'\ny = f'b'\n"}, "F541")

    assert text == "x = 'a'\ny = f'b'\n"


async def test_crlf_and_encoding_survive(project: Project) -> None:
    before = b"# coding: latin-1\r\nimport os\r\n\r\nx = '\xfc'\r\n"

    outcome, _ = await fixed(project, {"app.py": before}, "F401")

    change = outcome.changes[0]
    assert change.source.encode(change.text) == b"# coding: latin-1\r\n\r\nx = '\xfc'\r\n"


async def test_a_problem_that_is_gone(project: Project) -> None:
    async with Workspace.open(project({"app.py": "x = 1\n"})) as workspace, open_session(workspace) as session:
        outcome = await fix(session, FixRequest("app.py", 1, 1, "ruff", "F401", "gone"))

    assert (outcome.fixed, outcome.sentence) == (False, "F401 is not reported any more.")


async def test_a_path_outside_is_refused(project: Project) -> None:
    async with Workspace.open(project({"app.py": ""})) as workspace, open_session(workspace) as session:
        with pytest.raises(PathError):
            await fix(session, FixRequest("../app.py", 1, 1, "ruff", "F401", "x"))


async def test_a_tool_that_is_missing_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_RUFF", "/nowhere/ruff")
    async with Workspace.open(project({"app.py": "import os\n"})) as workspace, open_session(workspace) as session:
        with pytest.raises(ToolUnavailable, match="ruff could not be started"):
            await fix(session, FixRequest("app.py", 1, 8, "ruff", "F401", "x"))


@pytest.mark.parametrize("variable", ["PUNIE_TY", "PUNIE_RUFF"])
async def test_a_fix_that_cannot_be_checked_is_not_offered(
    project: Project, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    tool, code = ("ruff", "F401") if variable == "PUNIE_TY" else ("ty", "unresolved-reference")
    root = project({"app.py": "import os\n\nx = Decimal(1)\n"})
    monkeypatch.setenv(variable, "/nowhere/tool")
    async with Workspace.open(root) as workspace, open_session(workspace) as session:
        line = 1 if tool == "ruff" else 3
        outcome = await fix(session, FixRequest("app.py", line, 5, tool, code, "x"))

        assert not outcome.fixed
        assert workspace.overlay.changes() == []
    assert "could not be checked" in outcome.sentence


async def test_the_events_of_a_fix(project: Project) -> None:
    events: list[Event] = []
    async with Workspace.open(project({"app.py": "import os\n"})) as workspace, open_session(workspace) as session:
        await fix(session, FixRequest("app.py", 1, 8, "ruff", "F401", "unused"), events.append)

    kinds = [type(event) for event in events if not isinstance(event, Usage | Verifying)]
    assert kinds[0] is Program
    assert kinds[-3:] == [Text, EditProposed, Done]
    assert events[-1] == Done(reason="end_turn")
    calls = [event.tool for event in events if isinstance(event, ToolCallStarted)]
    assert calls == ["diagnostics", "find_fixes", "checkpoint", "apply_code_action", "verify_edits"]
