"""The protocol's own TypeScript SDK drives the agent through every stable method."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.acp.official import MISSING, packages
from tests.e2e.conftest import make_project
from tests.e2e.editor import PUNIE_LS

pytestmark = pytest.mark.skipif(MISSING, reason="npm is not there")


def test_the_official_sdk(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    command = ["node", "judge.mjs", str(root), str(PUNIE_LS), "acp"]

    done = subprocess.run(command, cwd=packages(), capture_output=True, text=True, timeout=100, check=False)

    assert done.stdout, done.stderr
    seen = json.loads(done.stdout)
    # Whether thoughts, plans and usage come depends on the model; the others are here.
    assert set(seen.pop("updates")) >= {
        "agent_message_chunk",
        "available_commands_update",
        "config_option_update",
        "current_mode_update",
        "session_info_update",
        "tool_call",
        "tool_call_update",
        "user_message_chunk",
    }
    assert seen == {
        "version": 1,
        "agent": "punie",
        "modes": ["ask", "edit", "auto"],
        "options": ["mode", "model"],
        "answer": "end_turn",
        "renamed": "end_turn",
        "written": True,
        "permission": ["allow_once", "allow_always", "reject_once"],
        "diff": "diff",
        "undone": True,
        "rejected": True,
        "forms": 1,
        "mode": "auto",
        "cancelled": "cancelled",
        "listed": True,
        "replayed": 4,
        "deleted": True,
        "unknown": -32601,
        "status": 0,
    }
