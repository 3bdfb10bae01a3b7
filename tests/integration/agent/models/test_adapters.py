"""Model servers that Punie starts itself: started, shared, watched, ended.

The server is a stand-in for a program that not every platform can install; see mlx_lm_server.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from punie_agent.exceptions import ModelNotUsable, ModelUnavailable
from punie_agent.models import adapter_server
from punie_agent.models.opening import open_model
from punie_semantic.settings import Settings
from tests.integration.agent.models.conftest import ask, until

ROOT = Path(__file__).parents[4]
FAKE = Path(__file__).with_name("mlx_lm_server.py")


class Fake:
    """The stand-in's records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def lives(self) -> list[dict[str, Any]]:
        file = self.folder / "lives.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def pids(self) -> list[int]:
        return [pid for life in self.lives for pid in (life["pid"], life["child"])]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    program = tmp_path / "bin" / "mlx_lm.server"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_MLX_FOLDER", str(tmp_path))
    monkeypatch.setenv("FAKE_MLX_ROOT", str(ROOT))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(adapter_server, "BACKOFF_SECONDS", (0.05, 0.05))
    fake = Fake(tmp_path)
    yield fake
    for pid in fake.pids:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def using(**config: Any) -> Settings:
    return Settings(adapters={"mine": {"model": "qwen3-coder", **config}})


async def gone(pids: list[int]) -> None:
    """Wait until these processes have ended."""
    await until(lambda: not any(alive(pid) for pid in pids))


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_it_is_started_asked_and_ended(fake: Fake) -> None:
    async with open_model("adapter:mine", using()) as choice:
        turn = await ask(choice)

    assert turn.output == "Life 1."
    assert choice.name.startswith("adapter:mine at 127.0.0.1:")
    await gone(fake.pids)


async def test_its_command_line(fake: Fake) -> None:
    settings = using(
        **{"adapter-path": "~/adapters/punie", "draft-model": "qwen3-0.6b", "num-draft-tokens": 4},
        **{"prompt-cache-size": 3, "kv-bits": 8, "max-tokens": 2048, "temperature": 0.2, "context-length": 32768},
    )
    async with open_model("adapter:mine", settings) as choice:
        assert choice.context_length == 32768
        assert (choice.settings["max_tokens"], choice.settings["temperature"]) == (2048, 0.2)

    arguments = fake.lives[0]["arguments"]
    assert arguments[:-1] == [
        *("--model", "qwen3-coder", "--adapter-path", str(Path.home() / "adapters/punie")),
        *("--draft-model", "qwen3-0.6b", "--num-draft-tokens", "4", "--prompt-cache-size", "3", "--kv-bits", "8"),
        *("--max-tokens", "2048", "--temp", "0.2", "--host", "127.0.0.1", "--port"),
    ]
    assert fake.lives[0]["offline"] == "1"


async def test_several_sessions_share_it(fake: Fake) -> None:
    async with open_model("adapter:mine", using()) as first:
        async with open_model("adapter:mine", using()) as second:
            await ask(second)
        assert (await ask(first)).output == "Life 1."

    assert len(fake.lives) == 1
    await gone(fake.pids)


async def test_after_a_crash_it_is_started_again(fake: Fake) -> None:
    async with open_model("adapter:mine", using()) as choice:
        await ask(choice)
        os.kill(fake.lives[0]["pid"], signal.SIGKILL)
        await gone(fake.pids)
        await until(lambda: len(fake.lives) == 2)
        turn = await ask(choice)

    assert turn.output == "Life 2."
    await gone(fake.pids)


async def test_one_that_calls_itself_unavailable_is_started_again(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_server, "WATCH_SECONDS", 0.1)
    async with open_model("adapter:mine", using(model="dies")) as choice:
        await until(lambda: len(fake.lives) == 2)
        assert (await ask(choice)).output == "Life 2."

    await gone(fake.pids)


async def test_one_that_cannot_start_is_given_up(fake: Fake) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        async with open_model("adapter:mine", using(model="missing")):
            pass

    assert str(caught.value) == (
        "mlx_lm.server for the adapter mine ended with status 1 (it says: ValueError: no model at missing): "
        "check the setting adapters.mine."
    )
    assert len(fake.lives) == 3
    await gone(fake.pids)


async def test_one_that_cannot_load_its_model_says_so_at_once(fake: Fake) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        async with open_model("adapter:mine", using(model="unloadable")):
            pass

    assert str(caught.value) == (
        "mlx_lm.server for the adapter mine cannot load its model (it says: some.errors.LocalEntryNotFoundError: "
        "no snapshot): check the setting adapters.mine."
    )
    assert len(fake.lives) == 1
    await gone(fake.pids)


async def test_one_that_does_not_get_ready_is_ended(fake: Fake) -> None:
    with pytest.raises(ModelUnavailable, match=r"did not get ready within 0\.3 s"):
        async with open_model("adapter:mine", using(model="slow", **{"start-seconds": 0.3})):
            pass

    await gone(fake.pids)


async def test_cancelling_while_it_starts_ends_it(fake: Fake) -> None:
    async def open_it() -> None:
        async with open_model("adapter:mine", using(model="slow")):
            pass

    task = asyncio.create_task(open_it())
    await until(lambda: fake.lives)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await gone(fake.pids)


async def test_a_port_that_is_taken(fake: Fake) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ModelUnavailable, match=f"cannot have port {port}, which another program uses"):
            async with open_model("adapter:mine", using(port=port)):
                pass

    assert fake.lives == []


@pytest.mark.parametrize("how", ["exit", "SIGTERM", "SIGKILL"])
async def test_it_ends_with_punie(fake: Fake, how: str) -> None:
    program = f"""
        import asyncio, sys
        from punie_agent.models.opening import open_model
        from punie_semantic.settings import Settings

        async def main():
            async with open_model("adapter:mine", Settings(adapters={{"mine": {{"model": "m"}}}})):
                print("ready", flush=True)
                if {how!r} == "exit":
                    sys.exit(3)
                await asyncio.sleep(600)

        asyncio.run(main())
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(program), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    if how != "exit":
        process.send_signal(signal.Signals[how])
    await process.wait()

    assert len(fake.pids) == 2
    await gone(fake.pids)


async def test_it_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ModelNotUsable) as caught:
        async with open_model("adapter:mine", using()):
            pass

    assert str(caught.value) == (
        "mlx_lm.server is not installed, so the adapter mine cannot be started: pip install 'punie-ls[train]'."
    )


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"model": ""}, "model, adapter-path and draft-model must be names or folders"),
        ({"model": "--trust-remote-code"}, "model, adapter-path and draft-model must be names or folders"),
        ({"host": "0.0.0.0"}, "host must be one of 127.0.0.1, localhost, ::1: the server takes requests from anybody"),
        ({"num-draft-tokens": 3}, "num-draft-tokens needs a draft-model"),
        ({"port": 70000}, "port must be between 0 and 65535"),
        ({"command": "rm"}, "Object contains unknown field `command`"),
        ({"kv-bits": "eight"}, "Expected `int | null`, got `str` - at `$.kv-bits`"),
    ],
)
async def test_wrong_configurations(config: dict[str, Any], problem: str) -> None:
    with pytest.raises(ModelNotUsable) as caught:
        async with open_model("adapter:mine", using(**config)):
            pass

    assert str(caught.value) == f"The setting adapters.mine is wrong: {problem}."


async def test_an_unknown_adapter() -> None:
    with pytest.raises(ModelNotUsable, match="There is no adapter 'other', there are mine"):
        async with open_model("adapter:other", using()):
            pass
