"""ty may die at any time: it is started again, and sees the overlay as before."""

from __future__ import annotations

import asyncio
import contextlib

import psutil

from punie_semantic.tools.checks import typecheck
from punie_semantic.tools.files import edit_file
from punie_semantic.workspace import Workspace


def ty_processes() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # reaped by another thread meanwhile
            if process.name() == "ty":
                found.append(process)
    return found


async def kill_ty() -> None:
    for process in ty_processes():
        process.kill()
    while ty_processes():  # noqa: ASYNC110 - the event loop's child watcher reaps it, and tells nobody
        await asyncio.sleep(0.01)


async def test_a_killed_ty_is_restarted_and_right(shop: Workspace) -> None:
    assert (await typecheck(shop, "shop/clean.py")).state == "clean"
    await edit_file(shop, "shop/prices.py", "-> int", "-> str")
    await kill_ty()

    result = await typecheck(shop, "shop/cart.py")

    assert result.state == "errors"
    assert {e.file for e in result.errors} == {"shop/cart.py"}


async def test_a_ty_that_dies_before_its_answer_is_asked_anew(shop: Workspace) -> None:
    assert (await typecheck(shop, "shop/clean.py")).state == "clean"
    for process in ty_processes():
        process.kill()  # nobody has seen it yet

    result = await typecheck(shop, "shop/wrong.py")

    assert result.state == "errors"


async def test_no_ty_is_left_when_the_workspace_closes(shop: Workspace) -> None:
    await typecheck(shop, "shop/clean.py")
    assert len(ty_processes()) == 1

    await shop.close()

    assert ty_processes() == []


async def test_one_ty_serves_calls_at_the_same_time(shop: Workspace) -> None:
    files = ["shop/clean.py", "shop/wrong.py", "shop/cart.py", "shop/prices.py"]

    states = [r.state for r in await asyncio.gather(*(typecheck(shop, file) for file in files))]

    assert states == ["clean", "errors", "clean", "clean"]
    assert len(ty_processes()) == 1
