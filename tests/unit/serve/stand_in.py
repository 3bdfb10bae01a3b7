"""A small agent behind a worker's socket, for what no real agent does on demand: crash, flood, hang, ask.

    python stand_in.py SOCKET FOLDER

Its sessions are files in FOLDER, so they outlive it. A prompt is a command: `tick 100 2` says 100 numbers, one every
2 ms; `ask`, `crash`, `hang`, `big 1000`, `mode`, `echo …` and `pid` do what they say.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Conversation:
    """One client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, folder: Path) -> None:
        self.reader, self.writer, self.folder = reader, writer, folder
        self.sessions: dict[str, str] = {}
        self.answers: dict[Any, asyncio.Future[Json]] = {}
        self.turns: dict[str, asyncio.Task[None]] = {}
        self.initialized = False

    async def serve(self) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await self.reader.readline():
                self.take(json.loads(line))
        for turn in self.turns.values():
            turn.cancel()

    def take(self, message: Json) -> None:
        method, params, key = message.get("method"), message.get("params") or {}, message.get("id")
        if method is None:
            self.answers.pop(key).set_result(message)
        elif method == "initialize":
            self.initialized = True
            self.reply(key, {"protocolVersion": 1, "from": "worker"})
        elif not self.initialized:
            self.reply(key, error={"code": -32600, "message": "initialize came not first"})
        elif method == "session/prompt":
            turn = asyncio.ensure_future(self.prompt(key, params))
            self.turns[params["sessionId"]] = turn
        elif method == "session/cancel":
            self.turns[params["sessionId"]].cancel()
        elif method == "$/cancel_request":
            self.say("_test/cancelled", {"of": params["requestId"]})
        else:
            self.session(method, key, params)

    def session(self, method: str, key: Any, params: Json) -> None:
        session = params.get("sessionId") or f"{self.folder.name}-{len(list(self.folder.glob('*.session')))}"
        kept = self.folder / f"{session}.session"
        if method == "session/new":
            kept.write_text("")
        elif method in ("session/load", "session/resume") and not kept.exists():
            self.reply(key, error={"code": -32002, "message": f"there is no session {session}"})
            return
        elif method == "session/list":
            found = [{"sessionId": p.stem, "cwd": str(self.folder)} for p in self.folder.glob("*.session")]
            self.reply(key, {"sessions": found})
            return
        if method == "session/set_mode":
            self.sessions[session] = params["modeId"]
        elif method == "session/close":
            self.sessions.pop(session, None)
        else:
            self.sessions[session] = "edit"
            if method == "session/resume":
                update = {"sessionUpdate": "current_mode_update", "currentModeId": "edit"}
                self.say("session/update", {"sessionId": session, "update": update})
        self.reply(key, {"sessionId": session} if method == "session/new" else {})

    async def prompt(self, key: Any, params: Json) -> None:
        session, text = params["sessionId"], params["prompt"][0]["text"]
        if session not in self.sessions:
            self.reply(key, error={"code": -32002, "message": f"{session} is not open here"})
            return
        word, *rest = text.split(" ")
        reason = "end_turn"
        try:
            await self.act(word, rest, session, text)
        except asyncio.CancelledError:
            reason = "cancelled"
        with contextlib.suppress(ConnectionError):
            self.reply(key, {"stopReason": reason})
            await self.writer.drain()

    async def act(self, word: str, rest: list[str], session: str, text: str) -> None:
        if word == "tick":
            for number in range(int(rest[0])):
                self.chunk(session, str(number))
                await self.writer.drain()
                await asyncio.sleep(float(rest[1]) / 1000)
        elif word == "ask":
            answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
            self.answers[7] = answer
            self.say("session/request_permission", {"sessionId": session, "options": []}, key=7)
            self.chunk(session, json.dumps((await answer).get("result")))
        elif word == "crash":
            self.chunk(session, "before")
            await self.writer.drain()
            os._exit(9)
        elif word == "hang":
            await asyncio.Event().wait()
        elif word == "big":
            for _ in range(int(rest[0])):
                self.chunk(session, "x" * (1 << 20))
                await self.writer.drain()
        elif word == "mode":
            self.chunk(session, self.sessions[session])
        elif word == "pid":
            self.chunk(session, str(os.getpid()))
        else:
            self.chunk(session, text)

    def chunk(self, session: str, text: str) -> None:
        update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
        self.say("session/update", {"sessionId": session, "update": update})

    def say(self, method: str, params: Json, key: int | None = None) -> None:
        self.write({"jsonrpc": "2.0", **({} if key is None else {"id": key}), "method": method, "params": params})

    def reply(self, key: Any, result: Json | None = None, error: Json | None = None) -> None:
        self.write({"jsonrpc": "2.0", "id": key, **({"error": error} if error else {"result": result})})

    def write(self, message: Json) -> None:
        self.writer.write(json.dumps(message).encode() + b"\n")


async def main(socket: str, folder: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await Conversation(reader, writer, folder).serve()
        writer.close()

    if (folder / "refuses-to-start").exists():
        sys.exit("the stand-in refuses to start")
    server = await asyncio.start_unix_server(serve, socket, limit=64 << 20)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(0, ended.set)  # nothing is ever said there: it is the end
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
