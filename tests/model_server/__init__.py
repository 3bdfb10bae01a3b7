"""A scripted model server: real HTTP on loopback, answers written out beforehand, and every way to misbehave.

    with ModelServer(call("run_code", code="1 + 1"), say("It is 2.")) as server:
        ...                                # server.url, server.spec
    assert server.requests[0].body["stream"]

As a command it prints its URL and serves until it is ended:

    python -m tests.model_server script.json --port 0
"""

from tests.model_server.replies import Call, Reply, call, say
from tests.model_server.server import ModelServer, Request

__all__ = ["Call", "ModelServer", "Reply", "Request", "call", "say"]
