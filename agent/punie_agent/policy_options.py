"""Options and words that make a known program run something else, read its orders elsewhere, or write where it likes.

A list of what is dangerous is never complete. It only narrows rules that end in a star; what keeps a program in is the
sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from punie_semantic.command_kinds import program_name

_ANY = (
    *("--config", "--config-file", "--eval", "--exec", "--execute", "--plugin", "--plugins", "--rcfile", "--init-file"),
    *(
        "--require",
        "--load",
        "--load-extension",
        "--to-command",
        "--use-compress-program",
        "--checkpoint-action",
        "--rsh",
    ),
    *("--output", "--output-file", "--script", "--command", "--interpreter", "--preprocessor", "--pager", "--editor"),
    *("--ssh-command", "--shell", "--hook", "--pre"),
)
_LONG: Mapping[str, tuple[str, ...]] = {
    "git": (
        *("--exec-path", "--git-dir", "--work-tree", "--config-env", "--namespace", "--super-prefix", "--ext-diff"),
        *("--textconv", "--open-files-in-pager", "--upload-pack", "--receive-pack", "--template", "--extcmd", "--tool"),
        *(
            "--separate-git-dir",
            "--reference",
            "--strategy",
            "--gpg-sign",
            "--signoff-by",
            "--contents",
            "--pathspec-from",
        ),
    ),
    "pytest": (
        *("--rootdir", "--override-ini", "--confcutdir", "--basetemp", "--pdbcls", "--import-mode", "--pyargs"),
        *("--junitxml", "--junit-xml", "--log-file", "--debug", "--pastebin", "--cache-clear", "--inifile"),
    ),
    "make": ("--file", "--makefile", "--directory", "--include-dir", "--environment-overrides"),
    "ruff": ("--cache-dir", "--stdin-filename", "--extension"),
    "pip": (
        "--target",
        "--prefix",
        "--root",
        "--index-url",
        "--extra-index-url",
        "--find-links",
        "--trusted-host",
        "--python",
    ),
    "uv": (
        "--index",
        "--index-url",
        "--default-index",
        "--extra-index-url",
        "--find-links",
        "--directory",
        "--project",
    ),
}
_SHORT: Mapping[str, str] = {
    "git": "cCOxu",
    "pytest": "pco",
    "make": "fCEIo",
    "pip": "itrecf",
    "uv": "ifr",
    "ruff": "o",
}
_ASSIGNS = frozenset({"make", "gmake"})
_ASSIGNMENT = re.compile(r"\w+\s*[:?+!]{0,3}=")
_SUBCOMMANDS: Mapping[str, frozenset[str]] = {
    "git": frozenset({"config", "bisect", "submodule", "difftool", "mergetool"})
}
# Of git's commands that only look: what changes how they show it.
_LOOKING = frozenset({"status", "diff", "log", "show", "branch", "shortlog", "blame"})
_HARMLESS = re.compile(
    r"-(?:s|b|p|w|v|vv|z|n\d*|\d+|sb|uno|uall)|--(?:short|branch|stat|shortstat|numstat|summary|oneline|graph|decorate|all|"
    r"name-only|name-status|cached|staged|porcelain(?:=v[12])?|patch|raw|no-color|follow|reverse|merges|no-merges|"
    r"first-parent|verbose|show-stash|ignored|untracked-files(?:=\w+)?|max-count=\d+|unified=\d+|date=[\w-]+|"
    r"since=[\w .-]+)"
)


def redirects(argv: Sequence[str], start: int) -> bool:
    """Whether an argument from number `start` on makes the program do something else than its name says."""
    name = program_name(argv[0])
    if name == "gmake":
        name = "make"
    words = argv[max(start, 1) :]
    if _SUBCOMMANDS.get(name, frozenset()) & set(words):
        return True
    return any(_is_dangerous(name, word) for word in words)


def _is_dangerous(name: str, word: str) -> bool:
    if name in _ASSIGNS and _ASSIGNMENT.match(word):
        return True
    if word.startswith("--"):
        given = word.partition("=")[0]
        known = (*_ANY, *_LONG.get(name, ()))
        # Programs take the beginning of an option for the whole.
        return given in known or (len(given) > 3 and any(option.startswith(given) for option in known))
    if not word.startswith("-"):
        return False
    return bool(set(word[1:].partition("=")[0]) & set(_SHORT.get(name, "")))


def is_harmless(argv: Sequence[str], word: str) -> bool:
    """Whether an option only changes how git shows what it looks at."""
    return len(argv) > 1 and argv[0] == "git" and argv[1] in _LOOKING and _HARMLESS.fullmatch(word) is not None
