"""Whose an item of a joined list is, there and back."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from punie_ls.relay.child import Child
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.joining import Item, unwrap, without_tokens, wrap


def item(**values: Any) -> Item:
    return {key: Raw(json.dumps(value).encode()) for key, value in values.items()}


def plain(value: Item) -> dict[str, Any]:
    return json.loads(msgspec.json.encode(value))


@pytest.mark.parametrize("given", [{"title": "a"}, {"title": "a", "data": {"b": [None]}}, {"title": "a", "data": None}])
def test_an_item_comes_back_as_its_server_wrote_it(given: dict[str, Any]) -> None:
    wrapped = wrap(Child("ruff", lambda *_: None), item(**given))
    unwrapped = unwrap(wrapped, "code action")

    assert plain(wrapped)["data"]["punie_relay"]["child"] == "ruff"
    assert unwrapped is not None
    assert unwrapped[0] == "ruff"
    assert plain(unwrapped[1]) == given


def test_an_item_without_data_is_nobodys() -> None:
    assert unwrap(item(title="a"), "code lens") is None


@pytest.mark.parametrize(
    "data", [None, 1, {}, {"other": {"child": "ty"}}, {"punie_relay": {}}, {"punie_relay": {"child": "nobody"}}]
)
def test_foreign_data_is_refused(data: object) -> None:
    with pytest.raises(ResponseError, match="this code lens is not from this server"):
        unwrap(item(data=data), "code lens")


def test_tokens_are_kept_from_servers_that_share_a_request() -> None:
    params = {"textDocument": {"uri": "file:///a.py"}, "workDoneToken": 1, "partialResultToken": 2}

    assert json.loads(without_tokens(json.dumps(params).encode())) == {"textDocument": {"uri": "file:///a.py"}}
    assert without_tokens(b'{ "a": 1 }') == b'{ "a": 1 }'
