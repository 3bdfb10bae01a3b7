"""Python source between bytes and text: encoding cookie, BOM and line ends survive every edit."""

from __future__ import annotations

import codecs
import errno
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.exceptions import SourceError
from punie_semantic.regular_files import read_regular

MAX_SOURCE_BYTES = 5 << 20
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Source:
    """A file's text with all that is needed to write it back byte for byte."""

    text: str
    encoding: str = "utf-8"
    bom: bool = False

    def encode(self, text: str) -> bytes:
        """Bytes of `text` in this file's encoding. Raises SourceError when a character does not fit."""
        try:
            return (codecs.BOM_UTF8 if self.bom else b"") + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise SourceError(
                f"The edit has a character that {self.encoding} cannot hold: {error.object[error.start]!r}. "
                "Use an escape, or convert the file to UTF-8 first."
            ) from error


def decode(data: bytes, name: str) -> Source:
    """Decode Python source by its BOM or cookie, as Python itself does; other files as UTF-8.

    Raises:
        SourceError: the file is too large, binary, or does not decode.
    """
    if len(data) > MAX_SOURCE_BYTES:
        raise SourceError(f"{name} has {len(data)} bytes; files over {MAX_SOURCE_BYTES} are not read.")
    encoding = "utf-8"
    try:
        if name.endswith((".py", ".pyi")):
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        bom = data.startswith(codecs.BOM_UTF8)
        body = data[len(codecs.BOM_UTF8) :] if bom else data
        encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        text = body.decode(encoding)
        exact = encoding == "utf-8" or text.encode(encoding) == body
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise SourceError(
            f"{name} does not decode as {encoding}: {error}. Declare its encoding or convert it to UTF-8."
        ) from error
    if "\0" in text:
        raise SourceError(f"{name} is a binary file.")
    if not exact:
        raise SourceError(f"{name} cannot be written back as {encoding} byte for byte. Convert it to UTF-8.")
    return Source(text, encoding, bom)


def source_of_new(text: str, name: str) -> Source:
    """How a new file is encoded: as its cookie says, else as UTF-8. Raises SourceError for an unknown encoding."""
    return Source("", _declared(text, name))


def source_of_buffer(text: str, name: str) -> Source:
    """How an open document will be saved, as far as its text tells: as its cookie says, else as UTF-8."""
    try:
        source = Source(text, _declared(text, name))
        source.encode(text)
    except SourceError:
        return Source(text)
    return source


def check_declaration(source: Source, text: str, name: str) -> None:
    """Refuse a text that would be read back otherwise than it is written. Raises SourceError.

    That is one that the encoding cannot hold, that declares another one, that is binary, or that is too large.
    """
    data = source.encode(text)
    if "\0" in text:
        raise SourceError(f"The edit puts a NUL character into {name}. Use an escape.")
    if len(data) > MAX_SOURCE_BYTES:
        raise SourceError(f"The edit makes {name} {len(data)} bytes long; the limit is {MAX_SOURCE_BYTES}.")
    declared = _declared(text, name)
    body = data[len(codecs.BOM_UTF8) :] if source.bom else data
    if source.bom and declared not in ("utf-8", source.encoding):
        raise SourceError(f"{name} begins with a UTF-8 mark, so it cannot declare {declared}. Leave its cookie alone.")
    changed = declared != source.encoding and declared != _declared(source.text, name)
    if changed and not _reads_as(body, declared, text):
        raise SourceError(
            f"The edit makes {name} declare {declared}, but it is written as {source.encoding}. "
            "Leave the encoding declaration alone, or use escapes for what is not ASCII."
        )


def _declared(text: str, name: str) -> str:
    """The encoding that a text asks for by its cookie."""
    if not name.endswith((".py", ".pyi")):
        return "utf-8"
    # A cookie is in the first two lines, and it is ASCII.
    head = "\n".join(text.split("\n", 2)[:2]).encode("ascii", "replace")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
    except SyntaxError as error:
        raise SourceError(
            f"The encoding that {name} declares is of no use: {error}. Declare none for UTF-8."
        ) from error
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _reads_as(body: bytes, encoding: str, text: str) -> bool:
    try:
        return body.decode(encoding) == text
    except (UnicodeError, LookupError):
        return False


def read_source(path: Path) -> Source:
    """`decode` a file. Raises SourceError; OSError becomes one too."""
    try:
        data = read_regular(path, MAX_SOURCE_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            size = path.stat().st_size
            raise SourceError(f"{path.name} has {size} bytes; files over {MAX_SOURCE_BYTES} are not read.") from error
        raise SourceError(f"{path.name} cannot be read: {error.strerror}.") from error
    return decode(data, path.name)


def line_ending(text: str) -> str:
    """The line end that most lines of `text` have; a text without any has a line feed."""
    counts = {"\n": 0, "\r\n": 0, "\r": 0}
    for match in _LINE_END.finditer(text):
        counts[match[0]] += 1
    return max(counts, key=lambda end: counts[end])


def with_line_ending(text: str, ending: str) -> str:
    """`text` with every line end replaced."""
    return _LINE_END.sub(lambda _: ending, text)
