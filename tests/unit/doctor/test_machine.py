"""The file system, the limit on watched folders, and the log's errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_ls.doctor import machine
from punie_ls.doctor.report import Finding, Watching

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:20 / /home rw,relatime shared:2 - nfs4 server:/home rw
24 23 0:21 / /home/me/my\\040disk rw shared:3 - fuse.sshfs host:/ rw
"""


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("/srv/x", "ext4"), ("/home/me", "nfs4"), ("/homeless", "ext4"), ("/home/me/my disk/x", "fuse.sshfs")],
)
def test_the_file_system_of_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, expected: str
) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(machine, "MOUNTS", tmp_path / "mountinfo")

    assert machine._file_system(Path(folder)) == expected


async def test_a_network_file_system_is_worth_knowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS.replace("/home/me/my\\040disk", str(tmp_path)))
    monkeypatch.setattr(machine, "MOUNTS", tmp_path / "mountinfo")
    findings: list[Finding] = []

    found = await machine.examine_machine(findings, tmp_path)

    assert found.file_system == "fuse.sshfs"
    assert [finding.wrong for finding in findings] == [False]
    assert "network or shared file system (fuse.sshfs)" in findings[0].what


async def test_more_folders_than_linux_lets_you_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        (tmp_path / "project" / str(number)).mkdir(parents=True)
    (tmp_path / "limit").write_text("5\n")
    monkeypatch.setattr(machine, "INOTIFY_LIMIT", tmp_path / "limit")
    findings: list[Finding] = []

    found = await machine.examine_machine(findings, tmp_path / "project")

    assert found.watching == Watching(5, 10, complete=True)
    assert [finding.wrong for finding in findings] == [True]
    assert findings[0].what == "The project has 10 folders and Linux lets you watch 5: changes go unnoticed."
    assert findings[0].do == "Raise the limit: sudo sysctl fs.inotify.max_user_watches=524288"


def test_counting_folders_ends_in_time(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / str(number)).mkdir()

    assert machine._count_directories(tmp_path, -1) == (1, False)
    assert machine._count_directories(tmp_path, 60) == (4, True)


def test_near_the_limit_is_only_worth_knowing() -> None:
    finding = machine._watch_finding(Watching(limit=100, directories=60, complete=False))

    assert not finding.wrong
    assert finding.what == "The project has more than 60 folders, more than half of the 100 that Linux lets you watch."


def test_variables_without_the_values_of_secrets() -> None:
    environ = {"PUNIE_TY": "/ty", "PUNIE_API_TOKEN": "hush", "HOME": "/home/me", "VIRTUAL_ENV": "/v", "TY_LOG": "debug"}

    assert machine.variables(environ) == {
        "PUNIE_API_TOKEN": "(not shown)",
        "PUNIE_TY": "/ty",
        "TY_LOG": "debug",
        "VIRTUAL_ENV": "/v",
    }
