"""Each child server started once: does it answer `initialize`, and what does it complain about?"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types

from punie_ls.doctor.report import Finding, Server
from punie_ls.relay.client import Client
from punie_ls.relay.configuration import TyConfiguration
from punie_ls.relay.interpreters import Interpreters
from punie_ls.relay.launch import SERVER_COMMAND_VARIABLE, launches
from punie_ls.relay.messages import decode, encode
from punie_ls.relay.routing import Name
from punie_ls.relay.session import Session
from punie_ls.relay.supervisor import Launch
from punie_semantic.exceptions import SemanticError
from punie_semantic.lsp.connection import ChildConnection, Handler

ANSWER_SECONDS = 20.0

_LOSSES = {
    "ty": "type errors, hover, completion and navigation are off",
    "ruff": "linting and formatting are off",
    "punie": "Punie's own fixes are off",
}


@dataclass(frozen=True)
class Editor:
    """Stands in for an editor without settings of its own, so that each server is told what the relay would tell it."""

    folder: Path
    session: Session
    configuration: TyConfiguration


async def plain_editor(folder: Path) -> Editor:
    """An editor that has opened the folder."""
    uri = folder.as_uri()
    session = Session({"rootUri": uri, "workspaceFolders": [{"uri": uri, "name": folder.name}]})
    await session.settings.read([folder])
    interpreters = Interpreters(lambda wanted: session.settings.of(wanted).settings.interpreter)
    return Editor(folder, session, TyConfiguration(session, Client(lambda body: None), interpreters))


async def examine_servers(
    findings: list[Finding], folder: Path, environ: Mapping[str, str] = os.environ
) -> list[Server]:
    """Start them all at once and end them again."""
    editor = await plain_editor(folder)
    servers = await asyncio.gather(*(examine(name, launch, editor) for name, launch in launches(environ).items()))
    for server in servers:
        findings.extend(_findings(server))
    return servers


async def examine(name: Name, launch: Launch, editor: Editor, *, seconds: float = ANSWER_SECONDS) -> Server:
    """One server: how long until it answered, or why it did not."""
    command = list(launch.command)
    if not command:
        return Server(name, command, error=launch.absence)
    messages: list[str] = []
    connection = ChildConnection(
        command,
        name=name,
        cwd=editor.folder,
        environ=launch.environ,
        on_request=_answers(editor),
        on_notification=_listener(messages),
    )
    try:
        async with asyncio.timeout(seconds):
            begun = time.monotonic()
            await connection.start()
            await connection.request(types.INITIALIZE, editor.session.child_params(name), timeout=2 * seconds)
            taken = time.monotonic() - begun
            connection.notify(types.INITIALIZED, {})
            if name == "ty":
                # Its configuration is read after `initialize`; an answer to anything means that it has been read.
                document = {"uri": (editor.folder / "punie-doctor.py").as_uri()}
                await connection.request(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, {"textDocument": document})
    except TimeoutError:
        return Server(name, command, error=f"no answer within {seconds:g} s", messages=messages)
    except (SemanticError, OSError) as error:
        return Server(name, command, error=str(error).rstrip("."), messages=messages)
    finally:
        await connection.close()
    if messages:
        messages += _errors(connection.stderr)
    return Server(name, command, seconds=round(taken, 3), messages=messages)


def _answers(editor: Editor) -> Handler:
    """The server's questions: only its settings matter."""

    async def answer(method: str, params: Any) -> Any:  # noqa: ANN401 - wire data
        if method != types.WORKSPACE_CONFIGURATION:
            return None
        return decode(await editor.configuration.answer(encode(params)))

    return answer


def _listener(messages: list[str]) -> Handler:
    """Keeps what the server would show to the user as an error or a warning."""
    shown = (types.MessageType.Error.value, types.MessageType.Warning.value)

    def listen(method: str, params: Any) -> None:  # noqa: ANN401 - wire data
        if method == types.WINDOW_SHOW_MESSAGE and params.get("type") in shown:
            messages.append(" ".join(str(params.get("message")).split()))

    return listen


def _errors(stderr: str) -> list[str]:
    """What a server's message refers to when it says "see the logs": the errors in its log, without their dates."""
    lines = (line.partition(" ERROR ")[2].strip() for line in stderr.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def _findings(server: Server) -> list[Finding]:
    findings = []
    if server.messages:
        text = " ".join(server.messages)
        findings.append(Finding(f"{server.name} complains: {text}", "Correct the configuration it speaks of."))
    # A ty or ruff that is not there has been named with the programs.
    if server.error is not None and (server.command or server.name == "punie"):
        what = f"The {server.name} server does not work, so {_LOSSES[server.name]} ({server.error})."
        by_hand = f"Run it by hand and see what it says: {' '.join(server.command)}"
        do = by_hand if server.command else f"Unset {SERVER_COMMAND_VARIABLE}."
        findings.append(Finding(what, do, about=server.name))
    return findings
