"""`punie-ls serve` as a user has it: found, asked, killed, restarted and ended, with the real agent."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.serve.conftest import Serving, run
from tests.model_server import ModelServer, say
from tests.unit.serve.client import Client, Failed, connected

Projects = Callable[[str], Path]


async def gone(processes: list[psutil.Process], seconds: float = 20) -> list[psutil.Process]:
    """Those that still run after a time."""
    _, left = await asyncio.to_thread(psutil.wait_procs, processes, seconds)
    return left


def family(pid: int) -> list[psutil.Process]:
    """A process's descendants."""
    return psutil.Process(pid).children(recursive=True)


async def test_it_is_found_shown_and_ended(serving: Serving, environ: dict[str, str], projects: Projects) -> None:
    shop = projects("shop")
    folder = Path(environ["PUNIE_STATE_DIR"]) / "serve"
    assert (await run(environ, "serve", "--status"))[:2] == (1, "No server runs. `punie-ls serve` starts one.\n")
    async with serving() as serve, connected(serve.url, serve.token) as client:
        await client.initialize()
        await client.new(shop)

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
        code, page, _ = await run(environ, "serve", "--status")
        _, data, _ = await run(environ, "serve", "--status", "--json")
        second, _, said = await run(environ, "serve")
        running = family(serve.process.pid)
        stopped = await run(environ, "serve", "--stop")

        assert modes == {"serve": 0o700, "lock": 0o600, "server.json": 0o600, "token": 0o600}
        assert code == 0
        assert serve.url in page
        assert str(shop) in page
        assert serve.token not in page + data
        assert [project["root"] for project in json.loads(data)["projects"]] == [str(shop)]
        assert second == 1
        assert f"runs already at {serve.url}" in said
        assert stopped[0] == 0
        assert await gone(running) == []
        assert not (folder / "server.json").exists()


async def test_the_same_token_is_used_again_until_a_new_one_is_wanted(serving: Serving) -> None:
    tokens = []
    for arguments in ((), (), ("--new-token",)):
        async with serving(*arguments) as serve:
            tokens.append(serve.token)

    assert tokens[0] == tokens[1] != tokens[2]


async def test_it_listens_beyond_this_machine_only_when_that_is_meant(environ: dict[str, str]) -> None:
    code, _, said = await run(environ, "serve", "--host", "0.0.0.0", "--port", "0")

    assert code == 2
    assert "add --allow-remote" in said


async def test_a_killed_worker_leaves_a_session_that_goes_on(serving: Serving, projects: Projects) -> None:
    shop = projects("shop")
    async with serving() as serve, connected(serve.url, serve.token) as client:
        await client.initialize()
        session = await client.new(shop)
        await client.prompt(session, "find references to price")
        before = client.text
        for worker in serve.workers:
            worker.kill()
        await gone(serve.workers)
        client.heard.clear()

        result = await client.prompt(session, "find references to price")
        listed = (await client.ask("session/list", cwd=str(shop)))["sessions"]

    assert result["stopReason"] == "end_turn"
    assert "shop.py" in before
    assert client.text == before
    assert [row["sessionId"] for row in listed] == [session]


async def test_projects_are_kept_apart(serving: Serving, projects: Projects) -> None:
    shop, farm = projects("shop"), projects("farm")
    async with serving() as serve, connected(serve.url, serve.token) as client:
        await client.initialize()
        session = await client.new(shop)
        await client.prompt(session, "find references to price")
        await client.new(farm)
        processes = {Path(worker.cwd()) for worker in serve.workers}

        with pytest.raises(Failed, match=str(shop)):
            await client.ask("session/load", sessionId=session, cwd=str(farm), mcpServers=[])

    assert processes == {shop, farm}


async def test_two_clients_on_one_session_take_turns(
    serving: Serving, projects: Projects, choose: Callable[[str], None]
) -> None:
    shop = projects("shop")
    with ModelServer(say("one two three " * 50, hold=5), say("second")) as model:
        choose(model.spec)
        async with (
            serving() as serve,
            connected(serve.url, serve.token) as first,
            connected(serve.url, serve.token) as second,
        ):
            await first.initialize()
            await second.initialize()
            session = await first.new(shop)
            turn = await first.begin_prompt(session, "count")
            await first.until(lambda: first.text)
            await second.ask("session/resume", sessionId=session, cwd=str(shop), mcpServers=[])
            with pytest.raises(Failed) as caught:
                await second.prompt(session, "me too")
            model.release()
            assert (await turn)["stopReason"] == "end_turn"

            again = await second.prompt(session, "now?")

    assert "still works on the prompt before" in caught.value.error["message"]
    assert again["stopReason"] == "end_turn"


