"""LSP's operations by their own names."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import get_args

import pytest

from punie_semantic.results import LSPResult
from punie_semantic.tools.lsp_query import Operation, lsp_query
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.market import MARKET


@pytest.fixture
async def market(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(MARKET)) as workspace:
        yield workspace


def answer(result: LSPResult) -> list[str]:
    """The answer in short."""
    return [
        *(f"{p.file}:{p.line}" for p in result.locations),
        *(s.qualified_name for s in [*result.symbols, *result.entries] if not s.qualified_name.startswith("builtins")),
        *(s.label for s in result.signatures),
        *(["text"] if result.text else []),
        *(["completions"] if result.completions else []),
    ]


async def test_every_operation_answers(market: Workspace) -> None:
    place = ("market/shop.py", 7, 12)
    asked: dict[Operation, tuple[LSPResult, list[str]]] = {
        "definition": (await lsp_query(market, "definition", *place), ["market/cart.py:8"]),
        "typeDefinition": (await lsp_query(market, "typeDefinition", "market/shop.py", 7, 6), ["market/cart.py:8"]),
        "references": (await lsp_query(market, "references", symbol="run"), ["market/shop.py:12"]),
        "implementation": (await lsp_query(market, "implementation", symbol="BigCart"), ["market/cart.py:36"]),
        "hover": (await lsp_query(market, "hover", *place), ["text"]),
        "signatureHelp": (
            await lsp_query(market, "signatureHelp", "market/shop.py", 7, 17),
            ["() -> Cart"],
        ),
        "completion": (await lsp_query(market, "completion", "market/shop.py", 10, 1), ["completions"]),
        "documentSymbol": (
            await lsp_query(market, "documentSymbol", "market/shop.py"),
            ["market.shop.fill", "market.shop.run"],
        ),
        "workspaceSymbol": (await lsp_query(market, "workspaceSymbol", query="HugeC"), ["market.cart.HugeCart"]),
        "incomingCalls": (await lsp_query(market, "incomingCalls", symbol="fill"), ["market.shop.run"]),
        "outgoingCalls": (await lsp_query(market, "outgoingCalls", symbol="run"), ["market.shop.fill"]),
        "supertypes": (
            await lsp_query(market, "supertypes", symbol="HugeCart"),
            ["market.cart.BigCart", "market.cart.Cart"],
        ),
        "subtypes": (await lsp_query(market, "subtypes", symbol="BigCart"), ["market.cart.HugeCart"]),
    }

    assert set(asked) == set(get_args(Operation))
    for operation, (result, expected) in asked.items():
        assert (result.operation, answer(result)[: len(expected)]) == (operation, expected)
        assert result.total >= 1


async def test_what_is_missing_is_unknown_here_too(market: Workspace) -> None:
    ambiguous = await lsp_query(market, "references", symbol="Cart")

    assert (ambiguous.state, len(ambiguous.candidates), ambiguous.total) == ("unknown", 2, 0)
