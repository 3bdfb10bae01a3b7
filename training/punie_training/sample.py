"""The sample project that programs are tried on: a garden shop, wrong in places on purpose, with a git history."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from punie_training.exceptions import DatasetError

SOURCE = Path(__file__).parent / "sample_project"
NAME = "greenhouse"
# Files that come with the second commit, and texts that are changed after it.
SECOND = ("src/greenhouse/watering.py", "docs/watering.md")
GIT_SECONDS = 20.0

_AUTHOR = "Robin Gardener"
_MAIL = "robin@example.org"
_WHO = {
    f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in (("NAME", _AUTHOR), ("EMAIL", _MAIL))
}


def copy_sample(into: Path) -> Path:
    """Copy the sample project and give it two commits and uncommitted changes, always the same ones.

    Args:
        into: an existing folder, or one that can be made.

    Returns:
        The project's folder, a new one in `into`.

    Raises:
        DatasetError: there is one already, or git is missing or failed.
    """
    folder = into / NAME
    if folder.exists():
        raise DatasetError(f"{folder} exists already. Pass another folder.")
    into.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    _git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    later = {name: (folder / name).read_text(encoding="utf-8") for name in SECOND}
    for name in later:
        (folder / name).unlink()
    _commit(folder, "Open the greenhouse shop", "2026-03-02T09:00:00+00:00")
    for name, text in later.items():
        (folder / name).write_text(text, encoding="utf-8")
    _commit(folder, "Plan the watering of the beds", "2026-03-09T09:00:00+00:00")
    _change(folder)
    return folder


def _commit(folder: Path, subject: str, date: str) -> None:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", f"--message={subject}", date=date)


def _change(folder: Path) -> None:
    """What is uncommitted: an edit in the index, one that is not, and a new file."""
    readme = folder / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "\nOpen from March to October.\n", encoding="utf-8")
    _git(folder, "add", "README.md")
    settings = folder / "src" / NAME / "settings.py"
    settings.write_text(settings.read_text(encoding="utf-8").replace("= 19", "= 20", 1), encoding="utf-8")
    (folder / "docs" / "ideas.md").write_text("# Ideas\n\n- Sell seeds by subscription.\n", encoding="utf-8")


def _git(folder: Path, *arguments: str, date: str = "") -> None:
    """Run git with no configuration but ours, so that the commits have the same ids everywhere."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ |= _WHO | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    environ |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    options = ["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false", "-c", f"core.hooksPath={os.devnull}"]
    command = ["git", *options, *arguments]
    try:
        subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, timeout=GIT_SECONDS)
    except FileNotFoundError as error:
        raise DatasetError("git is not installed, which the sample project needs. Install git.") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        words = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise DatasetError(f"git {arguments[0]} failed on the sample project: {words or error}") from error
