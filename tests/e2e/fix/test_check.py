"""`punie-ls fix --check`: nothing is written, and every form says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.fix.conftest import Files, Fix
from tests.integration.semantic.projects import snapshot
from tests.unit.cli.test_sarif import run_of

pytestmark = pytest.mark.timeout(600)  # several processes, on a machine that may be busy

# The emoji is one code point, two UTF-16 units and four bytes.
APP = 'print("📚", f"a")\r\nprint(nowhere_at_all_defined)\r\n'
BOM = "\ufeffimport os\n"


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """SARIF's replacements made, as a reader of the standard would make them: lines and code points."""
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines) + 1)]

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + column - 1

    for replacement in reversed(replacements):
        r = replacement["deletedRegion"]
        start, end = offset(r["startLine"], r["startColumn"]), offset(r["endLine"], r["endColumn"])
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def test_a_list_for_people(files: Files, fix: Fix) -> None:
    root = files({"app.py": APP, "good.py": "x = 1\n"})
    before = snapshot(root)

    done = fix("--check")

    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("app.py:1:12: F541 f-string without any placeholders. Can be fixed: ")
    assert lines[-1] == "3 problems; 1 can be fixed."
    assert snapshot(root) == before


def test_nothing_to_say_is_0(files: Files, fix: Fix) -> None:
    files({"good.py": "x = 1\n"})

    done = fix("--check")

    assert (done.code, done.out, done.err) == (0, "0 problems; 0 can be fixed.\n", "")


def test_sarif_can_be_applied_by_whoever_reads_it(files: Files, fix: Fix) -> None:
    root = files({"app.py": APP, "bom.py": BOM.encode()})
    before = snapshot(root)

    done = fix("--format", "sarif", "--output", "found.sarif")

    (root / "found.sarif").rename(root.parent / "found.sarif")
    run = run_of((root.parent / "found.sarif").read_text(encoding="utf-8"))
    assert (done.code, done.out) == (1, "")
    assert run["invocations"][0]["exitCode"] == 1
    fixes = {r["ruleId"]: r["fixes"][0]["artifactChanges"][0]["replacements"] for r in run["results"] if "fixes" in r}
    assert applied(APP, fixes["F541"]) == APP.replace('f"a"', '"a"')
    assert applied(BOM.removeprefix("\ufeff"), fixes["F401"]) == ""
    region = next(r for r in run["results"] if r["ruleId"] == "F541")["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 12, "endLine": 1, "endColumn": 16}
    assert snapshot(root) == before


def test_one_problem_in_the_forms_of_github_gitlab_and_json(files: Files, fix: Fix) -> None:
    files({"app.py": "x = 1\nprint(f'a')\n"})

    github, gitlab, plain = fix("--format", "github"), fix("--format", "gitlab"), fix("--check", "--json")

    assert {github.code, gitlab.code, plain.code} == {1}
    assert github.out.startswith(
        "::warning file=app.py,line=2,endLine=2,col=7,endColumn=11,title=ruff F541::"
        "f-string without any placeholders. Can be fixed: "
    )
    assert github.out.count("\n") == 1
    assert github.err == gitlab.err == plain.err == "1 problem; 1 can be fixed.\n"
    (issue,) = json.loads(gitlab.out)
    assert issue["location"] == {"path": "app.py", "lines": {"begin": 2, "end": 2}}
    found = json.loads(plain.out)
    assert found["counts"] == {"files": 1, "problems": 1, "fixed": 0, "left": 1}
    assert found["left"][0]["message"] == f"Can be fixed: {found['left'][0]['fix']['title']}."


def test_check_and_apply_exclude_each_other(files: Files, fix: Fix) -> None:
    files({})

    done = fix("--check", "--apply")

    assert done.code == 2
    assert "--check writes nothing" in done.err


def test_the_hooks_are_commands_that_there_are(files: Files, fix: Fix) -> None:
    hooks = (Path(__file__).parents[3] / ".pre-commit-hooks.yaml").read_text()
    entries = [line.split(":", 1)[1].split() for line in hooks.splitlines() if line.strip().startswith("entry:")]
    files({"app.py": "x = 1\n"})

    assert [entry[:2] for entry in entries] == [["punie-ls", "fix"], ["punie-ls", "fix"]]
    for entry in entries:
        done = fix(*entry[2:], "app.py")
        assert (done.code, done.err) == (0, "")
