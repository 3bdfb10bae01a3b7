"""A local HTTP server with the endpoints of a model hub that `huggingface_hub.snapshot_download` uses."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What it has, and how it misbehaves."""

    name: str
    files: dict[str, bytes]
    licence: str = "apache-2.0"
    status: int = 200
    error_code: str = ""
    claimed_size: int = 0
    cut_after: int = 0
    corrupt: bool = False
    stall: bool = False
    ignores_ranges: bool = False
    url: str = ""
    ranges: list[str] = field(default_factory=list)
    sent: int = 0
    stalled: threading.Event = field(default_factory=threading.Event)

    def info(self) -> dict[str, object]:
        siblings = [self._sibling(name) for name in self.files]
        return {
            "_id": "x",
            "id": self.name,
            "modelId": self.name,
            "sha": COMMIT,
            "siblings": siblings,
            "private": False,
            "tags": [f"license:{self.licence}"],
            "cardData": {"license": self.licence},
            "gated": False,
            "downloads": 0,
        }

    def tree(self) -> list[dict[str, object]]:
        found = []
        for name, data in self.files.items():
            entry: dict[str, object] = {"type": "file", "path": name, "size": self.size(name), "oid": git_hash(data)}
            if is_large(name):
                entry["lfs"] = {"oid": sha256(data), "size": self.size(name), "pointerSize": 134}
            found.append(entry)
        return found

    def size(self, name: str) -> int:
        return self.claimed_size if self.claimed_size and is_large(name) else len(self.files[name])

    def _sibling(self, name: str) -> dict[str, object]:
        data = self.files[name]
        found: dict[str, object] = {"rfilename": name, "size": self.size(name), "blobId": git_hash(data)}
        if is_large(name):
            found["lfs"] = {"sha256": sha256(data), "size": self.size(name), "pointerSize": 134}
        return found


def is_large(name: str) -> bool:
    return name.endswith(".safetensors")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@contextmanager
def serve(hub: Hub) -> Generator[Hub]:
    """The hub under `hub.url`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""

    def _answer(self, *, body: bool) -> None:
        path = self.path.split("?")[0]
        if self.hub.status != 200 or self.hub.name not in path:
            self._refuse(
                self.hub.status if self.hub.status != 200 else 401,
                self.hub.error_code if self.hub.status != 200 else "RepoNotFound",
            )
        elif path.startswith(f"/api/models/{self.hub.name}/tree/"):
            self._json(self.hub.tree())
        elif path in (
            f"/api/models/{self.hub.name}",
            f"/api/models/{self.hub.name}/revision/main",
            f"/api/models/{self.hub.name}/revision/{COMMIT}",
        ):
            self._json(self.hub.info())
        elif path.startswith("/api/"):
            self._refuse(404, "RevisionNotFound")
        else:
            self._file(path.rpartition(f"/resolve/{COMMIT}/")[2], body=body)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", "no")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _file(self, name: str, *, body: bool) -> None:
        if name not in self.hub.files:
            self._refuse(404, "EntryNotFound")
            return
        data = self.hub.files[name]
        begin = 0
        if asked := None if self.hub.ignores_ranges else self.headers.get("Range"):
            begin = int(asked.removeprefix("bytes=").split("-")[0])
            if body:
                self.hub.ranges.append(f"{name} {begin}")
        self.send_response(206 if asked else 200)
        tag = sha256(data) if is_large(name) else git_hash(data)
        self.send_header("ETag", f'"{tag}"')
        self.send_header("X-Linked-ETag", f'"{tag}"')
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        rest = data[begin:]
        if self.hub.corrupt and is_large(name):
            rest = rest[:-1] + bytes([rest[-1] ^ 1])
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if body:
            self._send(rest, is_large(name))

    def _send(self, data: bytes, large: bool) -> None:
        if large and self.hub.cut_after:
            # Once so many bytes, then none: the network is gone.
            data = data[: max(0, self.hub.cut_after - self.hub.sent)]
            self.wfile.write(data)
            self.wfile.flush()
            self.hub.sent += len(data)
            if self.hub.stall:
                self.hub.stalled.set()
                time.sleep(60)
            self.close_connection = True
            self.connection.shutdown(2)
            return
        self.wfile.write(data)
        self.hub.sent += len(data) if large else 0
