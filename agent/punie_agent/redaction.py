"""Secrets out of whatever is stored: keys, tokens, passwords. Each becomes a marker that says of which kind it was.

Every pattern takes time in proportion to the text, also for text made to be slow. What only looks random stays:
commit hashes, UUIDs, the hashes of lock files.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 100
ROUNDS = 10

_WORD = "A-Za-z0-9_-"


def _rule(kind: str, prefixes: str, rest: str) -> list[tuple[str, str, re.Pattern[str]]]:
    """Tokens that begin in one of some ways, each with its own pattern.

    A token begins where a word does. That is looked at after the prefix, because a pattern with a fixed beginning is
    searched for many times faster; and before the rest, since a rest may be as long as the text.
    """
    return [
        (prefix, kind, re.compile(f"{re.escape(prefix)}(?<![{_WORD}]{re.escape(prefix)}){rest}"))
        for prefix in prefixes.split()
    ]


# The more special rule comes first: sk-ant- is also an sk-.
_RULES = (
    *_rule("anthropic-key", "sk-ant-", rf"[{_WORD}]{{20,}}"),
    *_rule("openrouter-key", "sk-or-", rf"[{_WORD}]{{20,}}"),
    *_rule("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", rf"[{_WORD}]{{20,}}"),
    *_rule("openai-key", "sk-", "[A-Za-z0-9]{20,}"),
    *_rule("google-key", "AIza", rf"[{_WORD}]{{35}}(?![{_WORD}])"),
    *_rule("google-token", "ya29.", rf"[{_WORD}]{{20,}}"),
    *_rule("google-secret", "GOCSPX-", rf"[{_WORD}]{{20,}}"),
    *_rule("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", "[A-Za-z0-9]{36,}"),
    *_rule("github-token", "github_pat_", "[A-Za-z0-9_]{22,}"),
    *_rule("gitlab-token", "glpat- glptt- gldt- glrt- glcbt- glsoat-", rf"[{_WORD}]{{20,}}"),
    *_rule("slack-token", "xoxa- xoxb- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp-", "[A-Za-z0-9-]{10,}"),
    *_rule("slack-webhook", "hooks.slack.com/services/ hooks.slack.com/workflows/", "[A-Za-z0-9_/]{20,}"),
    *_rule("aws-key-id", "AKIA ASIA ABIA ACCA", rf"[A-Z0-9]{{16}}(?![{_WORD}])"),
    *_rule("azure-key", "AccountKey=", "[A-Za-z0-9+/]{40,}={0,2}"),
    *_rule("huggingface-token", "hf_ api_org_", "[A-Za-z0-9]{30,}"),
    *_rule("groq-key", "gsk_", "[A-Za-z0-9]{40,}"),
    *_rule("xai-key", "xai-", "[A-Za-z0-9]{40,}"),
    *_rule("nvidia-key", "nvapi-", rf"[{_WORD}]{{40,}}"),
    *_rule("perplexity-key", "pplx-", "[A-Za-z0-9]{32,}"),
    *_rule("cerebras-key", "csk-", "[A-Za-z0-9]{32,}"),
    *_rule("fireworks-key", "fw_", "[A-Za-z0-9]{20,}(?![A-Za-z0-9_])"),
    *_rule("together-key", "tgp_v1_", rf"[{_WORD}]{{30,}}"),
    *_rule("replicate-token", "r8_", "[A-Za-z0-9]{30,}"),
    *_rule("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_", "[A-Za-z0-9]{16,}"),
    *_rule("stripe-key", "whsec_", "[A-Za-z0-9+/]{24,}={0,2}"),
    *_rule("sendgrid-key", "SG.", rf"[{_WORD}]{{16,64}}\.[{_WORD}]{{16,}}"),
    *_rule("npm-token", "npm_", "[A-Za-z0-9]{36,}"),
    *_rule("pypi-token", "pypi-AgEI", rf"[{_WORD}]{{30,}}"),
    *_rule("docker-token", "dckr_pat_ dckr_oat_", rf"[{_WORD}]{{20,}}"),
    *_rule("databricks-token", "dapi", "[a-f0-9]{32}(?![A-Za-z0-9])"),
    *_rule("digitalocean-token", "doo_v1_ dop_v1_ dor_v1_", "[a-f0-9]{64}"),
    *_rule("shopify-token", "shpat_ shpca_ shppa_ shpss_", "[a-fA-F0-9]{32}"),
    *_rule("linear-key", "lin_api_ lin_oauth_", "[A-Za-z0-9]{32,}"),
    *_rule("notion-token", "ntn_", "[A-Za-z0-9]{40,}"),
    *_rule("notion-token", "secret_", "[A-Za-z0-9]{43}(?![A-Za-z0-9])"),
    *_rule("figma-token", "figd_ figo_ figu_ figr_", rf"[{_WORD}]{{36,}}"),
    *_rule("vault-token", "hvs. hvb. hvr.", rf"[{_WORD}]{{24,}}"),
    *_rule("age-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{50,}"),
    *_rule("jwt", "eyJ", rf"[{_WORD}]{{10,}}\.eyJ[{_WORD}]{{10,}}\.[{_WORD}]{{10,}}"),
)

_NO_TEXT = re.compile("[\0\ud800-\udfff]+")

_CLOSE_BEHIND = re.compile(rf"\[redacted:[a-z-]{{1,40}}\][{_WORD}]")

_KEY_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = re.compile(r"-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"(?:[A-Za-z0-9+/=\s]|\\n|\\r)*")

# The scan never passes a slash, so that each character is looked at once for the "://" before it.
_URL_PASSWORD = re.compile(r"""(://[^\s:/?#"'<>\\]{0,256}:)(?!\[redacted)([^\s/"'<>\\]{1,512})@""")

_AUTHORIZATION = re.compile(
    r"""(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z]{3,12}\s{1,4})?)(?!\[redacted)([A-Za-z0-9._~+/=:-]{8,})""",
    re.IGNORECASE | re.ASCII,
)
_BEARER = re.compile(r"(bearer\s{1,4})(?!\[redacted)([A-Za-z0-9._~+/=-]{16,})", re.IGNORECASE | re.ASCII)

_NAMES = (
    r"(?:api|secret|private|access|signing|encryption|master|service|auth)[_-]?key|secret|token|passw(?:or)?d|passphrase"
    r"|credentials?|pwd|[_-]key"
)
# A whole word is taken at once, and only from its beginning; whether its name is one of these is looked at afterwards.
_ASSIGNED = re.compile(rf"""(?<![{_WORD}])([{_WORD}]++)\\?["']?(\s{{0,4}})(:=|=>|={{1,2}}|:)(\s{{0,4}})""", re.ASCII)
_QUOTED = re.compile(r"""\\?["'`](?!\[redacted)([^\s"'`\\]{8,})""")
_PLAIN = re.compile(r"""(?!\[redacted)([^\s"'`,;<>(){}\[\]\\|&:=]{8,}={0,2})""")
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE | re.ASCII)
_PASSWORD_NAME = re.compile(r"passw|passphrase|pwd", re.IGNORECASE)
_HARMLESS_NAME = re.compile(
    r"public[_-]?key|(?:tokens|tokenizers?|token[_-](?:type|count|url|uri|endpoint|limit|ids?))$", re.IGNORECASE
)
_VARIABLE = re.compile(r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|_PWD|_PAT$", re.IGNORECASE)

_HASH = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", re.IGNORECASE)
_NOT_IN_SECRET = re.compile(r"\s|^\[redacted")
_ANY_HASH_NAME = re.compile("secret|token|api", re.IGNORECASE)
_HARMLESS = re.compile(
    r"(?:sha\d{1,3}|md5|blake2[bs]?)[:=-]"  # the hashes of lock files
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z"  # UUIDs
    r"|v?\d+(?:\.\w+)+(?:[+-][\w.+-]*)?\Z"  # versions, dates, addresses
    r"|[\d.,:TZ+-]+\Z"  # numbers, times
    r"|(?:[a-z][a-z+.-]{1,20}:)?/|[~.]{0,2}/|[a-z]:\\"  # URLs and paths
    r"|[$%<{]",  # templates
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"example|changeme|your[_-]|placeholder|dummy|xxxx|\*\*\*|\.\.\.", re.IGNORECASE)
_CLASSES = tuple(re.compile(pattern) for pattern in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]"))
_WORDS = re.compile(r"[A-Za-z]+\d{0,3}(?:[._:/-][A-Za-z]*\d{0,3})*")


def marker(kind: str) -> str:
    """What stands where a secret was."""
    return f"[redacted:{kind}]"


class Redactor:
    """Takes secrets out of texts and of JSON values. The same every time, and nothing more when done twice.

    Args:
        environ: the values of its secret-looking variables are secrets wherever they turn up.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        values = {value for name, value in environ.items() if _VARIABLE.search(name) and _is_secret_value(value)}
        self._values = sorted(values, key=lambda value: (-len(value), value))

    def text(self, text: str) -> str:
        """The text without secrets, and without what is no Unicode: NUL and halves of surrogate pairs."""
        text = _clean(text)
        for _ in range(ROUNDS):
            text = self._round(text)
            # What stands close behind a secret begins a word only now.
            if not _CLOSE_BEHIND.search(text):
                break
        return text

    def _round(self, text: str) -> str:
        if len(text) < 8:
            return text
        for value in self._values:
            if value in text:
                text = text.replace(value, marker("environment"))
        text = _private_keys(text)
        for prefix, kind, pattern in _RULES:
            if prefix in text:
                text = pattern.sub(marker(kind), text)
        if "://" in text:
            text = _URL_PASSWORD.sub(rf"\1{marker('password')}@", text)
        return _assignments(text)

    def json(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - JSON values
        """A JSON value with all its texts redacted, keys too; its structure stays. A new value; the old one stays.

        Args:
            value: what JSON can hold.
            name: the key under which it stands: what stands under `api_key` is judged as in `api_key=...`.
        """
        return self._json(value, name, MAX_DEPTH)

    def _json(self, value: Any, name: str, depth: int) -> Any:  # noqa: ANN401 - JSON values
        if isinstance(value, str):
            return self._leaf(value, name, depth)
        if isinstance(value, dict | list) and depth <= 0:
            return marker("nested-too-deep")
        if isinstance(value, list):
            return [self._json(item, name, depth - 1) for item in value]
        if isinstance(value, dict):
            redacted: dict[str, Any] = {}
            for key, item in value.items():
                clean = self.text(key)
                new = clean
                while new in redacted:
                    new += "'"
                # A key with a secret in it is no name that says what its value is.
                redacted[new] = self._json(item, key if clean == key else "", depth - 1)
            return redacted
        return value

    def _leaf(self, text: str, name: str, depth: int) -> str:
        if text[:1] in ("{", "[") and depth > 0:
            # JSON in JSON, as the arguments of tool calls are: text patterns could break it.
            try:
                inner = json.loads(text)
            except (ValueError, RecursionError):
                pass
            else:
                if isinstance(inner, dict | list):
                    redacted = self._json(inner, name, depth - 1)
                    return text if redacted == inner else json.dumps(redacted, ensure_ascii=False)
        text = self.text(text)
        if name and _names_secret(name) and _judge(name, text, literal=True):
            return marker(_kind(name))
        return text


def _clean(text: str) -> str:
    return _NO_TEXT.sub(lambda match: "\N{REPLACEMENT CHARACTER}" * len(match[0]), text)


def _private_keys(text: str) -> str:
    """Without private keys; one whose end is missing counts as far as it looks like one."""
    if "PRIVATE KEY" not in text:
        return text
    parts: list[str] = []
    at = 0
    ends = True
    while begin := _KEY_BEGIN.search(text, at):
        parts += [text[at : begin.start()], marker("private-key")]
        end = _KEY_END.search(text, begin.end()) if ends else None
        body = _KEY_BODY.match(text, begin.end())
        ends = end is not None
        at = end.end() if end else body.end() if body else begin.end()
    return "".join([*parts, text[at:]])


def _assignments(text: str) -> str:
    lower = text.lower()
    if "authorization" in lower:
        text = _AUTHORIZATION.sub(rf"\1{marker('authorization')}", text)
    if "bearer" in lower:
        text = _BEARER.sub(_bearer, text)
    if any(word in lower for word in ("key", "secret", "token", "passw", "passphrase", "credential", "pwd")):
        text = _values(text)
    return text


def _bearer(match: re.Match[str]) -> str:
    value = match[2]
    return f"{match[1]}{marker('bearer-token')}" if any(c.isdigit() for c in value) else match[0]


def _values(text: str) -> str:
    """Without the values of secret-looking names."""
    parts: list[str] = []
    at = 0
    for match in _ASSIGNED.finditer(text):
        name, before, sign, after = match.groups()
        if match.start() < at or not _names_secret(name):
            continue
        quoted = _QUOTED.match(text, match.end())
        value = quoted or _PLAIN.match(text, match.end())
        if value is None:
            continue
        # Without quotes, what stands after ` = ` is an expression of a program; in capitals, it is a variable's value.
        plain = not (before or after) or (sign == ":" and not before)
        if (quoted or plain) and _judge(name, value[1], literal=bool(quoted) or (plain and name.isupper())):
            parts += [text[at : value.start(1)], marker(_kind(name))]
            at = value.end(1)
    return "".join([*parts, text[at:]]) if parts else text


def _names_secret(name: str) -> bool:
    return "[redacted:" not in name and _SECRET_NAME.search(name) is not None


def _kind(name: str) -> str:
    return "password" if _PASSWORD_NAME.search(name) else "secret"


def _judge(name: str, value: str, *, literal: bool) -> bool:
    """Whether what is assigned to a secret-looking name is a secret, as opposed to a word, a path or a name.

    Args:
        name: the name.
        value: what is assigned.
        literal: whether it is certainly a text, and no name of something.
    """
    password = _PASSWORD_NAME.search(name)
    value = value[:128]
    if len(value) < (8 if password else 16) or _classes(value) < 2 or _NOT_IN_SECRET.search(value):
        return False
    if _HARMLESS.match(value) or _PLACEHOLDER.search(value) or _HARMLESS_NAME.search(name):
        return False
    if _WORDS.fullmatch(value) and not (password and literal):
        return False
    if password:
        return True
    if _HASH.fullmatch(value) and not _ANY_HASH_NAME.search(name):
        return False
    # Cheaper than Shannon's entropy, and for lengths like these as telling: below 3 bits there are not as many.
    return len(set(value)) >= 8


def _classes(value: str) -> int:
    """How many there are of: small letters, capitals, digits, other characters."""
    return sum(pattern.search(value) is not None for pattern in _CLASSES)


def _is_secret_value(value: str) -> bool:
    """Whether the value of a secret-looking variable is one: neither a path nor a plain word."""
    if len(value) < 8 or value in marker("environment") or "[redacted:" in value:
        return False
    if any(value in marker(kind) for _, kind, _ in _RULES) or any(value in marker(k) for k in _OTHER_KINDS):
        return False
    return not (_HARMLESS.match(value) or _PLACEHOLDER.search(value) or re.fullmatch(r"[A-Za-z]{1,16}", value))


_OTHER_KINDS = ("environment", "private-key", "password", "authorization", "bearer-token", "secret", "nested-too-deep")
