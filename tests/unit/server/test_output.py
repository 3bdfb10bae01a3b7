"""Writing to a client that does not read: nobody waits, nothing is lost, and the end comes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from punie_ls.server.output import LOW_BYTES, Output

Pipe = tuple[int, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reader, writer = os.pipe()
    yield reader, writer
    for descriptor in (reader, writer):
        try:
            os.close(descriptor)
        except OSError:
            continue


def read(descriptor: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += os.read(descriptor, size - len(data))
    return data


async def test_messages_come_in_order(pipe: Pipe) -> None:
    output = Output(pipe[1])
    for number in range(100):
        output.write(b"%03d" % number)

    output.close()

    assert read(pipe[0], 300) == b"".join(b"%03d" % number for number in range(100))


async def test_a_client_that_does_not_read(pipe: Pipe) -> None:
    output = Output(pipe[1])
    data = bytes(range(256)) * 4096 * 4
    output.write(data)
    output.write(b"after it")

    drained = asyncio.create_task(output.drained())
    await asyncio.sleep(0)
    assert not drained.done()
    assert output.pending > LOW_BYTES

    assert await asyncio.to_thread(read, pipe[0], len(data)) == data
    await drained
    assert await asyncio.to_thread(read, pipe[0], 8) == b"after it"
    output.close()


async def test_a_client_that_is_gone(pipe: Pipe) -> None:
    output = Output(pipe[1])
    output.write(b"x" * 1_000_000)
    drained = asyncio.create_task(output.drained())
    await asyncio.sleep(0)

    os.close(pipe[0])

    await drained
    output.write(b"nobody reads this")
    await output.drained()
    assert output.pending == 0
    output.close()


async def test_an_end_while_nobody_reads(pipe: Pipe) -> None:
    output = Output(pipe[1])
    output.write(b"x" * 1_000_000)

    await asyncio.to_thread(output.close)

    assert output.pending > 0


def test_one_that_was_never_used(pipe: Pipe) -> None:
    Output(pipe[1]).close()
