"""One working call of every tool, on one small project. Whoever adds a tool adds its call here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Example:
    """A call that works.

    Attributes:
        arguments: by name; a value of the type `Code` is an expression over the names in `before`.
        before: calls that come first, for tools that go on with what others gave: name, tool, arguments.
        shows: what the result must have in it, as text, so that an empty answer is no success.
        refused: why the command line does not do it; nobody can be asked there.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    shows: str = ""
    refused: str = ""


class Code(str):
    """An expression of a program."""

    __slots__ = ()


PROJECT: dict[str, str | bytes] = {
    ".gitignore": ".venv/\n",
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n[tool.ruff]\nlint.select = ["E", "F", "I"]\n',
    "shop/__init__.py": "",
    "shop/prices.py": "VAT = 20\n\n\ndef price(name: str) -> int:\n    return len(name) * VAT\n",
    "shop/cart.py": (
        "import sys\n"
        "import os\n"
        "\n"
        "from shop.prices import price\n"
        "\n"
        "\n"
        "class Cart:\n"
        "    def total(self, names: list[str]) -> int:\n"
        "        sums = [price(n) for n in names]\n"
        "        return sum(sums)\n"
        "\n"
        "\n"
        "class BigCart(Cart):\n"
        "    def total(self, names: list[str]) -> int:\n"
        "        return super().total(names) + 1\n"
        "\n"
        "\n"
        "def empty():\n"
        "    return Cart().total([])\n"
    ),
    "shop/odd.py": "import os\n\n\nx: int = 'one'\n\n\ndef f( ):\n  return  1\n",
    "tests/test_prices.py": "from shop.prices import price\n\n\ndef test_price():\n    assert price('ab') == 40\n",
}

_FIX = (("offer", "code_actions", {"path": "shop/odd.py", "line": 1, "code": "F401"}),)
_EDIT = (
    ("start", "checkpoint", {}),
    ("edit", "edit_file", {"path": "shop/prices.py", "old": "VAT = 20", "new": "VAT = 21"}),
)
_WRONG = (("edit", "edit_file", {"path": "shop/prices.py", "old": "len(name) * VAT", "new": "len(name) + VAT"}),)
_PLACE = {"path": "shop/cart.py", "line": 9, "column": 17}

