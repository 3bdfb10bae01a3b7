"""Whole conversations as they go over the wire, one file for each feature; ids, times and places have other names.

PUNIE_GOLDEN=rewrite writes the files anew; what changed is then for people to read.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.acp.client import RpcError, choose, start_agent
from tests.e2e.acp.conftest import EDIT, Desk
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOLDEN = Path(__file__).parent / "golden"
REWRITE = os.environ.get("PUNIE_GOLDEN") == "rewrite"

ASKED = "session/request_permission"
_NAMED = {"sessionId": "session", "toolCallId": "call", "messageId": "message"}
_TEXTS = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://model"),
    (re.compile(r"127\.0\.0\.1:\d+"), "model"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:]+\+00:00"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "<time>"),
    (re.compile(r"transaction [0-9a-f]{6,}"), "transaction <id>"),
    (re.compile(r"kept in \S+"), "kept in <store>"),
    (re.compile(r"The program is \S+"), "The program is <path>"),
    (re.compile(r"\n[^\n]*\bsandbox\b[^\n]*"), ""),
)


async def question(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(call("run_code", code="len(read_file('shop.py').text)"), say("It is **short**.", thinking="Hm."))
    await desk.client.prompt(session, "How long is shop.py?")


async def edit(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("allow")
    desk.model.add(call("run_code", code=EDIT), say("Done."))
    await desk.client.prompt(session, "Take the f away")


async def plan(desk: Desk) -> None:
    session = await desk.new()
    cart = desk.put("cart.py", "import os\n")
    desk.client.answers[ASKED] = choose("reject")
    set_model = {"sessionId": session, "configId": "model", "value": "builtin"}
    await desk.client.call("session/set_config_option", set_model)
    await desk.client.prompt(session, "fix all problems in the project")
    cart.unlink()


async def permission(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("reject_once")
    desk.model.add(call("run_code", code="run_command(['git', '--version']).exit_code"), say("I may not."))
    await desk.client.prompt(session, "Which git?")


async def cancel(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = lambda _: asyncio.sleep(3600)
    desk.model.add(call("run_code", code="run_command(['git', '--version']).exit_code"))
    answer = desk.client.say(session, "Which git?")
    await desk.client.until(lambda: desk.client.asked(ASKED))
    desk.client.send({"method": "session/cancel", "params": {"sessionId": session}})
    await answer


async def options(desk: Desk) -> None:
    session = await desk.new()
    set_model = {"sessionId": session, "configId": "model", "value": "builtin"}
    await desk.client.call("session/set_config_option", set_model)
    await desk.client.call("session/set_mode", {"sessionId": session, "modeId": "ask"})
    await desk.client.prompt(session, "/status")


async def sessions(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("Hello."))
    await desk.client.prompt(session, "Hi")
    here = {"sessionId": session, "cwd": str(desk.root)}
    await desk.client.call("session/load", {**here, "mcpServers": []})
    await desk.client.call("session/resume", here)
    await desk.client.call("session/close", {"sessionId": session})
    await desk.client.call("session/delete", {"sessionId": session})
    await desk.client.call("logout")


async def errors(desk: Desk) -> None:
    for method, params in (
        ("session/new", {"cwd": "relative", "mcpServers": []}),
        ("session/prompt", {"sessionId": "unknown", "prompt": []}),
        ("no/such/method", {}),
    ):
        with pytest.raises(RpcError):
            await desk.client.call(method, params)
    desk.client.write(b"nonsense\n")
    await desk.client.until(lambda: desk.client.messages[-1].get("error", {}).get("code") == -32700)


FEATURES: dict[str, Callable[[Desk], Awaitable[None]]] = {
    "question": question,
    "edit": edit,
    "plan": plan,
    "permission": permission,
    "cancel": cancel,
    "options": options,
    "sessions": sessions,
    "errors": errors,
}


@pytest.mark.parametrize("feature", FEATURES)
async def test_a_conversation(desk: Desk, feature: str) -> None:
    desk.client.clear()
    await FEATURES[feature](desk)
    compare(feature, desk.client.log, desk.root)


async def test_initialize() -> None:
    async with start_agent() as client:
        await client.initialize({"fs": {"readTextFile": True}, "auth": {"terminal": True}})
    compare("initialize", client.log, Path("/nowhere"))


def compare(name: str, log: list[dict[str, Any]], root: Path) -> None:
    """A conversation must be the one that is kept."""
    lines = [json.dumps(entry, ensure_ascii=False) for entry in plain(log, root)]
    file = GOLDEN / f"{name}.jsonl"
    if REWRITE:
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == file.read_text(encoding="utf-8").splitlines()


def plain(log: list[dict[str, Any]], root: Path) -> list[dict[str, Any]]:
    """A conversation with names for what differs each time, and each message's pieces as one."""
    names: dict[str, str] = {}
    requests: dict[Any, str] = {}
    found: list[dict[str, Any]] = []
    for entry in log:
        ((who, message),) = entry.items()
        update = message.get("params", {}).get("update", {})
        if update.get("sessionUpdate") in ("config_option_update", "available_commands_update"):
            continue  # they come when they are known
        shown = _renamed(message, names, str(root))
        if "id" in shown:
            asker = who if "method" in shown else {"client": "agent", "agent": "client"}[who]
            shown["id"] = requests.setdefault((asker, shown["id"]), f"request-{len(requests) + 1}")
        if found and _same_voice(found[-1].get(who), shown):
            found[-1][who]["params"]["update"]["content"]["text"] += update["content"]["text"]
        else:
            found.append({who: shown})
    return found


def _same_voice(before: dict[str, Any] | None, message: dict[str, Any]) -> bool:
    keys = [((m or {}).get("params", {}).get("update", {})).get("messageId") for m in (before, message)]
    return keys[0] is not None and keys[0] == keys[1]


def _renamed(value: Any, names: dict[str, str], root: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _renamed(item, names, root, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names, root, key) for item in value]
    if not isinstance(value, str):
        return value
    if key in _NAMED and value != "unknown":
        same = sum(name.startswith(_NAMED[key]) for name in names.values())
        return names.setdefault(value, f"{_NAMED[key]}-{same + 1}")
    for known, name in names.items():
        value = value.replace(known, name)
    value = value.replace(root, "/project")
    for pattern, name in _TEXTS:
        value = pattern.sub(name, value)
    return value
