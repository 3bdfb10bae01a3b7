"""What a client says in `capabilities.experimental`: only a plain yes counts."""

from __future__ import annotations

from typing import Any

import pytest

from punie_ls.server.experimental import RichClient, rich_client


@pytest.mark.parametrize(
    "said", [None, {}, [], [1], "punie", {"punie": True}, {"punie": None}, {"punie": []}, {"other": {"events": True}}]
)
def test_anything_else_is_a_no(said: Any) -> None:
    assert rich_client(said) == RichClient()


@pytest.mark.parametrize("value", [1, "yes", "true", None, {}, [True]])
def test_only_true_is_a_yes(value: Any) -> None:
    assert rich_client({"punie": {"events": value, "permissions": value}}) == RichClient()


def test_each_for_itself() -> None:
    assert rich_client({"punie": {"events": True}}) == RichClient(events=True)
    assert rich_client({"punie": {"permissions": True, "new": 1}}) == RichClient(permissions=True)
