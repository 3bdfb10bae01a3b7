"""Stands in for the program `mlx_lm.server`, which can be installed on some platforms only: the same command line, the
scripted server behind it. What it is told to do comes from the environment, because its command line is the real one's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("--model", "--adapter-path", "--draft-model", "--log-level"):
        parser.add_argument(name)
    for name in ("--num-draft-tokens", "--prompt-cache-size", "--kv-bits", "--max-tokens"):
        parser.add_argument(name, type=int)
    parser.add_argument("--temp", type=float)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    arguments = parser.parse_args()
    folder = Path(os.environ["FAKE_MLX_FOLDER"])
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    life = {"pid": os.getpid(), "child": child.pid, "arguments": sys.argv[1:], "offline": os.environ["HF_HUB_OFFLINE"]}
    with (folder / "lives.jsonl").open("a") as file:
        file.write(json.dumps(life) + "\n")
    lives = len((folder / "lives.jsonl").read_text().splitlines())
    if arguments.model == "missing":
        sys.stderr.write("ValueError: no model at missing\n")
        child.kill()
        return 1
    if arguments.model == "slow":
        time.sleep(600)
    sys.path.insert(0, os.environ["FAKE_MLX_ROOT"])
    from tests.model_server import ModelServer, say

    answer = say(f"Life {lives}.", again=True)
    if arguments.model == "unloadable":
        # The real one stays up, and does not answer what it was asked before it noticed.
        answer = say("", hold=0)
        sys.stderr.write("some.errors.LocalEntryNotFoundError: no snapshot\n127.0.0.1 - GET /health\n")
    routes = {"/health": {"status": "ok"}}
    with ModelServer(answer, port=arguments.port, models=["default_model"], routes=routes) as server:
        server.wait_for(1)
        if arguments.model == "dies" and lives == 1:
            time.sleep(2)
        if arguments.model == "unloadable" or (arguments.model == "dies" and lives == 1):
            server.script.routes["/health"] = say("unavailable", status=503)
        time.sleep(600)
    return 0


if __name__ == "__main__":
    sys.exit(main())
