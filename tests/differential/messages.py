"""What servers send by themselves: requests to the editor, published diagnostics, messages to the user."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.differential.additions import OWN_REGISTRATION, OWN_SECTIONS, STATIC, union
from tests.differential.player import Transcript

Json = dict[str, Any]

PUBLISH = "textDocument/publishDiagnostics"
PROGRESS = "$/progress"


def differences(ty: Transcript, ruff: Transcript, ours: Transcript) -> list[str]:
    """Every message that the editor would get from bare ty and ruff and not from us, and the other way round."""
    expected, seen = _requests(ty) + _requests(ruff), _requests(ours)
    expected += _notifications(ty) + _notifications(ruff)
    seen += _notifications(ours)
    lost = [f"not sent: {text}" for text in (expected - seen).elements()]
    added = [f"sent too much: {text}" for text in (seen - expected).elements()]
    return [*lost, *added, *_published_differences(ty, ruff, ours)]


def published(transcript: Transcript) -> dict[str, list[Json]]:
    """The last published list of each document."""
    return {
        message["params"]["uri"]: message["params"]["diagnostics"]
        for message in transcript.notifications
        if message["method"] == PUBLISH
    }


def registered(transcript: Transcript) -> list[Json]:
    """All registrations."""
    return [
        registration
        for message in transcript.requests
        if message["method"] == "client/registerCapability"
        for registration in message["params"]["registrations"]
    ]


def _requests(transcript: Transcript) -> Counter[str]:
    """One text for each request; registrations one by one, for a server may send several in one."""
    texts = [
        _text({key: value for key, value in _without_own_sections(message).items() if key != "id"})
        for message in transcript.requests
        if message["method"] != "client/registerCapability" and not _takes_back_static(message)
    ]
    texts += [
        _text(item)
        for item in registered(transcript)
        if item["method"] not in STATIC and not item["id"].startswith(OWN_REGISTRATION)
    ]
    return Counter(texts)


def _takes_back_static(message: Json) -> bool:
    """ty registers anew when folders change; what is static is not registered."""
    if message["method"] != "client/unregisterCapability":
        return False
    return all(item["method"] in STATIC for item in message["params"]["unregisterations"])


def _without_own_sections(message: Json) -> Json:
    if message["method"] != "workspace/configuration":
        return message
    items = [item for item in message["params"]["items"] if item.get("section") not in OWN_SECTIONS]
    return {**message, "params": {"items": items}}


def _notifications(transcript: Transcript) -> Counter[str]:
    return Counter(
        _text(message) for message in transcript.notifications if message["method"] not in (PUBLISH, PROGRESS)
    )


def _published_differences(ty: Transcript, ruff: Transcript, ours: Transcript) -> Iterator[str]:
    of_ty, of_ruff, of_us = published(ty), published(ruff), published(ours)
    for uri in sorted({*of_ty, *of_ruff, *of_us}):
        expected = union(of_ty.get(uri, []), of_ruff.get(uri, []))
        if of_us.get(uri) != expected:
            yield f"published for {uri}\n  expected {_text(expected)[:900]}\n  seen     {_text(of_us.get(uri))[:900]}"


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
