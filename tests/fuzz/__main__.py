"""`make fuzz`: thousands of spoilt messages to real servers. The seed that is printed repeats a run."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.fuzz.campaign import Tally, damaged_header, round_of_messages
from tests.fuzz.conftest import project

KINDS = ("request", "notification", "response", "no request", "no JSON")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261121, help="repeats a run (default: %(default)s)")
    parser.add_argument("--messages", type=int, default=12_000, help="how many (default: %(default)s)")
    parser.add_argument("--round", type=int, default=2_000, help="messages to one relay (default: %(default)s)")
    parser.add_argument("--streams", type=int, default=60, help="relays with a spoilt header (default: %(default)s)")
    options = parser.parse_args()
    tally = Tally()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "config")
        asyncio.run(campaign(project(Path(folder) / "workspace"), options, tally))
    sys.stdout.write(table(tally))
    sys.stdout.write(f"\nAll held, in {time.monotonic() - start:.0f} s, with seed {options.seed}.\n")
    return 0


async def campaign(root: Path, options: argparse.Namespace, tally: Tally) -> None:
    for number, first in enumerate(range(0, options.messages, options.round)):
        count = min(options.round, options.messages - first)
        sys.stdout.write(f"round {number + 1}: {count} messages, seed {options.seed + number}\n")
        sys.stdout.flush()
        await round_of_messages(root, Random(options.seed + number), count, tally)
    chance = Random(options.seed)
    for _ in range(options.streams):
        await damaged_header(root, chance, tally)


def table(tally: Tally) -> str:
    """Mutations by what they made of a message, and what came of it all."""
    rows = [("mutation", *KINDS, "all")]
    for name in sorted({name for name, _ in tally.sent}):
        counts = [tally.sent[name, kind] for kind in KINDS]
        rows.append((name, *map(str, counts), str(sum(counts))))
    totals = [sum(n for (_, k), n in tally.sent.items() if k == kind) for kind in KINDS]
    rows.append(("all", *map(str, totals), str(sum(totals))))
    lines = ["  ".join(cell.rjust(12) if i else cell.ljust(16) for i, cell in enumerate(row)) for row in rows]
    for title, counter in (("answers", tally.outcomes), ("headers", tally.streams), ("texts", tally.texts)):
        lines.append(f"{title}: " + ", ".join(f"{n} {what}" for what, n in counter.most_common()))
    return "\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
