"""One agent process for each module, with a scripted model, on a project with emoji in its path."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.acp.client import ALL, AcpClient, RpcError, start_agent
from tests.e2e.commands.conftest import APP
from tests.e2e.conftest import make_project
from tests.model_server import ModelServer

EDIT = "edit_file('app.py', 'f\"done\"', '\"done\"')\nverify_edits(0).state"
EDITED = APP.replace('f"done"', '"done"')
SHOP = "def price(name: str) -> int:\n    return len(name)\n"


@dataclass
class Desk:
    """A client in front of a project, and the model that answers.

    Attributes:
        buffers: the client's own texts of files, by absolute path; other files are read from disk.
    """

    client: AcpClient
    root: Path
    model: ModelServer
    buffers: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, text: str) -> Path:
        """A file of the project, its line ends as given."""
        path = self.root / name
        path.write_bytes(text.encode())
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    async def new(self) -> str:
        """A session whose commands are known, in front of which nothing else has come."""
        session = await self.client.new(self.root)
        await self.client.until(lambda: self.client.of_kind("available_commands_update"))
        self.client.clear()
        return session

    def read_text(self, params: dict[str, Any]) -> dict[str, Any]:
        """What the client says a file is; as editors do, with line feeds."""
        path = params["path"]
        if path in self.buffers:
            return {"content": self.buffers[path]}
        if not Path(path).is_file():
            raise RpcError({"code": -32002, "message": "Resource not found"})
        return {"content": Path(path).read_bytes().decode().replace("\r\n", "\n")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Desk]:
    settings = tmp_path_factory.mktemp("settings") / "punie.toml"
    settings.write_text(f'model = "{model.spec}"\n')
    root = make_project(tmp_path_factory.mktemp("shop 🚀 #1"))
    async with start_agent(environ={"PUNIE_CONFIG_FILE": str(settings)}) as client:
        await client.initialize(ALL)
        yield Desk(client, root, model)


@pytest_asyncio.fixture(loop_scope="module")
async def desk(shared: Desk) -> Desk:
    """The client without what earlier tests have left, and the project as it was."""
    shared.client.clear()
    shared.client.answers.clear()
    shared.client.answers["fs/read_text_file"] = shared.read_text
    shared.buffers.clear()
    shared.model.script.replies.clear()
    shared.model.requests.clear()
    shared.put("app.py", APP)
    shared.put("shop.py", SHOP)
    return shared
