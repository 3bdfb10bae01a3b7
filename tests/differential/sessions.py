"""The same session with bare ty, bare ruff and `punie-ls`, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from tests.differential import messages
from tests.differential.comparison import Comparison
from tests.differential.editor import Editor
from tests.differential.player import Player, Script, Server, Transcript, start
from tests.differential.workspace import Workspace

SERVERS: tuple[Server, ...] = ("ty", "ruff", "punie-ls")
SETTLE_SECONDS = 20.0
POLL_SECONDS = 0.05
REPEATS = 3

Finished = Callable[[Transcript], bool]


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        answers: the comparison of all answers.
        messages: differences in what the servers sent by themselves.
    """

    ty: Transcript
    ruff: Transcript
    ours: Transcript
    answers: Comparison
    messages: list[str]

    def check(self) -> None:
        """Fail with every difference."""
        found = [*(difference.text for difference in self.answers.differences()), *self.messages]
        assert not found, f"{len(found)} differences from bare ty and ruff:\n" + "\n".join(found[:20])


async def confirmed(play: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Play a session, and again while all that differs may be ty's doing: it then does not differ each time."""
    outcome = await play()
    found = list(outcome.answers.differences())
    if not found or outcome.messages or not all(difference.is_content for difference in found):
        outcome.check()
        return outcome
    for _ in range(REPEATS):
        outcome = await play()
        places = {difference.identifier for difference in outcome.answers.differences()}
        found = [difference for difference in found if difference.identifier in places]
        if not found:
            return outcome
    texts = [difference.text for difference in found]
    raise AssertionError(f"{len(texts)} differences from bare ty and ruff, each time:\n" + "\n".join(texts[:20]))


async def run(
    workspace: Workspace,
    editor: Editor,
    script: Script,
    *,
    settings: dict[str, Any] | None = None,
    finished: Mapping[Server, Finished] | None = None,
    options: Mapping[Server, dict[str, Any]] | None = None,
    punie_server: Sequence[str] = (),
    settle: bool = True,
) -> Outcome:
    """Play the script to all three at once.

    Args:
        workspace: the folder.
        editor: what the editor can do.
        script: the messages.
        settings: the editor's settings for ty.
        finished: holds of a server's transcript when all has come that comes by itself.
        options: each server's `initializationOptions`.
        punie_server: the command of Punie's own server; it takes a second to start and adds only what is left out.
        settle: whether to compare what the servers send by themselves.
    """
    async with AsyncExitStack() as stack:
        initialize = editor.initialize(workspace)
        players: list[Player] = []
        for name in SERVERS:
            params = {**initialize, "initializationOptions": options[name]} if options else initialize
            started = start(name, workspace.environment, params, settings=settings, punie_server=punie_server)
            players.append(await stack.enter_async_context(started))
        for steps in script:
            # Side by side, for what a step changes on disk is the same disk for all.
            await asyncio.gather(*(player.play([steps]) for player in players))
        for player in players:
            done = (finished or {}).get(player.name)
            if done:
                await player.until(lambda player=player, done=done: done(player.transcript))
        ty, ruff, ours = (player.transcript for player in players)
        found = await _settled(lambda: messages.differences(ty, ruff, ours)) if settle else []
    return Outcome(ty, ruff, ours, Comparison(script, ty, ruff, ours), found)


async def _settled(differences: Callable[[], list[str]]) -> list[str]:
    """The differences when there are none any more, or after a long time.

    What servers send by themselves comes when it comes, and the last answer says nothing of it.
    """
    deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
    # Whatever any of the three writes may end it: there is no one event to wait for.
    while (found := differences()) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)
    return found
