"""What `--hosts` names becomes arguments of mlx.launch; what it cannot be is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.mlx.hosts import launched

COMMAND = [sys.executable, "-m", "worker"]

pytestmark = pytest.mark.skipif(not Path(sys.executable).with_name("mlx.launch").exists(), reason="needs mlx.launch")


def test_nothing_is_launched_without_hosts() -> None:
    assert launched(COMMAND, "", {}) == COMMAND


def test_local_processes_have_ports_of_their_own() -> None:
    command = launched(COMMAND, "2", {"HF_HUB_OFFLINE": "1", "SECRET": "x"})

    assert Path(command[0]).name == "mlx.launch"
    assert command[1:6] == ["--backend", "ring", "-n", "2", "--starting-port"]
    assert 1024 <= int(command[6]) < 65_536
    assert command[7:] == ["--env=HF_HUB_OFFLINE=1", "--", *COMMAND]


def test_names_and_files(tmp_path: Path) -> None:
    (tmp_path / "hosts.json").write_text("[]")

    assert launched(COMMAND, "one, two", {})[3:6] == ["--hosts", "one,two", "--"]
    assert launched(COMMAND, str(tmp_path / "hosts.json"), {})[3:5] == ["--hostfile", str(tmp_path / "hosts.json")]


@pytest.mark.parametrize("hosts", ["0", "65", "gone.json", "a,,b", "-x", "a b", "a,--python=evil"])
def test_what_it_cannot_be(hosts: str) -> None:
    with pytest.raises(RunError, match=r"^--hosts "):
        launched(COMMAND, hosts, {})
