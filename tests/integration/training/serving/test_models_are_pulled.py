"""`model pull`: from a hub into the cache, resumable and checked; what goes wrong is a sentence, and loses nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest

from punie_training.exceptions import BaseModelError, ServingError
from punie_training.runs.bases import find_base
from punie_training.serving import pulling
from punie_training.serving.pulling import PullPlan, PullProgress, pull
from tests.integration.training.serving.hub import COMMIT, Hub, serve

NAME = "punie/tiny"


@pytest.fixture
def hub(model_files: dict[str, bytes], cache: Path, monkeypatch: pytest.MonkeyPatch):
    with serve(Hub(NAME, model_files)) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


async def test_a_model_comes_whole_with_its_licence_and_without_code(hub: Hub, cache: Path):
    heard: list[PullPlan | PullProgress] = []

    pulled = await pull(NAME, on_event=heard.append)

    names = sorted(path.name for path in pulled.folder.iterdir())
    assert names == ["README.md", "config.json", "model.safetensors", "tokenizer.json"]
    assert (pulled.folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert pulled.folder.is_relative_to(cache)
    assert (pulled.commit, pulled.licence) == (COMMIT, "apache-2.0")
    assert heard[0] == PullPlan(COMMIT, pulled.total, pulled.total, "apache-2.0")
    assert heard[-1] == PullProgress(pulled.total, pulled.total, checking=True)
    assert find_base(NAME).folder == pulled.folder


async def test_what_is_here_is_not_fetched_again(hub: Hub):
    await pull(NAME)
    sent = hub.sent

    again = await pull(NAME)

    assert (hub.sent, again.fetched) == (sent, 0)


async def test_a_cut_connection_goes_on_where_it_was(hub: Hub):
    whole = len(hub.files["model.safetensors"])
    hub.cut_after = whole // 2
    with pytest.raises(ServingError, match=r"connection was cut.*run this again. What was fetched is kept"):
        await pull(NAME)
    kept = hub.sent
    hub.cut_after = hub.sent = 0

    pulled = await pull(NAME)

    assert (pulled.folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert kept == whole // 2
    assert hub.sent == whole - kept
    assert pulled.fetched == pulled.total - kept


async def test_a_hub_that_ignores_ranges_sends_all_again(hub: Hub):
    hub.cut_after = 1000
    with pytest.raises(ServingError, match="connection was cut"):
        await pull(NAME)
    hub.cut_after, hub.ignores_ranges = 0, True

    pulled = await pull(NAME)

    assert (pulled.folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]


async def test_a_file_with_another_hash_is_removed_and_fetched_again(hub: Hub):
    hub.corrupt = True
    with pytest.raises(ServingError, match=r"came with another hash than the hub names. It was removed"):
        await pull(NAME)
    hub.corrupt = False

    pulled = await pull(NAME)

    assert (pulled.folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, "RepoNotFound", "has no model 'punie/tiny', or shows it to nobody without a token"),
        (404, "RepoNotFound", "has no model 'punie/tiny'"),
        (403, "GatedRepo", "asks for an agreement to its licence"),
        (404, "RevisionNotFound", "has no revision 'main'"),
        (418, "", "answered with status 418"),
    ],
)
async def test_a_refusal_of_the_hub_is_a_sentence(hub: Hub, status: int, code: str, message: str):
    hub.status, hub.error_code = status, code

    with pytest.raises(ServingError, match=message):
        await pull(NAME)


async def test_no_network_is_said(cache: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{nobody.getsockname()[1]}")

        with pytest.raises(ServingError, match=r"http://127.0.0.1:\d+ cannot be reached.*check the network"):
            await pull(NAME)


async def test_too_little_disk_is_said_before_anything_is_fetched(hub: Hub, cache: Path):
    hub.claimed_size = 10**18

    with pytest.raises(ServingError, match=r"It takes 1000000000.0 GB and .* left: free some, or set HF_HOME"):
        await pull(NAME)

    assert hub.sent == 0
    assert not (cache / "models--punie--tiny").exists()


@pytest.mark.parametrize(
    ("missing", "message"), [("config.json", "no config.json"), ("model.safetensors", r"no model\*.safetensors")]
)
async def test_what_mlx_cannot_load_is_not_fetched(hub: Hub, missing: str, message: str):
    del hub.files[missing]

    with pytest.raises(ServingError, match=message):
        await pull(NAME)

    assert hub.sent == 0


async def test_a_model_that_is_cut_off_at_the_hub_itself_is_refused(hub: Hub):
    hub.files["model.safetensors"] = hub.files["model.safetensors"][:-1000]

    with pytest.raises(BaseModelError, match="not a whole safetensors file"):
        await pull(NAME)


@pytest.mark.parametrize("name", ["tiny", "a/b/c", "../x", "owner/", "-x/y", "owner/..", "owner/a b"])
async def test_a_wrong_name_asks_nobody(hub: Hub, name: str):
    with pytest.raises(ServingError, match="is no model of the hub: name it as owner/model"):
        await pull(name)


async def test_a_cancelled_pull_ends_its_process(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    started: list[asyncio.subprocess.Process] = []
    create = asyncio.create_subprocess_exec

    async def remembered(*args, **kwargs):
        started.append(await create(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembered)
    task = asyncio.create_task(pull(NAME))
    while not started:  # noqa: ASYNC110 - there is nothing to wait for
        await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task

    assert started[0].returncode is not None


async def test_the_fetching_process_ends_when_punie_is_killed(hub: Hub):
    hub.cut_after, hub.stall = 1000, True
    program = f"import asyncio; from {pulling.__name__} import pull; asyncio.run(pull({NAME!r}))"
    punie = await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", program, env=dict(os.environ))
    assert await asyncio.to_thread(hub.stalled.wait, 30)
    (worker,) = psutil.Process(punie.pid).children()

    punie.send_signal(signal.SIGKILL)
    await punie.wait()

    assert not psutil.wait_procs([worker], timeout=10)[1]
