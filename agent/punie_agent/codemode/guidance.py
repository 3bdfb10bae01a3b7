"""What programs cannot do, each in a sentence with the way out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

NO_FILES = "Programs have no file system: use read_file(path).text, list_files() and write_file(path, text)"
NO_INHERITANCE = (
    "Classes cannot inherit here (no exceptions of your own, Enum, TypedDict or NamedTuple): "
    "raise RuntimeError or ValueError with a message, and use a dataclass, a dict or a constant"
)
NO_YIELD = "`yield` is not available here: collect the items in a list and return it"
NO_DESCRIPTORS = "@property, @classmethod and @staticmethod are not available here: write a method or a function"
NO_CALLBACK = (
    "A tool cannot be called inside a function that sorted(), min(), max(), list.sort(), groupby() or a defaultdict "
    "calls: call the tools first, in a comprehension, and use the results"
)
RUN_A_PROGRAM = "Programs start no other programs themselves: use run_command([...]) or pytest_run()"

NAMES = {
    "open": NO_FILES,
    "input": "Nobody can be asked from a program: end it, and ask in your answer",
    "exit": "A program ends with its last line: put the rest into an `if` or a function that returns",
    "quit": "A program ends with its last line: put the rest into an `if` or a function that returns",
    "compile": "Use exec() or eval()",
    "callable": "It is not available here: compare the value with what you expect, or use hasattr()",
    "issubclass": "It is not available here: use isinstance()",
    "globals": "It is not available here: keep values in a dict of your own",
    "locals": "It is not available here: keep values in a dict of your own",
    "vars": "It is not available here: name the attributes",
    "dir": "It is not available here: tool_help(name) shows what a tool returns",
    "help": "Use tool_help(name)",
    "__import__": "Use an import statement",
    "staticmethod": NO_DESCRIPTORS,
    "classmethod": NO_DESCRIPTORS,
    "property": NO_DESCRIPTORS,
    "super": NO_INHERITANCE,
    "bytearray": "It is not available here: use bytes or a list",
    "memoryview": "It is not available here: use bytes",
    "breakpoint": "It is not available here: use print()",
}

MODULES = {
    "ast": "Use document_symbols(path), find_symbol(name) and find_references(...) instead of parsing",
    "tokenize": "Use document_symbols(path), find_symbol(name) and search_text(pattern) instead of parsing",
    "inspect": "Use hover(path, line, column), signature_help(...) and document_symbols(path)",
    "importlib": "The project's code cannot be imported: use the tools to read it, and pytest_run() to run it",
    "subprocess": RUN_A_PROGRAM,
    "multiprocessing": RUN_A_PROGRAM,
    "shutil": NO_FILES + "; rename_file(path, new_path) and delete_file(path)",
    "tempfile": NO_FILES,
    "glob": "Use list_files(glob)",
    "io": "Join strings in a list instead of writing to io.StringIO",
    "enum": "Use constants or Literal types",
    "abc": NO_INHERITANCE,
    "logging": "Use print()",
    "warnings": "Use print()",
    "traceback": "Use str(error)",
    "threading": "Use await asyncio.gather(...) to call tools at the same time",
    "concurrent": "Use await asyncio.gather(...) to call tools at the same time",
    "pytest": "Use pytest_run()",
    "unittest": "Use pytest_run()",
    "urllib": "Programs have no network",
    "http": "Programs have no network",
    "socket": "Programs have no network",
    "requests": "Programs have no network",
    "httpx": "Programs have no network",
    "libcst": "Use replace_symbol(), rename_symbol() and the refactoring tools",
    "git": "Use git_status(), git_diff() and git_log()",
    "pickle": "Use json",
    "uuid": "Use random or a counter",
    "csv": "Split the lines yourself",
}

RAISED = (
    ("cannot suspend in this synchronous context", NO_CALLBACK),
    ("class inheritance and metaclasses", NO_INHERITANCE),
    ("class bodies containing anything other than", "A class holds methods and simple values only: move the rest out"),
    ("yield expressions", NO_YIELD),
    ("method decorators", NO_DESCRIPTORS),
    ("the 'del' statement", "`del` works on items and names only: give an attribute another value instead"),
    ("Wildcard imports", "Import the names that you use, each by itself"),
    ("async comprehensions", "Write a loop, or await asyncio.gather(*[...])"),
    ("async context managers", "Use await asyncio.gather(...)"),
    ("exception groups", "Use except without the star"),
    ("type aliases", "Leave the alias out"),
    ("gather() does not yet support keyword arguments", "Catch exceptions in the coroutines themselves"),
    ("callable replacement is not yet supported in re.sub", "Loop over re.finditer() and join the pieces"),
    ("is not supported in this environment", "Programs see nothing of the machine: use the tools"),
    ("is not an iterator", "Wrap it in iter(...)"),
    ("has no len()", "Classes cannot define __len__ here: write a method"),
)

_DECORATORS = {"property", "classmethod", "staticmethod"}


def refusals(tree: ast.Module) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """What a program has that cannot run, found before anything runs."""
    for node in ast.walk(tree):
        match node:
            case ast.Yield() | ast.YieldFrom():
                yield node, NO_YIELD
            case ast.ClassDef(bases=bases, keywords=keywords) if bases or keywords:
                yield node, NO_INHERITANCE
            case ast.FunctionDef(decorator_list=[ast.Name(id=name), *_]) if name in _DECORATORS:
                yield node, NO_DESCRIPTORS
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                yield node, "`import *` is not available here: import the names that you use, each by itself"
            case ast.AsyncWith() | ast.AsyncFor():
                yield node, "`async with` and `async for` are not available here: use await asyncio.gather(...)"
            case ast.Delete() if any(isinstance(target, ast.Attribute) for target in node.targets):
                yield node, "`del` works on items and names only: give the attribute another value instead"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="sys"), attr="exit")):
                yield node, NAMES["exit"]
            case ast.Raise(exc=ast.Name(id="SystemExit") | ast.Call(func=ast.Name(id="SystemExit"))):
                yield node, NAMES["exit"]
