"""Is a port free, does a model server answer, has it loaded its model? Blocks: for threads, not for the event loop."""

from __future__ import annotations

import http.client
import json
import socket

from punie_agent.models.adapters import ADAPTER_MODEL

HEALTH_SECONDS = 2.0


def free_port(host: str) -> int:
    """A port that nobody uses now. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def is_free(host: str, port: int) -> bool:
    """Whether a port can be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def health(host: str, port: int) -> int | None:
    """The status of its own page about itself; None when it does not answer."""
    return _request(host, port, "GET", "/health", None, HEALTH_SECONDS)


def ask_for_a_token(host: str, port: int, answers: list[int | None]) -> None:
    """Ask for the shortest possible answer, and wait for its status."""
    body = {"model": ADAPTER_MODEL, "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}
    answers.append(_request(host, port, "POST", "/v1/chat/completions", json.dumps(body), None))


def _request(host: str, port: int, method: str, path: str, body: str | None, seconds: float | None) -> int | None:
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request(method, path, body, {"content-type": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
