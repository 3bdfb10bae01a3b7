"""`make bench`: measure, and write a JSON and a page per benchmark under docs/benchmarks/.

python -P -m tests.bench [main-job] [relay] [toolbox] [questions] [agent] [acp] [sandbox] [serve] [editors] [punie_fix]
    [training] [training-gemma] [training-overhead]

`punie_fix` downloads packages and takes an hour, `editors` needs what tests/editors/setup installs, and training wants
the machine for itself: they are measured only when they are named.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    acp,
    agent,
    editors,
    main_job,
    questions,
    relay,
    sandbox,
    serve,
    toolbox,
    train_gemma,
    train_overhead,
    training,
)
from tests.bench.punie_fix import benchmark as punie_fix

TARGET = Path("docs/benchmarks")
BENCHMARKS = {
    "relay": relay,
    "main-job": main_job,
    "toolbox": toolbox,
    "questions": questions,
    "agent": agent,
    "acp": acp,
    "sandbox": sandbox,
    "serve": serve,
    "editors": editors,
    "punie_fix": punie_fix,
    "training": training,
    "training-gemma": train_gemma,
    "training-overhead": train_overhead,
}
# These need what others have to install, or an hour.
ASKED_FOR = ("editors", "punie_fix", "training", "training-gemma", "training-overhead")
USUAL = [name for name in BENCHMARKS if name not in ASKED_FOR]


def main() -> None:
    """Run the named benchmarks, or all, and write the results."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        # As installed: modules are compiled once, whatever this shell says, and the checkout stays clean.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = scratch
        for name in sys.argv[1:] or USUAL:
            result = BENCHMARKS[name].measure()
            (TARGET / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
            page = BENCHMARKS[name].page(result)
            (TARGET / f"{name}.md").write_text(page, encoding="utf-8")
            sys.stdout.write(page)


if __name__ == "__main__":
    main()
