"""Python source between bytes and text: encoding cookie, BOM and line ends survive every edit."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.exceptions import SourceError

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
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise SourceError(
            f"{name} does not decode as {encoding}: {error}. Declare its encoding or convert it to UTF-8."
        ) from error
    if "\0" in text:
        raise SourceError(f"{name} is a binary file.")
    return Source(text, encoding, bom)


def read_source(path: Path) -> Source:
    """`decode` a file. Raises SourceError; OSError becomes one too."""
    try:
        data = path.read_bytes()
    except OSError as error:
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
