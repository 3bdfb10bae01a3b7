"""Which secrets a text holds: by Punie's own redaction, and by detect-secrets. Gives their kinds, never themselves."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from punie_agent.redaction import Redactor
from punie_training.dataset import Example
from punie_training.exceptions import MissingExtra

# What only looks random, and every address, is left to the redaction: code is full of both.
_LEFT_OUT = frozenset({"Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector"})
_MARKER = re.compile(r"\[redacted:([a-z-]+)\]")


class SecretScan:
    """Searches texts; see `open_scan`."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def kinds(self, text: str) -> list[str]:
        """The kinds of secrets in a text, each once; markers of what was redacted before are none."""
        found = list(dict.fromkeys(_MARKER.findall(self._redactor.text(text))))
        known = set(_MARKER.findall(text))
        detected = dict.fromkeys(kind for line in text.splitlines() for kind in _detected(line))
        return [kind for kind in found if kind not in known] + list(detected)

    def of(self, example: Example) -> list[str]:
        """The kinds of secrets in any message of an example."""
        return list(dict.fromkeys(kind for message in example.messages for kind in self.kinds(message.content)))


@contextmanager
def open_scan(redactor: Redactor | None = None) -> Generator[SecretScan]:
    """A scan, as long as it is open. Raises MissingExtra without detect-secrets."""
    try:
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
        from detect_secrets.settings import transient_settings
    except ImportError as error:
        raise MissingExtra("detect-secrets") from error
    names = sorted(plugin.__name__ for plugin in get_mapping_from_secret_type_to_class().values())
    with transient_settings({"plugins_used": [{"name": name} for name in names if name not in _LEFT_OUT]}):
        yield SecretScan(redactor or Redactor())


def _detected(line: str) -> Iterable[str]:
    from detect_secrets.core.scan import scan_line

    # A marker stands where a secret was, behind the name that gave it away.
    line = _MARKER.sub("", line)
    return (secret.type.lower().replace(" ", "-") for secret in scan_line(line))
