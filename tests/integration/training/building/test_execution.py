"""Programs are executed for real, and nothing is written to the project."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from punie_training.exceptions import DatasetError
from punie_training.execution import Programs, open_programs


def digest(folder: Path) -> dict[str, str]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


async def test_a_program_gives_its_value_its_calls_and_their_results(programs: Programs) -> None:
    done = await programs.run(
        'print("looking")\nr = typecheck("src/greenhouse/payments.py")\n[e.code for e in r.errors]'
    )

    assert done.ok
    assert (done.value, done.output) == (["missing-attribute"], "looking\n")
    (call,) = done.calls
    assert (call.name, call.args, call.kwargs) == ("typecheck", ("src/greenhouse/payments.py",), {})
    assert call.result["errors"][0]["message"] == "Object of type `Receipt` has no attribute `amout`"
    assert 0 < done.tool_seconds <= done.seconds


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("typecheck().nonsense", "does not type-check"),
        ("typecheck(", "is not Python"),
        ('read_file("no.py").text', "no.py does not exist"),
        ("typecheck('src/greenhouse/payments.py').errors[9]", "IndexError"),
    ],
)
async def test_a_program_that_fails_says_why(programs: Programs, code: str, message: str) -> None:
    done = await programs.run(code)

    assert not done.ok
    assert message in done.error


async def test_edits_are_a_diff_and_reach_no_file(programs: Programs, sample: Path) -> None:
    before = digest(sample)

    done = await programs.run(
        'edit_file("src/greenhouse/settings.py", "REORDER_LEVEL = 5", "REORDER_LEVEL = 6").changed'
    )

    assert "+REORDER_LEVEL = 6" in done.diff
    assert digest(sample) == before


async def test_tools_of_all_kinds_leave_the_folder_as_it_was(programs: Programs, sample: Path) -> None:
    before = digest(sample)

    outcomes = [
        await programs.run(code)
        for code in (
            "pytest_run().passed",
            "ruff_check().violation_count",
            "git_status().branch",
            'run_command(["git", "branch"]).stdout',
            'rename_symbol("tax_of", "tax_on").files',
        )
    ]

    assert [done.value for done in outcomes[:3]] == [18, 23, "main"]
    assert [done.error for done in outcomes] == [""] * 5
    assert digest(sample) == before


async def test_each_program_starts_anew(programs: Programs) -> None:
    await programs.run('name = 3\ndelete_file("src/greenhouse/basket.py")')

    name, file = await programs.run("name"), await programs.run('read_file("src/greenhouse/basket.py").total_lines')

    assert "not defined" in name.error
    assert file.value > 10


async def test_many_run_at_once_and_do_not_mix(programs: Programs) -> None:
    files = ["basket", "catalog", "orders", "pricing", "weather", "reports"]
    codes = [f'read_file("src/greenhouse/{name}.py").file' for name in files]

    done = await asyncio.gather(*map(programs.run, codes))

    assert [outcome.value for outcome in done] == [f"src/greenhouse/{name}.py" for name in files]


async def test_a_cancelled_program_leaves_room_for_the_next(programs: Programs) -> None:
    for _ in range(3):
        running = asyncio.create_task(programs.run("pytest_run().passed"))
        await asyncio.sleep(0.3)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert (await programs.run("1 + 1")).value == 2


async def test_commands_that_may_change_something_do_not_run(programs: Programs) -> None:
    done = await programs.run('run_command(["git", "commit", "-am", "x"]).exit_code')

    assert "nobody allowed it" in done.error


async def test_an_untrusted_project_runs_neither_tests_nor_commands(sample: Path) -> None:
    async with open_programs(sample) as programs:
        tests, command = await programs.run("pytest_run().passed"), await programs.run('run_command(["ls"]).stdout')

    assert "not trusted" in tests.error
    assert "nobody allowed it" in command.error


async def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is not a folder"):
        async with open_programs(tmp_path / "nowhere"):
            pass
