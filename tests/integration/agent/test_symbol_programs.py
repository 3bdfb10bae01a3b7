"""Programs that ask about symbols, as a model writes them."""

from __future__ import annotations

from punie_agent.codemode.runner import open_runner
from punie_agent.codemode.tools import tool_caller
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project
from tests.integration.semantic.market import MARKET

PROGRAM = """
seen = []
ambiguous = find_references(symbol="Cart")
for candidate in ambiguous.candidates:
    uses = find_references(symbol=candidate.qualified_name, include_declaration=False)
    seen.append((candidate.qualified_name, uses.total))
places = [(p.file, p.line, p.column) for p in find_references(symbol="cart.Cart").locations if "shop" in p.file]
types = [answer.type for answer in hover_many(places).answers]
many = references_many(["fill", "run"], include_declaration=False)
(
    ambiguous.state,
    seen,
    types,
    [answer.total for answer in many.answers],
    goto_definition("market/shop.py", 7, 12).locations[0].text,
    goto_type_definition("market/shop.py", 7, 6).locations[0].line,
    [p.text for p in find_implementations(symbol="Cart.add").locations],
    [e.qualified_name for e in call_hierarchy(symbol="fill").entries],
    [e.qualified_name for e in type_hierarchy(symbol="BigCart").entries],
    signature_help("market/shop.py", 8, 19).signatures[0].active_parameter,
    "fill" in [c.label for c in completion("market/shop.py", 14, 1, limit=500).completions],
    explain_rule("F401").name,
    lsp_query("supertypes", symbol="BigCart").entries[0].name,
    find_symbol("Huge", kind="class").symbols[0].qualified_name,
    [s.name for s in document_symbols("market/toys.py").symbols],
    workspace_symbols("hgcart").total,
    [(m.file, m.line) for m in search_text("def f.ll", regex=True, include="*.py").matches],
    list_files("*.py").total,
)
"""


async def test_every_tool_about_symbols_is_called_by_a_program(project: Project) -> None:
    async with Workspace.open(project(MARKET)) as workspace, open_runner(render_stubs(), TOOLS) as runner:
        done = await runner.run(PROGRAM, tool_caller(workspace, lambda event: None))

    assert tuple(done.value) == (
        "unknown",
        [("market.cart.Cart", 8), ("market.toys.Cart", 0)],
        ["<class 'Cart'>", "Cart", "class Cart()"],
        [1, 0],
        "class Cart:",
        8,
        ["def add(self, name: str, count: int = 1) -> Cart:"],
        ["market.shop.run"],
        ["market.cart.HugeCart"],
        1,
        True,
        "unused-import",
        "Cart",
        "market.cart.HugeCart",
        ["Cart", "wheels", "total"],
        1,
        [("market/shop.py", 6)],
        4,
    )
