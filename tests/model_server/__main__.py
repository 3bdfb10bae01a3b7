"""The scripted server as a command, for tests whose client is another program."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from tests.model_server.server import ModelServer, Script


def main() -> int:
    """Serve a script until a signal comes. Prints the port, then nothing."""
    parser = argparse.ArgumentParser(description="Serve scripted answers over OpenAI's protocol.")
    parser.add_argument("script", type=Path, help="a JSON file: a list of replies, or an object with replies, models")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--requests", type=Path, help="write the requests to this file, one JSON object a line")
    arguments = parser.parse_args()
    script = Script.read(json.loads(arguments.script.read_text(encoding="utf-8")))
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with ModelServer(script=script, port=arguments.port) as server:
        if arguments.requests:
            server.write_to(arguments.requests)
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
