"""Diagnostics of all servers as one list: asked for (pull) or published (push).

Lists are spliced as raw JSON. What ty and ruff said last is passed on to the punie server.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from punie_ls.relay import methods
from punie_ls.relay.child import Call, Child, gather
from punie_ls.relay.child_process import ChildProcess
from punie_ls.relay.client import Client
from punie_ls.relay.documents import Documents
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.joining import error_of
from punie_ls.relay.messages import NULL, Reply, encode, notification, params_of
from punie_ls.relay.own_diagnostics import OwnDiagnostics
from punie_ls.relay.routing import Name
from punie_ls.relay.twins import without_twins
from punie_semantic.wire.framing import SERVER_CANCELLED

# Longer than a restart takes.
RESTART_SECONDS = 1.0

SOURCES: tuple[Name, Name] = ("ty", "ruff")

log = logging.getLogger(__name__)


class _TextDocument(msgspec.Struct):
    uri: str


class _PullParams(msgspec.Struct):
    textDocument: _TextDocument  # noqa: N815 - the wire's name
    previousResultId: str | None = None  # noqa: N815 - the wire's name


class _Report(msgspec.Struct):
    kind: str = "full"
    resultId: str | None = None  # noqa: N815 - the wire's name
    items: list[Raw] = []
    relatedDocuments: Raw | UnsetType = UNSET  # noqa: N815 - the wire's name


class _Published(msgspec.Struct):
    uri: str
    version: int | None = None
    diagnostics: list[Raw] = []


@dataclass(frozen=True)
class _Asking:
    """What a pull was about when it was sent."""

    uri: str
    version: int | None
    previous: str | None
    ty_report: _Report | None


_decode_pull = msgspec.json.Decoder(_PullParams).decode
_decode_report = msgspec.json.Decoder(_Report).decode
_decode_published = msgspec.json.Decoder(_Published).decode


class Diagnostics:
    """Merges what the servers find and remembers it while the document is open."""

    def __init__(self, children: Mapping[Name, Child], client: Client, documents: Documents) -> None:
        self._children = children
        self._client = client
        self._documents = documents
        self.own = OwnDiagnostics(client, documents, self._show)
        self._ty_reports: dict[str, _Report] = {}
        self._pushed: dict[str, dict[Name, list[Raw]]] = {}
        self._known: dict[tuple[str, Name], tuple[int | None, bytes]] = {}

    def pull(self, params: bytes) -> Coroutine[Any, Any, bytes]:
        """Ask ty and ruff now, in order with what was sent before; the coroutine gives the raw report.

        It fails while ty or ruff is on its way back: the editor shall ask again.
        """
        asked = _decode_pull(params)
        uri = asked.textDocument.uri
        for name in SOURCES:
            if self._children[name].restarting:
                return self._refuse(self._children[name])
        ready = [child for name in SOURCES if (child := self._children[name]).ready]
        if not ready:
            raise self._children["ty"].unavailable()
        runs = {child.name: child.process for child in ready}
        calls = {child.name: child.call(methods.DIAGNOSTIC, self._child_params(child, uri)) for child in ready}
        asking = _Asking(uri, self._documents.version(uri), asked.previousResultId, self._ty_reports.get(uri))
        return self._merge(asking, calls, runs)

    def publish(self, child: Child, body: bytes) -> None:
        """Note what a server published and show the editor the union."""
        published = _decode_published(params_of(body))
        if child.name not in SOURCES:
            self.own.publish(published)
            return
        current = self._documents.version(published.uri)
        if published.version is not None and current is not None and published.version < current:
            return
        lists = self._pushed.setdefault(published.uri, {})
        lists[child.name] = published.diagnostics
        self._show(published.uri, published.version)
        if not any(lists.values()):
            del self._pushed[published.uri]
        self._remember(published.uri, child.name, current, published.diagnostics)

    def replay(self) -> Iterable[bytes]:
        """Everything known, for a punie server that has just started."""
        for (uri, source), (version, items) in self._known.items():
            yield _knowledge(uri, source, version, items)

    def close(self, uri: str) -> None:
        """Forget a closed document."""
        self._ty_reports.pop(uri, None)
        for source in SOURCES:
            self._known.pop((uri, source), None)
        self.own.closed(uri)

    def child_lost(self, child: Child) -> None:
        """A restarted ty counts its results anew, and a restarted Punie knows nothing of its findings."""
        if child.name == "ty":
            self._ty_reports.clear()
        elif child.name == "punie":
            self.own.end()

    def child_gone(self, child: Child) -> None:
        """Nothing of a server that stays off may be shown as if it still held."""
        for uri in [uri for uri, lists in self._pushed.items() if lists.pop(child.name, None)]:
            self._show(uri, self._documents.version(uri))
        for key in [key for key in self._known if key[1] == child.name]:
            del self._known[key]

    def _child_params(self, child: Child, uri: str) -> bytes:
        params: dict[str, object] = {"textDocument": {"uri": uri}}
        provider = child.capabilities.get("diagnosticProvider")
        if isinstance(provider, dict) and provider.get("identifier"):
            params["identifier"] = provider["identifier"]
        if child.name == "ty" and (report := self._ty_reports.get(uri)):
            params["previousResultId"] = report.resultId
        return encode(params)

    async def _merge(self, asking: _Asking, calls: dict[Name, Call], runs: dict[Name, ChildProcess | None]) -> bytes:
        replies = dict(zip(calls, await gather(list(calls.values())), strict=True))
        for name, run in runs.items():
            if self._children[name].process is not run:
                return await self._refuse(self._children[name])
        ty = self._ty_report(asking, replies.get("ty"))
        ruff = _report_of(replies.get("ruff"))
        if ruff is None and ty is None:
            raise error_of(replies["ruff"])
        for source, report in (("ty", ty), ("ruff", ruff)):
            if report is not None:
                self._remember(asking.uri, source, asking.version, report.items)
        as_asked = asking.version is not None and asking.version == self._documents.version(asking.uri)
        own = self.own.of(asking.uri) if as_asked else []
        return _union(ty or _Report(), ruff or _Report(), own, previous=asking.previous)

    async def _refuse(self, child: Child) -> bytes:
        """A list without what a server will say in a moment could look clean: the editor shall ask again.

        Not at once, for some editors do so without a pause.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESTART_SECONDS):
                await child.settled.wait()
        raise ResponseError.of(SERVER_CANCELLED, f"{child.name} was restarting", {"retriggerRequest": True})

    def _ty_report(self, asking: _Asking, reply: Reply | None) -> _Report | None:
        """ty's full report, from memory if it says `unchanged`. Raises ResponseError with ty's own error."""
        if reply is None:
            return None
        report = _report_of(reply)
        if report is None:
            raise error_of(reply)
        if report.kind == "unchanged" and asking.ty_report:
            return asking.ty_report
        if report.resultId is None or self._documents.version(asking.uri) is None:
            self._ty_reports.pop(asking.uri, None)
        else:
            self._ty_reports[asking.uri] = report
        return report

    def _remember(self, uri: str, source: Name, version: int | None, items: list[Raw]) -> None:
        """Tell the punie server what is new."""
        joined = b",".join(map(bytes, items))
        if self._known.get((uri, source)) != (version, joined):
            if version is not None:
                self._known[uri, source] = version, joined
            self._children["punie"].send(_knowledge(uri, source, version, joined))

    def _show(self, uri: str, version: int | None) -> None:
        lists = self._pushed.get(uri, {})
        ty = lists.get("ty", [])
        own = self.own.to_publish(uri)
        if own and self._documents.version(uri) is None:
            # ruff clears its list of a closed document under the last version; this one is about the file.
            version = None
        items = [*ty, *without_twins(ty, lists.get("ruff", [])), *own]
        number = b"" if version is None else b',"version":%d' % version
        params = b'{"uri":%b%b,"diagnostics":[%b]}' % (encode(uri), number, b",".join(map(bytes, items)))
        self._client.write(notification(methods.PUBLISH_DIAGNOSTICS, params))


