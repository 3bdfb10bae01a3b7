"""A disk without room: nothing half-written, the user is told, and the session goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.acp.client import choose, start_agent
from tests.e2e.acp.conftest import EDIT
from tests.e2e.commands.conftest import APP
from tests.e2e.conftest import make_project
from tests.model_server import ModelServer, call, say

# More than the project's files take, less than a journal's and the store's.
MOST_KIB = 8


async def test_no_room(tmp_path: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    root = make_project(folder)
    big = APP + "# 🚀\r\n" * 3000
    (root / "app.py").write_bytes(big.encode())
    settings = tmp_path / "punie.toml"
    settings.write_text(f'model = "{model.spec}"\n')
    monkeypatch.setenv("PUNIE_STATE_DIR", str(tmp_path / "state"))
    limited = f'ulimit -f {MOST_KIB}; exec "$@"'
    environ = {"PUNIE_CONFIG_FILE": str(settings), "PUNIE_STORE": str(tmp_path / "punie.db")}
    model.add(call("run_code", code=EDIT), say("Done."), say("Still here."))

    async with start_agent(environ=environ, wrapped=("sh", "-c", limited, "sh")) as client:
        await client.initialize()
        client.answers["session/request_permission"] = choose("allow")
        session = await client.new(root)
        assert await client.prompt(session, "Take the f away") == "end_turn"
        assert "**Not written:**" in client.text
        assert await client.prompt(session, "Are you there?") == "end_turn"

    assert (root / "app.py").read_bytes().decode() == big
    assert sorted(path.name for path in root.iterdir()) == ["app.py", "pyproject.toml", "shop.py"]
