"""What a command is about, as far as its words tell: packages, the network, paths outside the workspace.

This decides which question is asked, and which rules can deny it. It sees through wrappers such as `env` and into the
words of a shell's script, but no program can be known by its words: what keeps a command in is the sandbox.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from punie_semantic.permissions import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHELLS = _words("sh bash dash ash zsh fish ksh mksh csh tcsh rbash pwsh powershell cmd")
INTERPRETERS = _words(
    "python pythonw pypy ipython perl ruby irb node nodejs deno bun php lua luajit awk gawk mawk nawk sed "
    "tclsh wish expect osascript r rscript julia guile scheme racket sbcl clisp ghci runghc jshell java groovy "
    "scala elixir erl gdb lldb vi vim nvim ex ed emacs emacsclient sqlite3 psql mysql ipdb pdb"
)
WRAPPERS = _words(
    "env sudo doas su runuser nice ionice chrt taskset nohup timeout xargs parallel stdbuf unbuffer setsid "
    "time gtime command exec builtin eval busybox toybox chroot unshare nsenter strace ltrace perf watch "
    "script flock fakeroot proot bwrap firejail entr find fd uv poetry pipenv pdm hatch rye pixi conda mamba "
    "micromamba coverage pipx uvx npx pnpx bunx npm pnpm yarn docker podman systemd-run direnv dotenv tox nox"
)
# `uv run` brings the environment up to date before it runs anything.
PACKAGES: Mapping[str, frozenset[str]] = {
    "pip": _words("install uninstall download wheel"),
    "uv": _words("add remove sync lock pip tool run self python init"),
    "poetry": _words("install add remove update lock self sync"),
    "pipenv": _words("install uninstall update upgrade sync lock clean"),
    "pdm": _words("add install remove update sync lock self"),
    "hatch": _words("env dep run shell test"),
    "rye": _words("add remove sync lock install uninstall tools fetch"),
    "pixi": _words("add remove install update global lock"),
    "conda": _words("install remove uninstall update upgrade create env"),
    "mamba": _words("install remove uninstall update upgrade create env"),
    "micromamba": _words("install remove uninstall update upgrade create env"),
    "npm": _words("install i ci add remove rm uninstall update upgrade exec link"),
    "pnpm": _words("install i add remove rm uninstall update up dlx import"),
    "yarn": _words("install add remove upgrade up dlx"),
    "bun": _words("install i add remove update x"),
    "gem": _words("install uninstall update"),
    "cargo": _words("install uninstall add remove update"),
    "go": _words("get install mod"),
    "setup.py": _words("install develop easy_install"),
}
_ALWAYS_PACKAGES = _words(
    "apt apt-get aptitude dpkg yum dnf rpm zypper pacman apk brew port snap flatpak pipx uvx npx pnpx bunx "
    "easy_install ensurepip"
)
NETWORK: Mapping[str, frozenset[str]] = {
    "git": _words("clone fetch pull push ls-remote remote submodule lfs svn send-email request-pull"),
    "uv": _words("publish build"),
    "poetry": _words("publish build"),
    "hatch": _words("publish build"),
    "npm": _words("publish login view audit"),
    "cargo": _words("publish build fetch"),
    "pip": _words("index search"),
}
_ALWAYS_NETWORK = _words(
    "curl wget aria2c ssh scp sftp ssh-copy-id mosh rsync rclone ftp lftp telnet nc ncat netcat socat ping dig "
    "nslookup host whois gh glab hub svn hg aws gcloud gsutil az kubectl helm docker podman twine http https "
    "httpie xh"
)
_SCRIPTS = SHELLS | _words("env eval su script watch parallel find xargs git")
_TESTS = _words("pytest py.test unittest tox nox nosetests")
_HARMLESS_PLACES = frozenset({"/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/zero"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SEPARATORS = re.compile(r"[;&|\n()`{}]|\$\(")
MAX_SEEN = 2000


def kinds(argv: Sequence[str]) -> frozenset[Kind]:
    """All kinds that a command is of. It is a `command` always; one that installs packages uses the network too."""
    found: set[Kind] = {"command"}
    for command in inner_commands(argv):
        name, words = program_name(command[0]), frozenset(command[1:])
        if name in _ALWAYS_PACKAGES or words & PACKAGES.get(name, frozenset()) or (name == "yarn" and not words):
            found |= {"packages", "network"}
        if name in _ALWAYS_NETWORK or words & NETWORK.get(name, frozenset()):
            found.add("network")
        if name in _TESTS:
            found.add("tests")
    return frozenset(found)


def kind_of(argv: Sequence[str], outside: Sequence[str]) -> Kind:
    """The kind that is asked about: the one that goes furthest."""
    found = kinds(argv)
    if "packages" in found:
        return "packages"
    if "network" in found:
        return "network"
    return "outside" if outside else "command"


def inner_commands(argv: Sequence[str]) -> list[tuple[str, ...]]:
    """The command, and all that it can be seen to run: behind wrappers, `python -m`, and in a shell's script."""
    found: dict[tuple[str, ...], None] = {}
    waiting = [tuple(argv)]
    while waiting and len(found) < MAX_SEEN:
        command = waiting.pop()
        if not command or command in found:
            continue
        found[command] = None
        waiting += _inside(command)
    return list(found)


