"""Code lenses on tests: run them, and fix those that failed. From the text alone."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer

TEST_FILES = ("test_*.py", "*_test.py")
MAX_CHARACTERS = 1_000_000
_DEFINITION = re.compile(r"^(?P<indent>[ \t]*)(?:(?:async[ \t]+)?def|class)[ \t]+(?P<name>[Tt]est\w*)")


@dataclass(frozen=True)
class Test:
    """A test, or a class of tests: its name within the file, as pytest writes it, and its line from 0."""

    __test__ = False

    name: str
    line: int
    whole: bool = False


async def lenses(server: PunieServer, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses of a test file; none elsewhere."""
    uri = params.text_document.uri
    path, document = path_of(uri), server.documents.get(uri)
    if path is None or document is None or not is_test_file(path.name) or server.projects.refusal(path):
        return []
    project = server.projects.of(path)
    file = path.relative_to(project.folder).as_posix()
    found = await asyncio.to_thread(find_tests, document.text)
    failing = server.tests.failing(project)
    if not found:
        return []
    made = [_lens(0, "▶ Run all tests", "punie.runTests", {"uri": uri})]
    for test in found:
        test_id = f"{file}::{test.name}"
        title = "▶ Run tests" if test.whole else "▶ Run test"
        made.append(_lens(test.line, title, "punie.runTests", {"uri": uri, "testId": test_id}))
        if not test.whole and (failed := _failed(test_id, failing)):
            arguments = {"uri": uri, "testId": failed, "message": failing[failed]}
            made.append(_lens(test.line, "Fix", "punie.fix", arguments))
    return made


def is_test_file(name: str) -> bool:
    """Whether pytest looks for tests in a file of that name, as it does by default."""
    return any(fnmatchcase(name, pattern) for pattern in TEST_FILES)


def _failed(test_id: str, failing: dict[str, str]) -> str:
    """The failing test of that id, or the first one of its parameters."""
    return next((known for known in failing if known == test_id or known.startswith(f"{test_id}[")), "")


def find_tests(text: str) -> list[Test]:
    """The tests of a text, in order; by its lines alone while it does not parse."""
    if len(text) > MAX_CHARACTERS:
        return []
    try:
        return list(_of_tree(ast.parse(text).body, ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return list(_of_lines(text))


def _of_tree(body: list[ast.stmt], prefix: str) -> Iterator[Test]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test"):
                yield Test(prefix + name, node.lineno - 1)
            case ast.ClassDef(name=name) if name.startswith("Test"):
                inner = list(_of_tree(node.body, f"{prefix}{name}::"))
                if inner:
                    yield Test(prefix + name, node.lineno - 1, whole=True)
                    yield from inner
            case _:
                pass


def _of_lines(text: str) -> Iterator[Test]:
    owner = ""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text)):
        match = _DEFINITION.match(line)
        if match is None:
            continue
        name = match["name"]
        if not match["indent"]:
            owner = f"{name}::" if name.startswith("Test") else ""
            yield Test(name, number, whole=bool(owner))
        elif owner and name.startswith("test"):
            yield Test(owner + name, number)


def _lens(line: int, title: str, command: str, arguments: dict[str, str]) -> types.CodeLens:
    at = types.Position(line=line, character=0)
    return types.CodeLens(
        range=types.Range(start=at, end=at),
        command=types.Command(title=title, command=command, arguments=[arguments]),
    )