async def test_sessions_are_listed_and_deleted_without_a_project(serving: Serving, projects: Projects) -> None:
    shop = projects("shop")
    async with serving() as serve:
        async with connected(serve.url, serve.token) as client:
            await client.initialize()
            session = await client.new(shop)
            await client.prompt(session, "find references to price")
        async with connected(serve.url, serve.token) as client:
            await client.initialize()
            before = [row["sessionId"] for row in (await client.ask("session/list"))["sessions"]]
            await _deleted(client, session)
            after = (await client.ask("session/list"))["sessions"]

    assert before == [session]
    assert after == []


async def _deleted(client: Client, session: str) -> None:
    """Delete a session; the client before may have gone a moment ago only."""
    async with asyncio.timeout(30):
        while True:
            try:
                await client.ask("session/delete", sessionId=session)
            except Failed:
                await asyncio.sleep(0.2)
            else:
                return


async def test_the_end_tells_clients_and_leaves_nothing_behind(
    serving: Serving, projects: Projects, choose: Callable[[str], None], environ: dict[str, str]
) -> None:
    shop = projects("shop")
    with ModelServer(say("word ", endless=True, pause=0.01)) as model:
        choose(model.spec)
        async with serving() as serve, connected(serve.url, serve.token) as client:
            await client.initialize()
            session = await client.new(shop)
            turn = await client.begin_prompt(session, "never stop")
            await client.until(lambda: "word" in client.text)
            running = family(serve.process.pid)

            said = await serve.stop()
            await client.reading
            try:
                ending = (await turn)["stopReason"]
            except Failed as error:
                ending = str(error)

        assert ending == "cancelled" or "shutting down" in ending
        assert client.socket.close_code == 1001
        assert serve.process.returncode == 0
        assert "Traceback" not in said
        assert await gone(running) == []
    _, listed, _ = await run(environ, "sessions", "list", "--json", "--workspace", str(shop))
    assert [row["id"] for row in json.loads(listed)] == [session]


async def test_a_killed_server_leaves_no_worker_and_is_not_found(
    serving: Serving, projects: Projects, environ: dict[str, str]
) -> None:
    shop = projects("shop")
    async with serving() as serve:
        async with connected(serve.url, serve.token) as client:
            await client.initialize()
            await client.new(shop)
            running = family(serve.process.pid)
            serve.process.send_signal(signal.SIGKILL)
            await serve.process.wait()

        assert await gone(running) == []
        assert (await run(environ, "serve", "--status"))[0] == 1


async def test_projects_share_the_turns_at_a_model_server(
    serving: Serving, projects: Projects, choose: Callable[[str], None], environ: dict[str, str]
) -> None:
    folders = [projects(name) for name in ("shop", "farm")]
    with ModelServer(say("one two three " * 50, hold=5), say("and then me")) as model:
        choose(model.spec)
        async with serving("--model-slots", "1") as serve, connected(serve.url, serve.token) as client:
            await client.initialize()
            sessions = [await client.new(folder) for folder in folders]
            first = await client.begin_prompt(sessions[0], "count")
            await client.until(lambda: client.text)
            second = await client.begin_prompt(sessions[1], "count")
            async with asyncio.timeout(60):
                while (await _models(environ))[0]["waiting"] != 1:  # noqa: ASYNC110 - another process counts
                    await asyncio.sleep(0.1)
            asked = len(model.chats)
            model.release()
            await asyncio.gather(first, second)
            left = await _models(environ)

    assert asked == 1
    assert len(model.chats) == 2
    assert left == [{"server": f"127.0.0.1:{model.port}", "running": 0, "waiting": 0}]


async def _models(environ: dict[str, str]) -> list[dict[str, Any]]:
    """What `punie-ls serve --status` says of the model servers."""
    return json.loads((await run(environ, "serve", "--status", "--json"))[1])["models"]


async def test_the_token_is_in_no_log(serving: Serving, environ: dict[str, str], tmp_path: Path) -> None:
    environ["PUNIE_LOG_DIR"] = str(tmp_path / "logs")
    async with serving("--log-level", "debug") as serve:
        async with connected(serve.url, serve.token) as client:
            await client.initialize()
        with pytest.raises(InvalidStatus):
            async with connected(serve.url, f"{serve.token}x"):
                pass
        said = await serve.stop()
    logged = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())

    assert "a client was refused" in said + logged
    assert serve.token not in said + logged
