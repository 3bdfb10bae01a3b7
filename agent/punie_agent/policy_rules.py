"""Rules of the policy, such as `command: make docs`: how they are written, and what they match.

A rule that allows matches as little as it can, one that denies as much as it can. See docs/permissions.md.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal, get_args

from punie_agent.policy_options import is_harmless, redirects
from punie_semantic.command_kinds import INTERPRETERS, SHELLS, WRAPPERS, inner_commands, kinds, program_name
from punie_semantic.permissions import Kind, Request

Matching = Literal["all", "words", "paths"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_MCP_WORDS = 2
RUNNING: frozenset[Kind] = frozenset({"command", "network", "packages", "outside"})
_RULE = re.compile(r"\s*(?P<kind>[\w-]+)(?:\s+in\s+(?P<folder>[^:]+?))?\s*(?::(?P<pattern>.*))?", re.DOTALL)
_PLAIN = re.compile(r"-{0,2}\w[\w-]*")
_RUNNERS = frozenset({"run", "exec", "x", "dlx", "tool", "shell", "start", "test"})
# Their subcommands are known, so that a star can stand for what comes after one.
_PACKAGERS = frozenset(
    {"uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi", "conda", "mamba", "npm", "pnpm", "yarn"}
)


class RuleError(ValueError):
    """A rule that cannot be read; `kind` is what it is about, if that is known."""

    def __init__(self, message: str, kind: Kind | None = None) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Rule:
    """A rule. `words` is the pattern of a command, `path` that of files; one with neither is about all of its kind."""

    text: str
    kind: Kind
    words: tuple[str, ...] = ()
    path: str = ""
    folder: str = "."

    def allows(self, request: Request) -> bool:
        """Whether it allows what it is about of the request: the program, or the paths."""
        if self.kind in ("edit", "outside"):
            return bool(request.paths) and all(_path_matches(self.path, path) for path in request.paths)
        if self.kind == "tests":
            return request.kind == "tests"
        if self.kind == "mcp":
            return request.kind == "mcp" and _mcp_matches(self.words, request.argv)
        if not _folder_matches(self.folder, request.folder):
            return False
        named = bool(self.words) and "/" in self.words[0]
        if request.own_program and not request.trusted and not named:
            return False
        return _allowed_words(self.words or ("**",), request.argv)

    def denies(self, request: Request) -> bool:
        """Whether it denies the request, also when that only contains what it is about."""
        if self.kind == "edit":
            return request.kind == "edit" and self._denies_paths(request)
        if self.kind == "mcp" or request.kind == "mcp":
            return self.kind == request.kind and _mcp_matches(self.words, request.argv, loosely=True)
        if request.kind == "edit":
            return False
        if self.kind == "outside":
            return bool(request.paths) and self._denies_paths(request)
        if self.kind not in {request.kind, *(kinds(request.argv) if request.argv else ())}:
            return False
        return not self.words or any(_denied_words(self.words, command) for command in inner_commands(request.argv))

    def _denies_paths(self, request: Request) -> bool:
        return not self.path or any(_path_matches(self.path, path, loosely=True) for path in request.paths)


def parse(text: str) -> Rule:
    """A rule. Raises RuleError."""
    match = _RULE.fullmatch(text)
    kind = next((known for known in KINDS if match and match["kind"] == known), None)
    if match is None or kind is None:
        near = difflib.get_close_matches(match["kind"], KINDS, n=1) if match else []
        hint = f"do you mean {near[0]!r}?" if near else f"rules begin with {', '.join(KINDS)}."
        raise RuleError(f"{text!r} is no rule; {hint}")
    pattern, folder = match["pattern"], match["folder"]
    if folder is not None and kind not in ("command", "network", "packages"):
        raise RuleError(f"{text!r} is no rule; only commands run in a folder.", kind)
    if pattern is None:
        return Rule(text, kind, folder=folder or ".")
    if kind == "tests":
        raise RuleError(f"{text!r} is no rule; tests are allowed or denied as a whole: write tests.", kind)
    if kind in ("edit", "outside"):
        if not pattern.strip():
            raise RuleError(f"{text!r} is no rule; say which paths after the colon.", kind)
        return Rule(text, kind, path=pattern.strip())
    try:
        words = tuple(shlex.split(pattern))
    except ValueError as error:
        raise RuleError(f"{text!r} is no rule; {str(error).lower()}.", kind) from error
    if not words:
        what = "server" if kind == "mcp" else "command"
        raise RuleError(f"{text!r} is no rule; say which {what} after the colon.", kind)
    if kind == "mcp" and len(words) > MOST_MCP_WORDS:
        raise RuleError(f"{text!r} is no rule; write mcp: SERVER, or mcp: SERVER TOOL.", kind)
    return Rule(text, kind, words=words, folder=(folder or ".").strip())


def _mcp_matches(words: Sequence[str], names: Sequence[str], *, loosely: bool = False) -> bool:
    """A server, or a server and a tool; stars as in file names. A server alone is all its tools."""
    if loosely:
        words, names = [word.lower() for word in words], [name.lower() for name in names]
    return all(fnmatchcase(name, word) for word, name in zip(words, names, strict=False))


def _folder_matches(pattern: str, folder: str) -> bool:
    return folder == pattern or (pattern != "." and _path_matches(f"/{pattern}", folder))


def _allowed_words(pattern: Sequence[str], argv: Sequence[str]) -> bool:
    """Element by element. What may come after the last word is decided for each further argument."""
    fixed, rest = _tail(pattern)
    if len(argv) < len(fixed) or (not rest and len(argv) != len(fixed)):
        return False
    if fixed and not all(_word_matches(*pair) for pair in zip(fixed, argv, strict=False)):
        return False
    wild = next((n for n, word in enumerate(fixed) if _is_wild(word)), len(fixed))
    if (rest or wild < len(fixed)) and not _may_be_wild(argv, wild):
        return False
    if (rest or wild < len(fixed)) and redirects(argv, wild):
        return False
    return rest == "**" or all(_is_plain(word) or is_harmless(argv, word) for word in argv[len(fixed) :])


def _tail(pattern: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The words that must be there, and `*` or `**` for what may come after them. `status*` is `status *`."""
    *head, last = pattern
    if last in ("*", "**"):
        return tuple(head), last
    stem = last.rstrip("*")
    stars = last[len(stem) :]
    if stars in ("*", "**") and _PLAIN.fullmatch(stem):
        return (*head, stem), stars
    return tuple(pattern), ""


