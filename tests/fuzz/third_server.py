"""The stand-in for the punie server, made to answer wrong params with an error as the real one does."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

FAKE_SERVER = Path(__file__).parent.parent / "integration" / "relay" / "fake_server.py"


def tolerant(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def handle(params: Any) -> Any:
        try:
            return handler(params)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return {"refused": repr(error)}

    return handle


if __name__ == "__main__":
    names = runpy.run_path(str(FAKE_SERVER))
    handlers = names["HANDLERS"]
    handlers.update({method: tolerant(handler) for method, handler in handlers.items()})
    names["main"]()