def is_opaque(argv: Sequence[str]) -> bool:
    """Whether a shell or an interpreter runs, so that its words do not tell what is done."""
    return any(program_name(command[0]) in SHELLS | INTERPRETERS for command in inner_commands(argv))


def program_name(word: str) -> str:
    """A program's name without its folder, its version and `.exe`: `/usr/bin/python3.12` is `python`."""
    name = word.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    return re.sub(r"(?<=[a-z])[\d.]+$", "", name) or name


def _inside(command: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    name = program_name(command[0])
    if _ASSIGNMENT.match(command[0]):
        yield command[1:]
    if name in WRAPPERS | SHELLS:
        yield from (command[n:] for n in range(1, len(command)) if not command[n].startswith("-"))
    if name in SHELLS | INTERPRETERS:
        for number, word in enumerate(command[1:], 1):
            if word.startswith("-m") and name not in SHELLS:
                yield (word[2:], *command[number + 1 :]) if word[2:] else command[number + 1 :]
            elif program_name(word) in PACKAGES:  # setup.py
                yield command[number:]
    if name == "git":
        yield from (command[n + 1 :] for n, word in enumerate(command) if word in ("run", "foreach"))
    if name in _SCRIPTS:
        for word in command[1:]:
            yield from _script(word)


def _script(text: str) -> Iterator[tuple[str, ...]]:
    """The commands of a shell's script, roughly."""
    if not any(c.isspace() for c in text) and not _SEPARATORS.search(text):
        return
    for part in _SEPARATORS.split(text):
        try:
            words = shlex.split(part)
        except ValueError:
            words = re.findall(r"[^\s'\"]+", part)
        if words:
            yield tuple(words)


def outside_paths(argv: Sequence[str], folder: Path, root: Path) -> tuple[str, ...]:
    """Arguments that are paths outside the workspace, also through its symlinks; the program itself does not count."""
    found: dict[str, None] = {}
    for argument in argv[1:]:
        for text in _path_like(argument):
            try:
                place = (folder / Path(text).expanduser()).resolve()
            except (OSError, RuntimeError, ValueError):
                continue
            if not place.is_relative_to(root) and str(place) not in _HARMLESS_PLACES:
                found[str(place)] = None
    return tuple(found)


def _path_like(argument: str) -> Iterator[str]:
    """What of an argument can be a path: all of it, what is after `=`, and what is joined to a short option."""
    if len(argument) > 4096 or "\n" in argument or "://" in argument:
        return
    if not argument.startswith("-"):
        yield argument
    elif len(argument) > 2 and argument[1] != "-":
        yield argument[2:]
    if "=" in argument:
        yield argument.partition("=")[2]
