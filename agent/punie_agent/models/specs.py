"""The setting `model` as data: what each spec means, and whether a project's own file may choose it.

builtin | local | local:NAME | http://host:port/v1#NAME | adapter | adapter:NAME | PROVIDER:NAME | several, with commas
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from punie_agent.exceptions import ModelNotUsable

Kind = Literal["builtin", "local", "http", "adapter", "provider"]

_FORMS = (
    "builtin, local, local:NAME, adapter, adapter:NAME, http://host:port/v1#NAME, or PROVIDER:NAME such as anthropic:…"
)


@dataclass(frozen=True)
class Spec:
    """One model, as it was asked for.

    Attributes:
        kind: what sort it is.
        name: the model's or the adapter's name; "" takes the first model that there is, or the promoted adapter.
        url: of `http`: the base URL, with its credentials if it has any.
        provider: of `provider`: pydantic-ai's name for it.
    """

    kind: Kind
    name: str = ""
    url: str = ""
    provider: str = ""

    @property
    def text(self) -> str:
        """The spec as it is written, without credentials."""
        match self.kind:
            case "http":
                return shown_url(self.url) + (f"#{self.name}" if self.name else "")
            case "provider":
                return f"{self.provider}:{self.name}"
            case _:
                return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def stays_here(self) -> bool:
        """Whether nothing that is sent to this model leaves the machine."""
        return self.kind in ("builtin", "local", "adapter") or (self.kind == "http" and is_loopback(self.url))


def parse_specs(setting: str | Sequence[str]) -> list[Spec]:
    """The models of a setting, in order. Raises ModelNotUsable with what is wrong."""
    texts = setting.split(",") if isinstance(setting, str) else setting
    specs = [parse_spec(text) for text in texts if text.strip()]
    if not specs:
        raise ModelNotUsable(f"The setting model is empty. It may be: {_FORMS}.")
    return specs


def parse_spec(text: str) -> Spec:
    """One spec. Raises ModelNotUsable with what is wrong."""
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    alone: dict[str, Kind] = {"builtin": "builtin", "local": "local", "adapter": "adapter"}
    if text in alone:
        return Spec(alone[text])
    if scheme.lower() in ("http", "https"):
        return _parse_url(text)
    if not colon or not scheme or not rest:
        raise ModelNotUsable(f"There is no model {text!r}. It may be: {_FORMS}.")
    if scheme in ("local", "adapter"):
        return Spec("local" if scheme == "local" else "adapter", rest)
    return Spec("provider", rest, provider=scheme)


def _parse_url(text: str) -> Spec:
    address, _, name = text.partition("#")
    parts = _split(address)
    if parts is None:
        raise ModelNotUsable(
            f"{shown_url(address)} is no URL of a model server, such as http://127.0.0.1:1234/v1#NAME."
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return Spec("http", name, url=urlunsplit((parts.scheme.lower(), parts.netloc, path or "/v1", "", "")))


def _split(address: str) -> SplitResult | None:
    """A URL with a host and, if it has a port, a possible one."""
    try:
        parts = urlsplit(address)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def shown_url(url: str) -> str:
    """A URL that may be shown: without credentials and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "this"
    return urlunsplit((parts.scheme, _host_of(parts), parts.path, "", ""))


def _host_of(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def server_of(url: str) -> str:
    """The host and port of a URL, for messages."""
    return _host_of(urlsplit(url))


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine, by its address alone: no name is looked up but `localhost`."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Consent:
    """Whether a model may be used as it was chosen; `why` is the question to ask when it may not."""

    allowed: bool
    why: str = ""


def allowed_model(setting: str | Sequence[str], source: str | None, *, by_project: bool) -> Consent:
    """Whether a model may be used without asking the user.

    A project's own file must not send the user's code to a stranger.

    Args:
        setting: the setting `model`.
        source: who chose it, for the sentence; None is the default.
        by_project: whether that is a file of the project itself.
    """
    strangers = [spec.text for spec in parse_specs(setting) if not spec.stays_here]
    if not by_project or not strangers:
        return Consent(True)
    names = " and ".join(strangers)
    return Consent(
        False,
        f"{source} chooses {names}, which would get your code and your prompts over the network. "
        "Allow it, or choose a model in your own settings?",
    )


def chosen_by_project(source: str | None, folder: Path) -> bool:
    """Whether a setting's source (`Resolved.sources`) is a file in the project's folder."""
    return bool(source) and folder in Path(str(source)).parents
