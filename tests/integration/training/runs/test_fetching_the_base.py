"""`punie-ls train --pull` on a machine without any model: the base is fetched, then the run is planned."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.training.runs.conftest import Place
from tests.integration.training.serving.hub import Hub, serve

NAME = "punie/tiny"


def _train(place: Place, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "punie_ls", "train", str(place.data), "--base", NAME, "--dry-run", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)


@pytest.mark.timeout(300)
def test_a_base_of_the_hub_is_fetched_when_that_is_wanted(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    files = {path.name: path.read_bytes() for path in place.base.iterdir() if path.is_file()}
    with serve(Hub(NAME, files)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)

        without, sent = _train(place), hub.sent
        fetched = _train(place, "--pull")
        again, sent_in_all = _train(place, "--pull"), hub.sent

    assert (without.returncode, sent) == (2, 0)
    assert f"punie-ls model pull {NAME}" in without.stderr
    assert fetched.returncode == 0, fetched.stderr
    assert "Licence: apache-2.0" in fetched.stderr
    assert str(tmp_path / "hf") in fetched.stdout
    assert again.returncode == 0
    assert sent_in_all >= (place.base / "model.safetensors").stat().st_size
