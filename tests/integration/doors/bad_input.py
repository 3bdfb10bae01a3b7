"""Calls that cannot work, for every tool, and what is asked of their outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.workspace import Workspace
from tests.integration.doors.conftest import plain
from tests.integration.doors.examples import EXAMPLES, PROJECT

BROKEN: dict[str, str | bytes] = PROJECT | {
    "shop/binary.py": b"VAT = \0\nprice = 1\n",
    "shop/big.py": b"VAT = 20\nprice = 1\n" + b"#" * (6 << 20),
    "shop/gone.py": "VAT = 20\nprice = 1\n",
    "shop/locked.py": "import os\n\n\nVAT = 20\n\n\ndef price( ):\n  return  1\n",
    "shop/emoji.py": "s = '📚書'; t = len(s)\n",
    "shop/twins.py": "def twin(): ...\n",
    "shop/other.py": "def twin(): ...\n",
}
OUTSIDE = ("../x.py", "/etc/hosts", "link.py", "link/x.py", "SHOP/../../x.py", "shop\0.py")
ABSENT = ("shop/none.py", "SHOP/prices.py", "shop/gone.py")
UNREADABLE = ("shop/binary.py", "shop/big.py")
FOLDER = ("shop",)

_FOLDERS_TOO = frozenset(
    {"rename_file", "ruff_format", "search_text", "list_files", "find_symbol", "typecheck", "ruff_check"}
    | {"pytest_run", "pytest_collect", "git_status", "git_diff", "git_log", "run_command"}
    | {"dependency_graph"}  # the name of a package
    | {"insert_at_symbol", "replace_symbol"}  # the folder that the name is looked for in
)
_NEW_FILES = frozenset({"write_file"})
_NAMES_ONLY = frozenset({"list_files", "import_path_of", "git_status", "git_diff", "git_log", "dependency_graph"})
_BY_PLACE = {"line": 1, "column": 1}


def with_path(name: str, path: str) -> Mapping[str, Any] | None:
    """The tool's arguments for a path; None for a tool that takes none."""
    given = EXAMPLES[name].arguments
    match name:
        case "hover_many":
            return {"positions": [(path, 1, 1)]}
        case "dependency_graph":
            return {"module": path}
        case "run_command":
            return {**given, "cwd": path}
        case "lsp_query":
            return {"operation": "hover", "path": path, **_BY_PLACE}
        case "edit_file":
            return {**given, "path": path, "old": "VAT = 20"}
    parameters = TOOLS[name].signature.parameters
    if "path" not in parameters:
        return None
    if "symbol" in parameters and "line" in parameters:
        return {**({"new_name": "fresh"} if name == "rename_symbol" else {}), "path": path, **_BY_PLACE}
    return {**given, "path": path}


def bad_paths(name: str) -> tuple[str, ...]:
    """The paths that a tool has to refuse, or to say that it has no answer for."""
    found = OUTSIDE
    found += () if name in _NEW_FILES else ABSENT
    found += () if name in _NAMES_ONLY | {"run_command"} else UNREADABLE
    found += () if name in _FOLDERS_TOO else FOLDER
    if TOOLS[name].kind == "edit":
        found += ("shop/locked.py",)
    return found


def bad_places(name: str) -> Iterator[Mapping[str, Any]]:
    """Calls with lines and columns that are not in the file."""
    parameters = TOOLS[name].signature.parameters
    if name == "hover_many":
        for line, column in ((0, 1), (-1, 1), (1, -1), (1, 0), (1, 10**9), (10**9, 1), (1, 24)):
            yield {"positions": [("shop/emoji.py", line, column)]}
        return
    lines = [n for n in ("line", "start_line") if n in parameters]
    if not lines or (base := with_path(name, "shop/emoji.py")) is None:
        return
    for bad in (-1, 10**9):
        yield {**base, lines[0]: bad, **({"end_line": bad} if "end_line" in parameters and bad > 0 else {})}
    if name != "format_code":  # there it means the whole file
        yield {**base, lines[0]: 0}
    for column in (n for n in ("column", "start_column", "end_column") if n in parameters):
        for bad in (-1, 10**9, 24):  # the line has 21 characters, 23 UTF-16 units and 27 bytes
            yield {**base, lines[0]: 1, column: bad}


def bad_symbols(name: str) -> Iterator[Mapping[str, Any]]:
    """Calls with a name that nothing has, that two have, and that is none."""
    given = {k: v for k, v in EXAMPLES[name].arguments.items() if k not in ("path", "line", "column")}
    parameters = TOOLS[name].signature.parameters
    if name == "references_many":
        yield from ({"symbols": [symbol]} for symbol in ("no_such_name", "twin", ""))
    elif name == "import_path_of":
        yield {"path": "shop/cart.py", "symbol": "no_such_name"}
    elif "symbol" in parameters:
        more = {"operation": "definition"} if name == "lsp_query" else {}
        yield from ({**given, **more, "symbol": symbol} for symbol in ("no_such_name", "twin", "", " "))


async def outcome(workspace: Workspace, name: str, arguments: Mapping[str, Any]) -> str:
    """What is wrong with what came of a call that cannot work; empty when it is as it should be."""
    start = workspace.overlay.state
    shown = f"{name}({', '.join(f'{k}={v!r}' for k, v in arguments.items())})"
    try:
        result = await TOOLS[name].call(workspace, **arguments)
    except SemanticError as error:
        bad = "" if len(str(error)) > 20 else f"{shown} says no more than {str(error)!r}"
    except Exception as error:
        bad = f"{shown} raised {error!r}"
    else:
        bad = "" if says_why(plain(result)) else f"{shown} gave {plain(result)}"
    changed = workspace.overlay.state != start
    return bad or (f"{shown} changed the overlay" if changed else "")


def says_why(result: Any) -> bool:
    """Whether a result says that it is no answer, and why."""
    state, told = result.get("state", "unknown"), result.get("reason") or result.get("note")
    return state == "errors" or (state in ("unknown", "partial") and bool(told))
