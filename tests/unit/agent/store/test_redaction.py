"""Secrets out of texts and JSON values."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punie_agent.redaction import Redactor

# Put together here, so that no scanner takes this file for a leak.
A = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4"
HEX = "0123456789abcdef" * 4

SECRETS = {
    "anthropic-key": f"sk-ant-api03-{A}",
    "openai-key": f"sk-proj-{A}",
    "openrouter-key": f"sk-or-v1-{HEX}",
    "google-key": f"AIza{A[:35]}",
    "google-token": f"ya29.{A}",
    "google-secret": f"GOCSPX-{A[:28]}",
    "github-token": f"ghp_{A[:36]}",
    "gitlab-token": f"glpat-{A[:20]}",
    "slack-token": f"xoxb-123456789012-{A[:24]}",
    "slack-webhook": f"hooks.slack.com/services/T00000000/B00000000/{A[:24]}",
    "aws-key-id": "AKIA" + "ABCDEFGH12345678",
    "azure-key": f"AccountKey={A}{A[:38]}==",
    "huggingface-token": f"hf_{A[:34]}",
    "groq-key": f"gsk_{A}",
    "xai-key": f"xai-{A}",
    "nvidia-key": f"nvapi-{A}",
    "perplexity-key": f"pplx-{A}",
    "cerebras-key": f"csk-{A}",
    "fireworks-key": f"fw_{A[:24]}",
    "together-key": f"tgp_v1_{A[:43]}",
    "replicate-token": f"r8_{A[:37]}",
    "stripe-key": f"sk_live_{A[:24]}",
    "sendgrid-key": f"SG.{A[:22]}.{A[:43]}",
    "npm-token": f"npm_{A[:36]}",
    "pypi-token": f"pypi-AgEI{A}",
    "docker-token": f"dckr_pat_{A[:27]}",
    "databricks-token": f"dapi{HEX[:32]}",
    "digitalocean-token": f"dop_v1_{HEX}",
    "shopify-token": f"shpat_{HEX[:32]}",
    "linear-key": f"lin_api_{A[:40]}",
    "notion-token": f"ntn_{A[:46]}",
    "figma-token": f"figd_{A[:40]}",
    "vault-token": f"hvs.{A[:24]}",
    "age-key": "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE",
    "jwt": f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{A[:43]}",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_token_of_a_known_form_is_redacted_wherever_it_stands(kind: str) -> None:
    redactor = Redactor({})
    marker = f"[redacted:{kind}]"

    for before, after in (("", ""), ("use ", " now"), ("(", ")"), ('"', '"'), ("é", "é"), ("\n", "\n"), ("日本", "😀")):
        assert redactor.text(f"{before}{SECRETS[kind]}{after}") == f"{before}{marker}{after}"


ASSIGNED = {
    f"API_KEY={A}": "API_KEY=[redacted:secret]",
    f'export OPENAI_API_KEY="{A}"': 'export OPENAI_API_KEY="[redacted:secret]"',
    f"aws_secret_access_key = '{A[:40]}'": "aws_secret_access_key = '[redacted:secret]'",
    f'{{"client_secret": "{A}"}}': '{"client_secret": "[redacted:secret]"}',
    f'\\"access_token\\": \\"{A}\\"': '\\"access_token\\": \\"[redacted:secret]\\"',
    f"x-api-key: {A}": "x-api-key: [redacted:secret]",
    f"token: {HEX[:40]}": "token: [redacted:secret]",
    f"https://api.test/v1?token={A}&page=2": "https://api.test/v1?token=[redacted:secret]&page=2",
    "DB_PASSWORD=Sommer2024": "DB_PASSWORD=[redacted:password]",
    "PASSWORD=hunter22": "PASSWORD=[redacted:password]",
    'password: "correct-horse7"': 'password: "[redacted:password]"',
    "postgresql://me:s3cret@db.test/app": "postgresql://me:[redacted:password]@db.test/app",
    "redis://:s3cret@cache.test:6379": "redis://:[redacted:password]@cache.test:6379",
    "https://me:p@ss@host.test/": "https://me:[redacted:password]@host.test/",
    f"Authorization: Bearer {A}": "Authorization: Bearer [redacted:authorization]",
    "Authorization: Basic dXNlcjpwYXNz": "Authorization: Basic [redacted:authorization]",
    f"curl -H 'bearer {A}'": "curl -H 'bearer [redacted:bearer-token]'",
}


@pytest.mark.parametrize("text", ASSIGNED)
def test_what_is_assigned_to_a_secret_looking_name_is_redacted(text: str) -> None:
    assert Redactor({}).text(text) == ASSIGNED[text]


BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"
END = "-----END OPENSSH PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (f"a\n{BEGIN}\n{A}\n{A}\n{END}\nb", "a\n[redacted:private-key]\nb"),
        (f"{BEGIN}\\n{A}\\n{END}", "[redacted:private-key]"),
        (f"{BEGIN}\n{A}\n{A[:20]}", "[redacted:private-key]"),
        (f"{BEGIN}\n{A}\n# cut off", "[redacted:private-key]# cut off"),
        (
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\nabc=\n-----END PGP PRIVATE KEY BLOCK-----",
            "[redacted:private-key]",
        ),
        (f"{BEGIN}\n{A}\n{END}{BEGIN}\n{A}\n{END}", "[redacted:private-key][redacted:private-key]"),
    ],
)
def test_a_private_key_is_redacted_as_a_whole(text: str, redacted: str) -> None:
    assert Redactor({}).text(text) == redacted


HARMLESS = [
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "id = 123e4567-e89b-12d3-a456-426614174000",
    "token = 123e4567-e89b-12d3-a456-426614174000",
    "cache_key = '9e107d9d372bb6826bd81d3542a419d6'",
    f'hash = "sha256:{HEX}"',
    f"ty==0.0.104 --hash=sha256:{HEX}",
    '"integrity": "sha512-z+OwTPqqK9UjXwVlGqZ3oXv6GIzGGw8/5Jp5LtYVGmnH2bdUV4uVUUV8m9p3kkVJxJUiOQhCeAqZvG0JTkhE3A=="',
    "tokenizers==0.20.3",
    "secretstorage==3.3.3",
    '"js-tokens": "^3.0.0 || ^4.0.0"',
    'token = os.environ["GITHUB_TOKEN"]',
    "api_key = settings.OPENAI_API_KEY_V2",
    "api_key=config.get_secret_value()",
    "def login(password: SecretStr, token: AccessToken) -> None: ...",
    'password = "changeme-please1"',
    'password = "your-password-1"',
    "API_KEY=${OPENAI_API_KEY}",
    'API_KEY="<your api key here 123>"',
    "token_url = 'https://login.test/oauth2/v2.0/token'",
    "max_tokens=1000000000000000",
    "primary_key=user_id",
    "ssh_key = '~/.ssh/id_ed25519_work_laptop2'",
    "public_key: AAAAC3NzaC1lZDI1NTE5AAAAIGm0bJkK7wT9",
    "for token in tokenize.generate_tokens(readline): pass",
    "sk-learn is not scikit-learn",
    "the ask-me-anything-about-python-packages page",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    "https://example.test:8080/a@b",
    "git@github.com:me/project.git",
    "ssh://git@host.test:2222/x",
    "bearer of bad news, carrier of good",
    "src/punie_ls/relay/editor_messages.py:120:13: error[unresolved-attribute]",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor({}).text(text) == text


def test_values_of_secret_looking_variables_are_redacted() -> None:
    environ = {
        "COMPANY_TOKEN": "tr0ub4dor",
        "SHORT_KEY": "abc",
        "SSH_KEY": "/home/me/.ssh/id",
        "TOKENIZERS_PARALLELISM": "false",
        "ODD_SECRET": "redacted",
        "HOME": "/home/me",
    }

    assert Redactor(environ).text("tr0ub4dor/abc /home/me/.ssh/id false redacted") == (
        "[redacted:environment]/abc /home/me/.ssh/id false redacted"
    )


def test_json_keeps_its_structure() -> None:
    value = {"api_key": A, "n": 1, "ok": True, "none": None, "list": [f"sk-proj-{A}", 2.5], f"ghp_{A[:36]}": "x"}

    assert Redactor({}).json(value) == {
        "api_key": "[redacted:secret]",
        "n": 1,
        "ok": True,
        "none": None,
        "list": ["[redacted:openai-key]", 2.5],
        "[redacted:github-token]": "x",
    }
    assert value["api_key"] == A


def test_json_in_a_text_stays_json() -> None:
    inner = json.dumps({"code": f'TOKEN = "{A}"\nprint("é")', "secret": A + '\\"'})

    redacted = Redactor({}).json({"args": inner})

    code = 'TOKEN = "[redacted:secret]"\nprint("é")'
    assert json.loads(redacted["args"]) == {"code": code, "secret": "[redacted:secret]"}


def test_json_without_a_secret_stays_letter_for_letter() -> None:
    inner = '{"code" :  "x = 1",\n "n": 1e3}'

    assert Redactor({}).json({"args": inner}) == {"args": inner}


def test_very_deep_json_is_cut() -> None:
    value: object = f"sk-proj-{A}"
    for _ in range(500):
        value = [value]

    text = json.dumps(Redactor({}).json(value))

    assert A not in text
    assert "[redacted:nested-too-deep]" in text


def test_what_is_no_unicode_becomes_a_replacement_character() -> None:
    assert Redactor({}).text("a\0b\ud800c😀") == "a\ufffdb\ufffdc😀"


SLOW = {
    "one word": "a",
    "names": "token",
    "assignments": "token=",
    "quotes": 'token="a:',
    "values": "token=a8f5f167f44f4964e6c998dee827110c ",
    "beginnings of tokens": "sk-",
    "beginnings of more tokens": "eyJ",
    "parts of a token": "eyJaaaaaaaaaa.",
    "URLs": "://a:",
    "passwords": "://a:b@",
    "keys": "-----BEGIN PRIVATE KEY-----!",
    "authorization": "authorization: ",
    "blanks": "token    :    ",
    "no Unicode": "\ud800",
}


@pytest.mark.parametrize("piece", SLOW)
def test_the_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (SLOW[piece] * (size // len(SLOW[piece]) + 1))[:size]
        started = time.process_time()
        Redactor({}).text(text)
        return time.process_time() - started

    small = min(seconds(1 << 15) for _ in range(3))

    # Sixteen times as much; what grows with the square takes 256 times as long.
    assert seconds(1 << 19) < 80 * small + 0.5


PIECES = st.sampled_from([*SECRETS.values(), *ASSIGNED, *HARMLESS, f"{BEGIN}\n{A}\n", END, "[redacted:", "]", "=", '"'])
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=8).map("".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_twice_is_as_once(text: str) -> None:
    redactor = Redactor({"A_TOKEN": "tr0ub4dor"})
    once = redactor.text(text)

    assert redactor.text(once) == once


@settings(max_examples=60, deadline=None)
@given(st.recursive(TEXTS | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)))
def test_json_stays_json_and_twice_is_as_once(value: object) -> None:
    redactor = Redactor({})
    once = redactor.json(value)

    assert json.loads(json.dumps(once)) == once
    assert redactor.json(once) == once
