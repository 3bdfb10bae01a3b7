"""How long Punie's own findings hold, and how the editor gets them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec import Raw

from punie_ls.relay import own_diagnostics
from punie_ls.relay.client import Client
from punie_ls.relay.documents import Documents
from punie_ls.relay.own_diagnostics import OwnDiagnostics

URI = "file:///test_shop.py"
FAILED = Raw(b'{"message":"test_total failed"}')
OTHER = Raw(b'{"message":"test_sum failed"}')


@dataclass
class Published:
    diagnostics: list[Raw]
    version: int | None = None
    uri: str = URI


@dataclass
class Screen:
    """An editor: the documents it has, what was published, and how often it was asked to ask again."""

    pulled: bool
    shown: list[tuple[int | None, list[Raw]]] = field(default_factory=list)
    refreshes: int = 0

    def __post_init__(self) -> None:
        self.documents = Documents()
        self.own = OwnDiagnostics(Client(self._written), self.documents, self._show)
        self.own.pulled = self.pulled
        self.documents.on_open = self.own.opened
        self.documents.on_change = self.own.changed
        self.documents.on_close = self.own.closed

    def _written(self, body: bytes) -> None:
        assert json.loads(body)["method"] == "workspace/diagnostic/refresh"
        self.refreshes += 1

    def _show(self, uri: str, version: int | None) -> None:
        assert uri == URI
        self.shown.append((version, self.own.to_publish(uri)))

    def send(self, method: str, params: Any) -> None:
        self.documents.update(f"textDocument/{method}", json.dumps(params).encode())

    def open(self, version: int = 1) -> None:
        item = {"uri": URI, "languageId": "python", "version": version, "text": "x"}
        self.send("didOpen", {"textDocument": item})

    def change(self, version: int) -> None:
        self.send("didChange", {"textDocument": {"uri": URI, "version": version}, "contentChanges": [{"text": "y"}]})

    def close(self) -> None:
        self.send("didClose", {"textDocument": {"uri": URI}})

    def found(self, *items: Raw, version: int | None = None) -> None:
        self.own.publish(Published(list(items), version))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_diagnostics, "REFRESH_SECONDS", 0.0)


async def refreshes(screen: Screen) -> int:
    await asyncio.sleep(0.01)
    return screen.refreshes


async def test_an_open_document_is_asked_for_again_once_for_many_lists() -> None:
    screen = Screen(pulled=True)
    screen.open()
    screen.found(FAILED, version=1)
    screen.found(FAILED, OTHER, version=1)

    assert screen.own.of(URI) == [FAILED, OTHER]
    assert screen.shown == []
    assert await refreshes(screen) == 1


async def test_the_same_list_again_is_no_news_to_one_who_asks() -> None:
    screen = Screen(pulled=True)
    screen.open()
    screen.found(FAILED, version=1)
    assert await refreshes(screen) == 1
    screen.found(FAILED, version=1)

    assert await refreshes(screen) == 1


@pytest.mark.parametrize("pulled", [True, False])
async def test_a_file_that_is_not_open_is_published(pulled: bool) -> None:
    screen = Screen(pulled=pulled)
    screen.found(FAILED)
    screen.found()

    assert screen.shown == [(None, [FAILED]), (None, [])]
    assert await refreshes(screen) == 0


async def test_an_editor_that_does_not_ask_is_sent_the_lists_of_open_documents() -> None:
    screen = Screen(pulled=False)
    screen.open(4)
    screen.found(FAILED, version=4)

    assert screen.shown == [(4, [FAILED])]
    assert await refreshes(screen) == 0


@pytest.mark.parametrize("pulled", [True, False])
@pytest.mark.parametrize("version", [1, 3])
async def test_a_list_about_another_text_is_dropped(pulled: bool, version: int) -> None:
    screen = Screen(pulled=pulled)
    screen.open()
    screen.change(2)
    screen.found(FAILED, version=version)

    assert screen.own.of(URI) == []
    assert screen.shown == []
    assert await refreshes(screen) == 0


@pytest.mark.parametrize("pulled", [True, False])
@pytest.mark.parametrize("version", [1, None])
async def test_a_list_ends_with_its_text(pulled: bool, version: int | None) -> None:
    screen = Screen(pulled=pulled)
    screen.open()
    screen.found(FAILED, version=version)
    screen.change(2)

    assert screen.own.of(URI) == []
    assert screen.own.to_publish(URI) == []


async def test_what_was_published_is_taken_back_when_the_file_is_opened_and_asked_for() -> None:
    screen = Screen(pulled=True)
    screen.found(FAILED)
    screen.open()

    assert screen.shown == [(None, [FAILED]), (None, [])]
    assert screen.own.of(URI) == [FAILED]

    screen.close()
    assert screen.shown[2:] == [(None, [FAILED])]


async def test_a_document_that_is_opened_twice_is_another_text() -> None:
    screen = Screen(pulled=True)
    screen.open()
    screen.found(FAILED, version=1)
    screen.open(2)

    assert screen.own.of(URI) == []


@pytest.mark.parametrize("pulled", [True, False])
@pytest.mark.parametrize("open_first", [True, False])
async def test_a_server_takes_its_findings_with_it(pulled: bool, open_first: bool) -> None:
    screen = Screen(pulled=pulled)
    if open_first:
        screen.open()
    screen.found(FAILED)
    before = await refreshes(screen)
    screen.own.end()

    assert screen.own.of(URI) == []
    if pulled and open_first:
        assert (screen.shown, await refreshes(screen)) == ([], before + 1)
    else:
        assert (screen.shown[-1][1], await refreshes(screen)) == ([], before)
    assert told(screen.shown[:-1]) == [FAILED] * len(screen.shown[:-1])


def told(shown: Sequence[tuple[int | None, list[Raw]]]) -> list[Raw]:
    return [item for _, items in shown for item in items]
