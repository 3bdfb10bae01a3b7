"""The packages that defects are seeded into, and getting them: sources from pip, one environment for all.

None of them is installed in that environment, nor needed by what is: they are imported from their sources alone, so no
fix can be read off an installed copy.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

# What the packages and their tests import, and pytest.
REQUIREMENTS = (
    "better-exceptions==0.3.3",
    "click==8.5.1",
    "coverage==7.17.3",
    "freezegun==1.5.5",
    "pretend==1.0.9",
    "pytest==9.2.0",
    "pytest-asyncio==1.5.0",
    "rich==15.0.0",
    "sh==2.4.0",
    "tornado==6.6.1",
    "typing_extensions==4.16.0",
)
# The packages' own options need plugins that are not installed, and turn warnings into errors.
PYTEST_OPTIONS = "-o addopts= -o filterwarnings= -p no:cacheprovider"


@dataclass(frozen=True)
class Package:
    """A package as it is on the index.

    Attributes:
        name: its name and version, as pip takes them.
        sha256: of the source archive.
        style: what its code is like.
        sources: the folder of its modules, relative to the root.
        path: what has to be on PYTHONPATH, relative to the root.
        tests: pytest's arguments; all of them pass, in seconds.
        held_out: whether those who write generators must not look at it.
    """

    name: str
    sha256: str
    style: str
    sources: str
    path: str = "."
    tests: tuple[str, ...] = ("tests",)
    held_out: bool = False

    @property
    def short(self) -> str:
        """Its name without the version."""
        return self.name.partition("==")[0]


PACKAGES = (
    Package(
        "boltons==26.2.0",
        "d39cfd15c1a1c3bd4d705c82252fa9edb8e4f5e8cc039f8e39afac7b1b47e92c",
        "untyped, many unrelated tools",
        "boltons",
    ),
    Package(
        "itsdangerous==2.2.0",
        "e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173",
        "typed, small classes",
        "src/itsdangerous",
        "src",
    ),
    Package(
        "humanize==4.17.0",
        "1d6a36c453dbfbb3f0b34601d2e0b4ce5d48d780305cd45714843f0068fde6ac",
        "typed functions",
        "src/humanize",
        "src",
        ("tests", "--ignore=tests/test_benchmarks.py"),
    ),
    Package(
        "tomlkit==0.15.2",
        "83e32755ba1d20d9340bd069ee97e9f6232ba2346b63ffcba425de01f7e327a6",
        "typed, a parser and a tree of classes",
        "tomlkit",
    ),
    Package(
        "tenacity==9.2.1",
        "a606b5c808d0cded4a359d5b9932d867ff2a6a6b64d37350260fd01bbdf83839",
        "typed, decorators, async",
        "tenacity",
    ),
    Package(
        "h11==0.16.0",
        "4e35b956cf45792e4caa5885e69fba00bdbc6ffafbfa020300e549b208ee5ff1",
        "typed, a state machine",
        "h11",
        ".",
        ("h11",),
    ),
    Package(
        "asgiref==3.13.0",
        "034cc8cbf72d00553b4be256703ac545120b4e50af13b49dec99da899aeeecb4",
        "typed, async, TypedDict and Protocol",
        "asgiref",
        ".",
        ("tests", "--ignore=tests/test_sync.py", "--ignore=tests/test_sync_contextvars.py"),
    ),
    Package(
        "structlog==26.1.0",
        "f63a716cbd1b1291cf7661de7794b455acfa4c43c5bcf1630e6ad5ddc1adb3b7",
        "strictly typed, Protocol, async; all of ruff's rules",
        "src/structlog",
        "src",
        ("tests", "--ignore=tests/processors/test_renderers.py", "--ignore=tests/test_generic.py"),
        held_out=True,
    ),
    Package(
        "cachetools==8.0.1",
        "deb1d376d4d28c2f33f3e3058043b005e0af75c35c094bd54053e27d2906ad95",
        "untyped, small classes",
        "src/cachetools",
        "src",
        held_out=True,
    ),
    Package(
        "toolz==1.2.0",
        "9667a038e9d6ecba37995e26cb2f59ec6420b6ad8dd9677de59db9b956b08490",
        "untyped, functional",
        "toolz",
        ".",
        ("toolz",),
        held_out=True,
    ),
    Package(
        "python-dotenv==1.2.4",
        "f0d53e69935a851c0dcc78f3ab7aaccd8cabef0b92382b576b824212902873c0",
        "typed, a parser and a command",
        "src/dotenv",
        "src",
        held_out=True,
    ),
)


def cache_folder(given: Path | None = None) -> Path:
    """Where sources and defects are kept."""
    return (given or Path(platformdirs.user_cache_dir("punie-bench"))).resolve() / "punie_fix"


@contextmanager
def alone(cache: Path) -> Generator[None]:
    """Nobody else downloads or installs there meanwhile."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetched(package: Package, cache: Path) -> Path:
    """The unpacked sources; they are downloaded once, and refused when they are not those that were measured."""
    root = cache / "sources" / package.name.replace("==", "-")
    if not root.is_dir():
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent) as scratch:
            _download(package, Path(scratch)).rename(root)
    return root


def _download(package: Package, folder: Path) -> Path:
    _pip("download", "--no-deps", "--no-binary", ":all:", "-d", str(folder), package.name)
    (archive,) = folder.glob("*.tar.gz")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        raise RuntimeError(f"{package.name}: the sources have the hash {found}, not {package.sha256}.")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def environment() -> Path:
    """The environment that the packages' imports resolve from and their tests run in; made once.

    Not in the cache: the sandbox, in which failing tests are mended, shows programs little of a home folder.
    """
    key = hashlib.sha256("\n".join((sys.version, *REQUIREMENTS)).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()).resolve() / f"punie-fix-environment-{key}"
    if not (folder / "complete").exists():
        venv.create(folder, clear=True, with_pip=False, symlinks=os.name == "posix")
        _pip("--python", str(folder), "install", *REQUIREMENTS)
        _refuse_measured(folder)
        (folder / "complete").touch()
    return folder


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"pip failed: {done.stderr[-2000:]}")


def _refuse_measured(folder: Path) -> None:
    installed = {path.name.partition("-")[0].replace("_", "-").lower() for path in folder.rglob("*.dist-info")}
    if known := sorted(installed & {package.short for package in PACKAGES}):
        raise RuntimeError(f"{', '.join(known)} came with the tests' requirements, so it cannot be measured.")
