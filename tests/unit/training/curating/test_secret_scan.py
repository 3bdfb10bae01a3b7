"""Secrets are found by form and by name, and only their kinds are given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from punie_agent.redaction import Redactor
from punie_training.curating.secret_scan import SecretScan, open_scan


@pytest.fixture
def scan() -> Iterator[SecretScan]:
    with open_scan(Redactor({"MY_TOKEN": "blue-garden-42-kettle"})) as opened:
        yield opened


@pytest.mark.parametrize(
    "text",
    [
        "use AKIA" + "QZ7XN3M5LK2JH4GT please",
        "ghp_" + "a1B2" * 9,
        'edit_file("a.py", "x", "password = \'kx93-Tr0ub4dor\'")',
        "https://me:hunter2hunter2@example.org/",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "the value blue-garden-42-kettle",
    ],
)
def test_a_secret_is_found(text: str, scan: SecretScan) -> None:
    kinds = scan.kinds(text)

    assert kinds
    assert not any(len(kind) > 40 for kind in kinds)


@pytest.mark.parametrize(
    "text",
    [
        "Where is `password` defined?",
        "rename_symbol('token', 'secret_token')",
        "commit 3b2a0ed9f3f7d0a6b5a2c1d4e5f60718293a4b5c",
        "password = get_password()",
        "token: [redacted:secret]",
        "find_symbol('api_key').symbols",
        "",
    ],
)
def test_talk_of_secrets_is_none(text: str, scan: SecretScan) -> None:
    assert scan.kinds(text) == []