EXAMPLES: dict[str, Example] = {
    "read_file": Example({"path": "shop/prices.py"}, shows="VAT = 20"),
    "edit_file": Example({"path": "shop/prices.py", "old": "VAT = 20", "new": "VAT = 21"}, shows="+VAT = 21"),
    "write_file": Example({"path": "shop/new.py", "text": "new = 1"}, shows="+new = 1"),
    "rename_file": Example({"path": "shop/prices.py", "new_path": "shop/costs.py"}, shows="+from shop.costs import"),
    "delete_file": Example({"path": "shop/prices.py"}, shows="Still imported by shop/cart.py"),
    "insert_at_symbol": Example(
        {"symbol": "Cart.total", "where": "body_start", "text": "x = 1"}, shows="+        x = 1"
    ),
    "replace_symbol": Example({"symbol": "VAT", "text": "VAT = 7"}, shows="+VAT = 7"),
    "rename_symbol": Example({"new_name": "cost", "symbol": "price"}, shows="+from shop.prices import cost"),
    "format_code": Example({"path": "shop/odd.py"}, shows="+def f():"),
    "ruff_format": Example({"path": "shop"}, shows="+def f():"),
    "organize_imports": Example({"path": "shop/cart.py"}, shows=" import sys\n-import os"),
    "add_import": Example(
        {"path": "shop/prices.py", "module": "pathlib", "name": "Path"}, shows="+from pathlib import"
    ),
    "remove_unused": Example({"path": "shop/odd.py"}, shows="F401"),
    "search_text": Example({"pattern": "VAT"}, shows="shop/prices.py"),
    "list_files": Example({"glob": "*.toml"}, shows="pyproject.toml"),
    "find_symbol": Example({"name": "Cart"}, shows="shop.cart.Cart"),
    "document_symbols": Example({"path": "shop/cart.py"}, shows="shop.cart.BigCart.total"),
    "workspace_symbols": Example({"query": "bigcart"}, shows="shop.cart.BigCart"),
    "goto_definition": Example(_PLACE, shows="shop/prices.py"),
    "goto_type_definition": Example({"path": "shop/cart.py", "line": 10, "column": 20}, shows="builtins"),
    "find_references": Example({"symbol": "price"}, shows="tests/test_prices.py"),
    "references_many": Example({"symbols": ["price", "VAT"]}, shows="tests/test_prices.py"),
    "find_implementations": Example({"symbol": "Cart"}, shows="class BigCart"),
    "call_hierarchy": Example({"symbol": "price", "depth": 2}, shows="shop.cart.empty"),
    "type_hierarchy": Example({"symbol": "Cart"}, shows="shop.cart.BigCart"),
    "hover": Example(_PLACE, shows="def price"),
    "hover_many": Example({"positions": [("shop/cart.py", 9, 17)]}, shows="def price"),
    "signature_help": Example({"path": "shop/cart.py", "line": 9, "column": 23}, shows="name: str"),
    "completion": Example({"path": "shop/cart.py", "line": 19, "column": 24}, shows="total"),
    "explain_rule": Example({"code": "F401"}, shows="unused-import"),
    "lsp_query": Example({"operation": "references", "symbol": "price"}, shows="tests/test_prices.py"),
    "diagnostics": Example({"path": "shop/odd.py"}, shows="F401"),
    "typecheck": Example({"path": "shop"}, shows="invalid-assignment"),
    "ruff_check": Example({"path": "shop"}, shows="F401"),
    "pytest_run": Example({"path": "tests"}, shows="passed"),
    "pytest_collect": Example({"path": "tests"}, shows="test_prices.py::test_price"),
    "find_fixes": Example({"path": "shop/odd.py", "line": 1, "code": "F401"}, shows="Remove unused import"),
    "find_test_fixes": Example(
        {"test_ids": ["tests/test_prices.py::test_price"]}, before=_WRONG, shows="+    return len(name) * VAT"
    ),
    "code_actions": Example({"path": "shop/odd.py", "line": 1}, shows="Remove unused import"),
    "apply_code_action": Example({"action_id": Code("offer.actions[0].id")}, before=_FIX, shows="-import os"),
    "ruff_fix": Example({"path": "shop/odd.py"}, shows="-import os"),
    "extract_variable": Example(
        {"path": "shop/cart.py", "line": 10, "start_column": 16, "end_column": 25, "name": "found"},
        shows="+        found = sum(sums)",
    ),
    "extract_function": Example(
        {"path": "shop/cart.py", "start_line": 9, "end_line": 9, "name": "priced"}, shows="sums = priced(names)"
    ),
    "inline_variable": Example({"path": "shop/cart.py", "line": 9, "column": 9}, shows="+        return sum([price"),
    "annotate_types": Example({"path": "shop/cart.py", "line": 18}, shows="+def empty() -> int:"),
    "checkpoint": Example(),
    "rollback": Example({"checkpoint": Code("start")}, before=_EDIT),
    "verify_edits": Example({"since": Code("start")}, before=_EDIT, shows="shop/prices.py"),
    "show_plan": Example({"steps": ["Find the callers", "Rename them"], "done": 1}),
    "project_structure": Example(shows="shop"),
    "dependency_graph": Example({"module": "shop.prices"}, shows="tests.test_prices"),
    "import_path_of": Example({"path": "shop/cart.py", "symbol": "Cart"}, shows="from shop.cart import Cart"),
    "git_status": Example(shows="shop/odd.py"),
    "git_diff": Example({"path": "shop/odd.py"}, shows="+  return  1"),
    "git_log": Example(shows="First"),
    "run_command": Example({"argv": [sys.executable, "-c", "print(6 * 7)"]}, shows="42", refused="nobody allowed it"),
}
