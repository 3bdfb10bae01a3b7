"""file: URIs and paths. `urllib.request.url2pathname` would import half of the standard library."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def path_of(uri: str) -> Path | None:
    """The path of a file: URI; None for every other scheme."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    path = unquote(parts.path)
    # /C:/project on Windows
    return Path(path[1:] if os.name == "nt" and path[2:3] == ":" else path)
