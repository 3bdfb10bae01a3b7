"""The projects that the relay is measured on: a real package, and one with enough names for the largest answers."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGE = "rich"
MODULES = 46
FUNCTIONS = 500

# What a modern editor says; ty's answers to it are the ones captured.
CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {
        "configuration": True,
        "applyEdit": True,
        "diagnostics": {"refreshSupport": True},
        "workspaceEdit": {"documentChanges": True},
        "symbol": {"symbolKind": {"valueSet": list(range(1, 27))}},
    },
    "textDocument": {
        "synchronization": {"didSave": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "diagnostic": {},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "completion": {
            "completionItem": {"documentationFormat": ["markdown", "plaintext"], "labelDetailsSupport": True},
        },
        "semanticTokens": {
            "requests": {"full": True},
            "tokenTypes": ["namespace", "class", "parameter", "variable", "property", "function", "method", "keyword"],
            "tokenModifiers": ["declaration", "definition", "readonly", "async"],
            "formats": ["relative"],
        },
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
        },
    },
}


def copy_package(target: Path) -> Path:
    """A copy of a real package, with an environment of its own; gives the project's root."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec
    assert spec.origin
    shutil.copytree(Path(spec.origin).parent, target / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    # Without one, each server would find another environment and index other packages.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(target / ".venv")], check=True)
    return target


def add_names(root: Path) -> Path:
    """Add modules with very many functions that all call one; gives the module of that one."""
    folder = root / "generated"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    called = folder / "called.py"
    called.write_text("def called(value: int) -> int:\n    return value\n", encoding="utf-8")
    for number in range(MODULES):
        functions = (
            f"def test_of_the_case_{number:02}_{i:03}(value: int) -> int:\n    return called(value)\n\n\n"
            for i in range(FUNCTIONS)
        )
        text = "from generated.called import called\n\n\n" + "".join(functions)
        (folder / f"test_names_{number:02}.py").write_text(text, encoding="utf-8")
    return called