def _union(ty: _Report, ruff: _Report, own: list[Raw], *, previous: str | None) -> bytes:
    """All reports as one, under a result id of its own."""
    mine = f"+{_digest(own)}" if own else ""
    result_id = f"{_digest(ruff.items)}{mine}:{ty.resultId or _digest(ty.items)}"
    if result_id == previous:
        return encode({"kind": "unchanged", "resultId": result_id})
    items = b",".join(map(bytes, [*ty.items, *without_twins(ty.items, ruff.items), *own]))
    related = ty.relatedDocuments
    extra = b',"relatedDocuments":%b' % bytes(related) if isinstance(related, Raw) else b""
    return b'{"kind":"full","resultId":%b,"items":[%b]%b}' % (encode(result_id), items, extra)


def _report_of(reply: Reply | None) -> _Report | None:
    """The report in a reply; None for an error, which is logged."""
    if reply is None:
        return None
    if isinstance(reply.error, Raw):
        log.info("no diagnostics: %s", bytes(reply.error).decode())
        return None
    return _decode_report(reply.result if isinstance(reply.result, Raw) else NULL)


def _digest(items: Iterable[Raw]) -> str:
    """Tells lists apart within this process; Python salts its hashes for each."""
    return f"{hash(tuple(map(bytes, items))) & (1 << 64) - 1:x}"


def _knowledge(uri: str, source: Name, version: int | None, items: bytes) -> bytes:
    about = b'"uri":%b,"version":%b,"source":%b' % (encode(uri), encode(version), encode(source))
    return notification(methods.PUNIE_DIAGNOSTICS, b'{%b,"diagnostics":[%b]}' % (about, items))
