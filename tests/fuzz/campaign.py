"""Many spoilt messages to one relay, and what must hold all the while."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil

from tests.fuzz.expectations import NULL, expected
from tests.fuzz.mutations import mutate
from tests.fuzz.relay import Key, Relay, framed, running
from tests.fuzz.session import CELL, EDITED, OTHER, TEXT, notifications, requests

BATCH = 25
OPTIONS = {"tabSize": 4, "insertSpaces": True}


@dataclass
class Tally:
    """What was sent and what came of it."""

    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    streams: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)


class Broken(AssertionError):
    """Something that must hold did not; the message has the batch that did it."""


async def round_of_messages(root: Path, chance: Random, count: int, tally: Tally) -> None:
    """`count` spoilt messages to one relay, in batches; every server must answer after each."""
    async with running(root, chance.choice(["utf-8", "utf-16", "utf-32"])) as relay:
        relay.open(relay.uri(EDITED), TEXT)
        await barrier(relay)
        before = relay.children()
        wanted: Counter[Key] = Counter()
        messages = spoilt(relay, chance)
        for _ in range(0, count, BATCH):
            batch = [next(messages) for _ in range(BATCH)]
            try:
                await send(relay, batch, wanted, tally)
                check(relay.children() == before, f"other processes: {before} before, {relay.children()} now")
            except (AssertionError, EOFError, TimeoutError) as error:
                bodies = "\n".join(ascii(body[:600]) for _, body in batch)
                raise Broken(f"{type(error).__name__}: {error}\nin the batch\n{bodies}") from error
        await texts_agree(relay, tally)
        got = Counter({key: n for key, n in relay.counts.items() if not str(key[1]).startswith(("own-", "initialize"))})
        check(got == wanted, f"answers too many or too few: {got - wanted} and {wanted - got}")
        for key in wanted:
            for answer in relay.answers[key]:
                tally.outcomes[str(answer["error"]["code"]) if "error" in answer else "result"] += 1


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


def spoilt(relay: Relay, chance: Random) -> Iterator[tuple[str, bytes]]:
    """Messages without end, most of them wrong in one way."""
    uri, other, book = (relay.uri(name) for name in (EDITED, OTHER, CELL))
    told, asked = notifications(uri, other, book), requests(uri)
    for number in range(1 << 40):
        method, params = chance.choice(told if chance.random() < 0.45 else asked)
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if (method, params) in asked:
            message["id"] = f"r-{number}" if chance.random() < 0.5 else number
        yield mutate(message, chance)


async def send(relay: Relay, batch: list[tuple[str, bytes]], wanted: Counter[Key], tally: Tally) -> None:
    """A batch in one write, and its answers."""
    keys: list[Key] = []
    for name, body in batch:
        kind, key = expected(body)
        tally.sent[name, kind] += 1
        if key is not None:
            wanted[key] += 1
            keys.append(key)
    relay.send_bytes(b"".join(framed(body) for _, body in batch))
    await barrier(relay)
    for key in keys:
        try:
            await relay.until(key, wanted[key])
        except TimeoutError:
            raise TimeoutError(f"no answer to {key}") from None
    for key in {*keys, NULL}:
        check(relay.counts[key] == wanted[key], f"{relay.counts[key]} answers to {wanted[key]} of {key}")


async def barrier(relay: Relay) -> None:
    """All three servers answer."""
    document = {"textDocument": {"uri": relay.uri(EDITED)}}
    command = {"command": "punie.fix", "arguments": ["echo"]}
    asked = {
        "ty": relay.request("textDocument/documentSymbol", document),
        "ruff": relay.request("textDocument/formatting", {**document, "options": OPTIONS}),
        "the third server": relay.request("workspace/executeCommand", command),
    }
    answers = await asyncio.gather(*asked.values(), return_exceptions=True)
    for name, answer in zip(asked, answers, strict=True):
        # A document that a spoilt message has filled with what is no Python has no form.
        right = isinstance(answer, dict) and ("result" in answer or name == "ruff")
        check(right, f"{name} answers {answer!r}; {relay.children()}, {relay.stderr.decode(errors='replace')}")


async def texts_agree(relay: Relay, tally: Tally) -> None:
    """ty and ruff have one text; after ty's end the mirror's comes back to it, and it is the same."""
    uri = relay.uri(EDITED)
    relay.wrap(uri)
    ty, ruff = await relay.ty_text(uri), await relay.ruff_text(uri)
    before = await relay.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    await another_ty(relay, uri)
    after = await relay.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    check(before["result"] == after["result"], f"symbols: {before['result']} and then {after['result']}")
    if ty is None or ruff is None:
        tally.texts["no literal"] += 1
        return
    again = await relay.ty_text(uri)
    check(ty == ruff == again, f"ty {ty!a}, ruff {ruff!a}, the mirror {again!a}")
    tally.texts["equal"] += 1


async def another_ty(relay: Relay, uri: str) -> None:
    """Kill ty, and wait for the next one."""
    first = relay.children()["ty"]
    os.kill(first, signal.SIGKILL)
    params = {"textDocument": {"uri": uri}}
    async with asyncio.timeout(30):
        while relay.children().get("ty", first) == first:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        while "error" in await relay.request("textDocument/documentSymbol", params):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)


async def damaged_header(root: Path, chance: Random, tally: Tally) -> None:
    """One spoilt header, and the end of the input: a clean end in any case."""
    async with running(root, initialize=False) as relay:
        relay.request_initialize()
        await relay.answer("initialize")
        started = psutil.Process(relay.process.pid).children(recursive=True)
        relay.send_bytes(spoilt_frame(chance))
        await asyncio.sleep(0.02)
        assert relay.process.stdin
        relay.process.stdin.close()
        code = await relay.ended()
        _, left = await asyncio.to_thread(psutil.wait_procs, started, timeout=10)
        check(code == 1, f"exit code {code}")
        check(not left, f"left behind: {left}")
        check(b"Traceback" not in relay.stderr, relay.stderr.decode(errors="replace"))
        tally.streams["not followed" if b"stream ended" in relay.stderr else "followed"] += 1


def spoilt_frame(chance: Random) -> bytes:
    body = b'{"jsonrpc":"2.0","id":5,"method":"nope"}'
    header = bytearray(framed(body).removesuffix(body))
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(header)) if header else 0
        match chance.randrange(4):
            case 0 if header:
                header[at] ^= 1 << chance.randrange(8)
            case 1:
                del header[at : at + 1]
            case 2:
                del header[at:]
            case _:
                header[at:at] = chance.choice([b"\r\n", b"\0", b"9" * 30, b":", b"-", b" ", b"\xff", b"x" * 9000])
    return bytes(header) + body
