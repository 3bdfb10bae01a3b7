"""Nothing that bare ty or bare ruff offers is missing in what `punie-ls` offers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from punie_semantic.wire.positions import Encoding
from tests.differential.additions import ADDED_CAPABILITIES, CHANGED_CAPABILITIES, STATIC
from tests.differential.editor import Editor
from tests.differential.messages import registered
from tests.differential.player import Server, Transcript, start
from tests.differential.workspace import Workspace

Json = dict[str, Any]


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Paths and values; what is false is not offered. Items of lists are paths of their own."""
    if isinstance(value, dict):
        if not value:
            yield path, True
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield f"{path}: {item}", True
    elif value is not False:
        yield path, value


def offered(transcript: Transcript) -> dict[str, object]:
    """What a server offers, in its answer to `initialize` or by registering it later."""
    found = dict(leaves(transcript.initialize_result["capabilities"]))
    for registration in registered(transcript):
        if provider := STATIC.get(registration["method"]):
            found[provider] = True
    return found


async def transcripts(workspace: Workspace, editor: Editor) -> tuple[Transcript, Transcript, Transcript]:
    async def one(name: Server) -> Transcript:
        async with start(name, workspace.environment, editor.initialize(workspace)) as player:
            if editor.dynamic and name != "punie-ls":
                await player.until(lambda: registered(player.transcript))
            return player.transcript

    ty, ruff, ours = await asyncio.gather(one("ty"), one("ruff"), one("punie-ls"))
    return ty, ruff, ours


@pytest.mark.parametrize("dynamic", [True, False], ids=["dynamic", "static"])
async def test_everything_is_offered(workspace: Workspace, dynamic: bool) -> None:
    bare_ty, bare_ruff, ours = await transcripts(workspace, Editor(dynamic=dynamic))
    ty, ruff, seen = offered(bare_ty), offered(bare_ruff), offered(ours)

    # A registration has only a name here; what was `provider: True` may be `provider.x: …` in ours.
    lost = {
        path: value
        for path, value in [*ty.items(), *ruff.items()]
        if path not in CHANGED_CAPABILITIES
        and seen.get(path) != value
        and not (value is True and any(name.startswith(f"{path}.") for name in seen))
    }
    assert lost == {}
    providers = {path.split(".")[0] for path in (*ty, *ruff)}
    added = {p for p in seen if p not in ty and p not in ruff and p not in ADDED_CAPABILITIES}
    assert {p for p in added if not (dynamic and p.split(".")[0] in providers)} == set()


async def test_an_editor_that_does_not_ask_for_diagnostics_is_not_offered_that(workspace: Workspace) -> None:
    ty, _, ours = await transcripts(workspace, Editor(dynamic=False, pull=False))

    # Bare ty offers it here too, and publishes all the same.
    assert "diagnosticProvider" in ty.initialize_result["capabilities"]
    assert "diagnosticProvider" not in ours.initialize_result["capabilities"]


@pytest.mark.parametrize(
    "encodings",
    [("utf-16",), ("utf-16", "utf-8"), ("utf-16", "utf-32"), ("utf-32", "utf-16", "utf-8"), ()],
    ids=lambda encodings: "+".join(encodings) or "none",
)
async def test_the_encoding_is_the_one_that_ty_and_ruff_choose(
    workspace: Workspace, encodings: tuple[Encoding, ...]
) -> None:
    chosen = {
        transcript.initialize_result["capabilities"]["positionEncoding"]
        for transcript in await transcripts(workspace, Editor(encodings=encodings, dynamic=False))
    }

    assert len(chosen) == 1
