"""The HTTP side of the scripted server: OpenAI's `/v1/models` and `/v1/chat/completions`, plain and streamed."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.model_server.replies import Json, Reply, chunks, read_reply, whole

Model = str | Json


@dataclass
class Request:
    """A request that was received. `left` is set when the client went before the answer was complete."""

    method: str
    path: str
    headers: dict[str, str]
    body: Json
    left: bool = False

    @property
    def last(self) -> str:
        """The last message's content, as text."""
        messages = self.body.get("messages") or [{}]
        content = messages[-1].get("content") or ""
        return content if isinstance(content, str) else json.dumps(content)


@dataclass
class Script:
    """What is left to be said, and what the server tells of itself.

    Attributes:
        replies: in order; one that has a `when` waits for its request.
        models: what `/v1/models` lists: ids, or objects with more.
        routes: answers of other paths, for example `/props`: JSON, or a reply that is no chat.
        key: the API key that is demanded; "" takes any.
    """

    replies: list[Reply] = field(default_factory=list)
    models: list[Model] = field(default_factory=lambda: ["scripted"])
    routes: dict[str, Any] = field(default_factory=dict)
    key: str = ""

    @classmethod
    def read(cls, data: Json | list[Any]) -> Script:
        """A script from its JSON: a list of replies, or an object with the fields of `Script`."""
        table: Json = {"replies": data} if isinstance(data, list) else dict(data)
        replies = [read_reply(reply) for reply in table.pop("replies", [])]
        return cls(replies, **table)


class ModelServer:
    """The server, in threads of its own. Every request is kept in `requests`, in order of arrival."""

    def __init__(self, *replies: Reply, port: int = 0, script: Script | None = None, **fields: Any) -> None:
        self.script = script or Script(replies=list(replies), **fields)
        self.requests: list[Request] = []
        self.ended = threading.Event()
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._record: Path | None = None
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.model_server = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    @property
    def url(self) -> str:
        """The base URL, as clients want it."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def spec(self) -> str:
        """The setting `model` that chooses this server's first model."""
        first = self.script.models[0]
        return f"{self.url}#{first if isinstance(first, str) else first['id']}"

    @property
    def chats(self) -> list[Request]:
        """The requests for answers, without the ones for lists of models."""
        return [request for request in self.requests if request.path.endswith("/chat/completions")]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop to listen, and cut what is still being answered."""
        self.ended.set()
        self._released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def add(self, *replies: Reply) -> None:
        """More replies, after those that are left."""
        with self._lock:
            self.script.replies.extend(replies)

    def release(self) -> None:
        """Let replies that are held go on."""
        self._released.set()

    def wait_for(self, count: int = 1, seconds: float = 30.0) -> None:
        """Wait until this many requests for answers have arrived. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(self.chats) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"only {len(self.chats)} of {count} requests arrived in {seconds} s")
            time.sleep(0.01)

    def write_to(self, file: Path) -> None:
        """Write every request to a file too, one JSON object a line, for tests in other processes."""
        self._record = file

    def record(self, request: Request) -> int:
        """Keep a request. Gives how many requests for answers there are by now."""
        with self._lock:
            self.requests.append(request)
            if self._record:
                line = {"method": request.method, "path": request.path, "body": request.body}
                with self._record.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
            return len(self.chats)

    def take(self, request: Request) -> Reply | None:
        """The reply for a request; None when the script has none left."""
        with self._lock:
            for index, reply in enumerate(self.script.replies):
                if reply.when in request.last:
                    return reply if reply.again else self.script.replies.pop(index)
        return None

    def held(self) -> bool:
        """Whether held replies still wait."""
        return not self._released.is_set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    model_server: ModelServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes in mid-answer is an expected part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def model_server(self) -> ModelServer:
        assert isinstance(self.server, _Server)
        return self.server.model_server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        server = self.model_server
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, json.loads(raw) if raw else {})
        number = server.record(request)
        script = server.script
        if self.path in script.routes:
            route = script.routes[self.path]
            if isinstance(route, Reply):
                self._send(route.status, route.error_body().encode(), route.content_type, route.headers)
            else:
                self._send_json(200, route)
        elif script.key and headers.get("authorization") != f"Bearer {script.key}":
            self._send_json(401, {"error": {"message": f"Incorrect API key: {headers.get('authorization')}"}})
        elif self.path == "/v1/models":
            self._send_json(200, {"object": "list", "data": [_model(model) for model in script.models]})
        elif self.path == "/v1/chat/completions":
            self._answer(request, number)
        else:
            self._send_json(404, {"error": {"message": f"Nothing is served at {self.path}"}})

    def _answer(self, request: Request, number: int) -> None:
        reply = self.model_server.take(request)
        if reply is None:
            self._send_json(400, {"error": {"message": f"The script has no reply for: {request.last[:200]!r}"}})
            return
        try:
            self._wait(reply.delay)
            if reply.status != 200 or reply.body is not None:
                self._send(reply.status, reply.error_body().encode(), reply.content_type, reply.headers)
            elif request.body.get("stream"):
                self._stream(reply, request.body.get("model", ""), number)
            else:
                self._send_whole(reply, request.body.get("model", ""), number)
        except (OSError, _Gone):
            request.left = True
            self.close_connection = True

    def _send_whole(self, reply: Reply, model: str, number: int) -> None:
        data = json.dumps(whole(reply, model, number)).encode()
        if reply.hold is not None:
            self._hold()
        if reply.endless:
            self._head(200, "application/json", {**reply.headers, "transfer-encoding": "chunked"})
            self._chunk(data[:-40])
            while True:
                self._chunk(data * 20)
        if reply.cut is None:
            self._send(200, data, "application/json", reply.headers)
            return
        self._head(200, "application/json", {**reply.headers, "content-length": len(data)})
        self.wfile.write(data[: len(data) // 2])
        self._cut()

    def _stream(self, reply: Reply, model: str, number: int) -> None:
        self._head(200, "text/event-stream", {**reply.headers, "transfer-encoding": "chunked"})
        for index, chunk in enumerate(chunks(reply, model, number)):
            if index == reply.hold:
                self._hold()
            if index == reply.cut:
                self._cut()
                return
            if index:
                self._wait(reply.pause)
            comment = ": keepalive\n\n" if reply.keepalive else ""
            self._chunk(f"{comment}data: {json.dumps(chunk)}\n\n".encode())
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _send_json(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode(), "application/json", {})

    def _send(self, status: int, data: bytes, content_type: str, headers: Json) -> None:
        self._head(status, content_type, {**headers, "content-length": len(data)})
        self.wfile.write(data)

    def _head(self, status: int, content_type: str, headers: Json) -> None:
        self.send_response(status)
        for name, value in {"content-type": content_type, **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _cut(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def _hold(self) -> None:
        while self.model_server.held():
            self._wait(0.02)

    def _wait(self, seconds: float) -> None:
        """Wait, but not for a client that has gone, nor when the server stops."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self.model_server.ended.wait(min(left, 0.02)):
                raise _Gone
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise _Gone


class _Gone(Exception):
    """The client has gone."""


def _model(model: Model) -> Json:
    entry = {"id": model} if isinstance(model, str) else model
    return {"object": "model", "created": 1, "owned_by": "tests", **entry}
