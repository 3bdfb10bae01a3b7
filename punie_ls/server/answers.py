"""Answers as Markdown documents, shown beside the code by any editor.

Where the client can ask for contents the documents are `punie:` URIs and nothing is written. Elsewhere they are files
in a folder that only the user can read, which goes when the server ends.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer

logger = logging.getLogger(__name__)

SCHEME = "punie"
# A new folder is not locked yet at once.
SECONDS_TO_LOCK = 60


class AnswerDocuments:
    """The documents of this server, by a key of their own."""

    def __init__(self, server: PunieServer) -> None:
        self._server = server
        self._folder: PrivateFolder | None = None
        self._texts: dict[str, str] = {}
        self._uris: dict[str, str] = {}
        self._written: Counter[str] = Counter()

    @property
    def virtual(self) -> bool:
        """Whether the client asks for the contents of `punie:` documents."""
        return bool(self._server.client_supports("workspace.text_document_content"))

    def write(self, key: str, title: str, text: str) -> str:
        """A document with a text; gives its URI. Raises OSError.

        Virtual documents keep their URI for a key, and the client asks for the text again. A file gets a new name each
        time: editors go on showing what they have read of the old one.
        """
        uri = self._uris.get(key)
        if self.virtual:
            if uri is None:
                uri = self._uris[key] = self._new_uri(key, title)
        else:
            self._written[key] += 1
            uri = self._uris[key] = self._new_uri(key, title, self._written[key])
        self.update(uri, text)
        return uri

    def update(self, uri: str, text: str) -> None:
        """Another text for a document. Raises OSError."""
        if not self.virtual:
            self._file(uri).write_text(text, encoding="utf-8")
            return
        known = uri in self._texts
        self._texts[uri] = text
        if known:
            params = types.TextDocumentContentRefreshParams(uri=uri)
            self._server.protocol.send_request(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, params)

    def text(self, uri: str) -> str:
        """A document's text; one of an earlier server is gone."""
        return self._texts.get(uri, "This answer is gone: the server was restarted. Its session is still listed.\n")

    async def show(self, uri: str, sentence: str, line: int = 0) -> None:
        """Show a document at a line (from 0), or say the sentence and where the document is."""
        if self._server.client_supports("window.show_document.support"):
            at = types.Position(line=line, character=0)
            # Without the focus: it opens beside the code, and what the user types stays in the code.
            params = types.ShowDocumentParams(uri=uri, take_focus=False, selection=types.Range(start=at, end=at))
            try:
                answer = await self._server.ask_client(types.WINDOW_SHOW_DOCUMENT, params)
                if getattr(answer, "success", False):
                    return
            except JsonRpcException as error:
                logger.info("%s is not shown: %s", uri, error)
        where = uri if self.virtual else str(self._file(uri))
        self._server.say(f"{sentence} The whole answer: {where}")

    def close(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            self._folder.close()
            self._folder = None

    def _new_uri(self, key: str, title: str, number: int = 1) -> str:
        slug = re.sub(r"[^\w.-]+", "-", title, flags=re.ASCII).strip("-.")[:40].rstrip("-.") or "answer"
        short = re.sub(r"[^A-Za-z0-9]", "", key)[-12:]
        name = f"{slug}-{short}{f'-{number}' if number > 1 else ''}.md"
        if self.virtual:
            return f"{SCHEME}:/{quote(name)}"
        if self._folder is None:
            self._folder = PrivateFolder()
        return (self._folder.path / name).as_uri()

    def _file(self, uri: str) -> Path:
        assert self._folder is not None
        return self._folder.path / uri.rpartition("/")[2]


class PrivateFolder:
    """A folder of this process below one that only the user can read. Those of ended processes are removed."""

    def __init__(self, temporary: Path | None = None) -> None:
        base = _own_base(temporary or Path(tempfile.gettempdir()))
        _remove_stale(base)
        self.path = Path(tempfile.mkdtemp(prefix="answers-", dir=base))
        # Who holds the lock lives; the number of a process may be another's by now.
        self._lock = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _own_base(temporary: Path) -> Path:
    """The user's folder among the temporary ones; a fresh one when somebody else has taken its name."""
    base = temporary / f"punie-{os.getuid()}"
    try:
        base.mkdir(mode=0o700)
    except FileExistsError:
        found = base.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return Path(tempfile.mkdtemp(prefix="punie-", dir=temporary))
        base.chmod(0o700)
    return base


def _remove_stale(base: Path) -> None:
    for folder in base.glob("answers-*"):
        try:
            if time.time() - folder.lstat().st_mtime < SECONDS_TO_LOCK:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass  # its process lives
        finally:
            os.close(lock)
