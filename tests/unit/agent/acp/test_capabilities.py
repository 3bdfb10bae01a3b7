"""What both sides offer, and that the answer to `initialize` needs nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from punie_agent.acp.capabilities import ClientOffers, initialize_result

HEAVY = ("acp", "pydantic", "pydantic_ai", "pydantic_monty", "sqlalchemy", "openai", "mcp", "punie_agent.events")


@pytest.mark.parametrize("version", [1, 0, 2, 999, "1", None])
def test_the_version_is_ours(version: object) -> None:
    assert initialize_result({"protocolVersion": version})["protocolVersion"] == 1


def test_setup_is_offered_to_clients_with_a_terminal() -> None:
    plain = initialize_result({"protocolVersion": 1})
    able = initialize_result({"clientCapabilities": {"auth": {"terminal": True}}})

    assert plain["authMethods"] == []
    (method,) = able["authMethods"]
    assert (method["type"], method["args"]) == ("terminal", ["--setup"])
    assert json.loads(json.dumps(able)) == able


def test_what_a_client_offers() -> None:
    capabilities = {"fs": {"readTextFile": True}, "elicitation": {"form": {}}, "terminal": True}
    assert ClientOffers.of({"clientCapabilities": capabilities}) == ClientOffers(read_files=True, forms=True)


@pytest.mark.parametrize(
    "capabilities",
    [None, [], "all", {"fs": True}, {"fs": {"readTextFile": "yes"}}, {"elicitation": {"form": None}}, {"auth": []}],
    ids=str,
)
def test_what_is_not_understood_is_not_offered(capabilities: Any) -> None:
    assert ClientOffers.of({"clientCapabilities": capabilities}) == ClientOffers()


@pytest.mark.parametrize("module", ["punie_agent.acp.capabilities", "punie_agent.acp.serving", "punie_agent.acp.host"])
def test_it_is_light(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
