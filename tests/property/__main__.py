"""Refactorings at random places of three real packages: `python -m tests.property --count 120 --seed 1`.

`--renames N` renames random symbols of them as well.

The packages' sources are downloaded with pip, unless `--packages` names a folder that has them. Prints what was
applied, refused, declined and broken; fails when anything broke.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.property.campaign import Outcome, Project, run_campaign, run_tests
from tests.property.renames import run_renames

# A test of toolz lists all names of toolz and toolz.curried, so no new name can come into these modules.
PACKAGES = {
    "boltons": ("boltons==26.2.0", ("boltons/*.py",), ("tests",), (".",)),
    "cachetools": ("cachetools==8.0.0", ("src/cachetools/*.py",), ("tests",), ("src",)),
    "toolz": ("toolz==1.2.0", ("toolz/[!_]*.py",), ("toolz", "tlz"), (".",)),
}
# It compares the names themselves, as text.
_ABOUT_NAMES = "--deselect=toolz/tests/test_curried.py::test_curried_namespace"


def fetch(folder: Path) -> list[Project]:
    """The packages, unpacked in a folder."""
    projects = []
    for name, (requirement, sources, tests, pythonpath) in PACKAGES.items():
        root = folder / name
        if not root.is_dir():
            _download(requirement, folder, root)
        projects.append(Project(root, sources, tests, pythonpath))
    return projects


def _download(requirement: str, folder: Path, root: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    with tempfile.TemporaryDirectory(dir=folder) as archives:
        subprocess.run([*pip, "-d", archives, requirement], check=True)
        (archive,) = Path(archives).glob("*.tar.gz")
        with tarfile.open(archive) as tar:
            tar.extractall(archives, filter="data")
        (unpacked,) = (p for p in Path(archives).iterdir() if p.is_dir())
        unpacked.rename(root)


def main() -> int:
    """Run the campaign on every package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="refactorings to apply in each package")
    parser.add_argument("--renames", type=int, default=24, help="renames to apply in each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--packages", type=Path, default=Path(tempfile.gettempdir()) / "punie-property")
    parser.add_argument("--only", choices=sorted(PACKAGES))
    parser.add_argument("--declined", action="store_true", help="also print what ty would complain about")
    arguments = parser.parse_args()
    arguments.packages.mkdir(exist_ok=True)
    broken = 0
    for project in fetch(arguments.packages):
        if arguments.only in (None, project.root.name):
            before = run_tests(project)
            if before:
                sys.stderr.write(f"{project.root.name}: the tests fail already\n{before[-2000:]}")
                return 2
            for title, work, count in (
                ("refactorings", run_campaign, arguments.count),
                ("renames", run_renames, arguments.renames),
            ):
                tested = replace(project, tests=(*project.tests, _ABOUT_NAMES)) if work is run_renames else project
                outcome = asyncio.run(work(tested, seed=arguments.seed, count=count))
                _tell(f"{project.root.name}, {title}", outcome, declined=arguments.declined)
                broken += len(outcome.broken)
    return 1 if broken else 0


def _tell(what: str, outcome: Outcome, *, declined: bool) -> None:
    lines = [f"{what}: {len(outcome.broken)} broken"]
    for title in ("applied", "refused", "declined"):
        counts = getattr(outcome, title)
        lines.append(f"  {title} {counts.total()}: {dict(sorted(counts.items()))}")
    lines += [f"  in several files: {outcome.several_files}"] if outcome.several_files else []
    lines += [f"    {number} {reason}" for reason, number in outcome.reasons.most_common(12)]
    lines += outcome.declined_for if declined else []
    sys.stdout.write("\n".join([*lines, *outcome.broken]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
