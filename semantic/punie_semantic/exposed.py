"""Which files a program needs though they may lie in the home folder: its own, its Python's, and the repository's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from punie_semantic.environment import Interpreter
from punie_semantic.regular_files import read_regular

MAX_FILES = 5000
_OWN = Path(__file__).parent
# What is hidden in a home folder because its name begins with a dot, and may be seen all the same.
_PYTHONS = (
    ".venv",
    ".pyenv",
    ".conda",
    ".rye",
    ".asdf",
    ".mise",
    ".venvs",
    ".virtualenvs",
    ".nix-profile",
    ".linuxbrew",
)
_SECRET = re.compile(
    r"(^|_)(API_?KEY|\w*KEY|TOKEN|\w*TOKEN|SECRETS?|PASS|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|CREDENTIALS?|COOKIE|PAT|AUTH)"
    r"(_|$)|SECRET|PASSWORD|PASSWD|CREDENTIAL|SSH_AUTH_SOCK|_AUTH$",
    re.IGNORECASE,
)
_PARTS = (
    *((".cargo", "bin"), (".local", "bin"), (".local", "lib"), (".local", "pipx"), (".cache", "uv")),
    *((".cache", "pypoetry"), (".cache", "pre-commit"), (".poetry", "bin")),
    *((".local", "share", name) for name in ("uv", "pipx", "virtualenvs", "hatch", "rye", "mise", "pdm", "pypoetry")),
)


def needed_by_python(interpreter: Interpreter) -> list[Path]:
    """A Python environment, the one that it is based on, and what is installed in it by reference."""
    prefix = interpreter.sys_prefix
    found = [prefix, *_environment(prefix), *_linked(interpreter.executable)]
    for folder in prefix.glob("lib*/python*/site-packages"):
        found += _paths_of(folder)
        found += _editable(folder)
    return [_OWN, *found]


def needed_by_program(program: Path, environ: Mapping[str, str]) -> list[Path]:
    """A program's folder, where it really is, and the other folders with programs."""
    real = program.resolve()
    found = [Path(name) for name in environ.get("PATH", "").split(os.pathsep) if name.startswith("/")]
    for file in (program, real):
        found += [file.parent, *_environment(file.parent.parent)]
    if program.parent.name == "shims":  # pyenv's, which are scripts of its own
        found.append(program.parent.parent)
    return found


def repository_of(root: Path) -> tuple[list[Path], list[Path]]:
    """git's folder, if it is in the workspace; and what can only be read: that of a folder above, or of a worktree."""
    own = root / ".git"
    if own.is_dir() and not own.is_symlink():
        return [own], []
    place = next((parent / ".git" for parent in (root, *root.parents) if (parent / ".git").exists()), None)
    if place is None or place.is_symlink():
        return [], []
    if place.is_dir():
        return [], [place] if place else []
    try:
        text = _text(place)
        folder = (place.parent / text.removeprefix("gitdir:").strip()).resolve()
        common = folder / "commondir"
        main = (folder / _text(common).strip()).resolve() if common.is_file() else folder
    except OSError:
        return [], [place]
    return [], [place, *(path for path in (folder, main) if path.name == ".git" or ".git" in path.parts)]


def homes() -> list[Path]:
    """The folders whose private parts stay hidden."""
    named = os.environ.get("HOME", "")
    found = [Path(named).resolve()] if named.startswith("/") else []
    found += [Path("/root"), *(path for path in Path("/home").glob("*") if path.is_dir())]
    return [path for path in dict.fromkeys(found) if path != path.parent]


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables but for those that are named like keys, tokens and passwords."""
    return {name: value for name, value in environ.items() if not _SECRET.search(name)}


def exposable(path: Path, homes: Iterable[Path]) -> bool:
    """Whether a path may be shown. A project's own environment can name any, so what is private at home stays so."""
    real = path.resolve()
    return all(_is_public(place, home) for home in homes for place in (path, real))


def _is_public(path: Path, home: Path) -> bool:
    if home.is_relative_to(path):
        return False
    if not path.is_relative_to(home):
        return True
    parts = path.relative_to(home).parts
    hidden = parts[0].startswith(".") and parts[0] not in _PYTHONS
    return not hidden or any(parts[: len(known)] == known for known in _PARTS)


def _environment(prefix: Path) -> list[Path]:
    """A virtual environment with its base; nothing when it is none."""
    try:
        lines = _text(prefix / "pyvenv.cfg").splitlines()
    except OSError:
        return []
    homes = [value.strip() for key, _, value in (line.partition("=") for line in lines) if key.strip() == "home"]
    return [prefix, *(Path(home).parent for home in homes if home), *_linked(prefix / "bin" / "python")]


def _text(path: Path) -> str:
    return read_regular(path).decode(errors="replace")


def _linked(executable: Path) -> list[Path]:
    """The installation that a link leads to."""
    real = executable.resolve()
    return [real.parent.parent] if real.parent.name == "bin" and real.is_file() else []


def _paths_of(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.glob("*.pth"))[:MAX_FILES]:
        try:
            lines = _text(file).splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("/"):
                yield Path(line.strip())


def _editable(folder: Path) -> Iterator[Path]:
    """Projects that are installed in place say so in direct_url.json."""
    for file in sorted(folder.glob("*.dist-info/direct_url.json"))[:MAX_FILES]:
        try:
            said = msgspec.json.decode(read_regular(file))
        except (OSError, msgspec.DecodeError):
            continue
        url = said.get("url", "") if isinstance(said, dict) else ""
        if isinstance(url, str) and url.startswith("file:///") and "dir_info" in said:
            yield Path(unquote(urlsplit(url).path))