def _word_matches(pattern: str, word: str) -> bool:
    if not _is_wild(pattern):
        return pattern == word
    if not _is_plain(word) and not pattern.startswith(word[:1]):
        return False
    return pattern.count("/") == word.count("/") and fnmatchcase(word, pattern)


def _is_wild(pattern: str) -> bool:
    return any(c in pattern for c in "*?[")


def _is_plain(word: str) -> bool:
    """What a star may stand for: no option, no file of options, and nothing that leads upwards."""
    return not word.startswith(("-", "+", "@")) and ".." not in re.split(r"[/\\=]", word)


def _may_be_wild(argv: Sequence[str], wild: int) -> bool:
    """Whether a star may stand for the words from number `wild` on.

    A shell or an interpreter does whatever it is told, so that its script has to be named; and what only starts
    another program has to be named to the end.
    """
    name = program_name(argv[0])
    if name in SHELLS | INTERPRETERS:
        scripts = [n for n, word in enumerate(argv) if n and not word.startswith("-")]
        return wild > 0 and bool(scripts) and scripts[0] < wild
    if name in _PACKAGERS:
        return not _RUNNERS & set(argv)
    return name not in WRAPPERS and "=" not in argv[0]


def _denied_words(pattern: Sequence[str], argv: Sequence[str]) -> bool:
    """The program by its name, and the words in this order, whatever is between and after them."""
    if not fnmatchcase(program_name(argv[0]), program_name(pattern[0])):
        return False
    wanted = [word.lower() for word in pattern[1:] if word not in ("*", "**")]
    words = iter(word.lower() for word in argv[1:])
    return all(any(fnmatchcase(word, want) for word in words) for want in wanted)


def _path_matches(pattern: str, path: str, *, loosely: bool = False) -> bool:
    """As in git's ignore files: a pattern without a slash is about names, `**` any folders, `x/` all that is in x."""
    if ".." in path.split("/"):
        return False
    if loosely:
        pattern, path = pattern.lower(), path.lower()
    return pattern == "" or _expression(pattern).fullmatch(path.removeprefix("./").lstrip("/")) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    plain = pattern.removeprefix("./").lstrip("/")
    body = plain + "**" if plain.endswith("/") else plain
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", body)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile(start + "".join(known.get(part, re.escape(part)) for part in parts), re.DOTALL)
