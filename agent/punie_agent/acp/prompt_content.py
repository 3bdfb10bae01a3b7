"""What a client sends as a prompt, as words for the agent: texts, mentions of files, attached texts, pictures."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from punie_agent.acp.exceptions import BadRequest
from punie_agent.acp.places import Folder, Place
from punie_agent.requests import AskRequest

MOST_ATTACHED = 50_000


@dataclass(frozen=True)
class Picture:
    """A picture, decoded."""

    data: bytes
    media_type: str


@dataclass
class PromptContent:
    """A prompt.

    Attributes:
        words: what the user wrote, with mentions as paths.
        places: files of the project that are mentioned.
        attached: texts that are no files of the project, each by its URI.
        pictures: in order.
    """

    words: str = ""
    places: list[Place] = field(default_factory=list)
    attached: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def place(self) -> Place | None:
        """The one place that the prompt is about; None when there is none, or several."""
        return self.places[0] if len(set(self.places)) == 1 else None

    def prompt(self) -> str:
        """The request in words, as every front end states it."""
        parts = [self.words, *(_quoted(uri, text) for uri, text in self.attached)]
        text = "\n\n".join(part for part in parts if part)
        place = self.place
        if place is None:
            return text
        if not place.line:
            return AskRequest(text, place.file).prompt()
        # The end of a selection is where the line after it begins.
        return AskRequest(text, place.file, place.line, 1, place.end_line + 1, 1).prompt()


def read_prompt(blocks: Sequence[Any], folder: Folder) -> PromptContent:
    """The content blocks of a prompt. Raises BadRequest for one that cannot be used, and for an empty prompt."""
    content = PromptContent()
    for block in blocks:
        match block.type:
            case "text":
                _add(content, block.text)
            case "resource_link":
                _mention(content, block.uri, folder)
            case "resource":
                _embed(content, block.resource, folder)
            case "image":
                content.pictures.append(_picture(block.data, block.mime_type))
            case other:
                raise BadRequest(f"Punie takes no {other} in prompts. Send text, files or pictures.")
    content.words = content.words.strip()
    if not content.words and not content.pictures and not content.attached:
        raise BadRequest("The prompt is empty. Say what Punie is to do.")
    return content


def _mention(content: PromptContent, uri: str, folder: Folder) -> None:
    place = folder.place(uri)
    if place is None:
        _add(content, uri, apart=True)
        return
    content.places.append(place)
    _add(content, place.mention, apart=True)


def _embed(content: PromptContent, resource: Any, folder: Folder) -> None:  # noqa: ANN401 - the SDK's
    text = getattr(resource, "text", None)
    if text is None and (resource.mime_type or "").startswith("image/"):
        content.pictures.append(_picture(resource.blob, resource.mime_type))
        return
    _mention(content, resource.uri, folder)
    # Files of the project are read where they are: the client's unsaved text of them is asked for.
    if text is not None and folder.place(resource.uri) is None:
        content.attached.append((resource.uri, _whole(text)))


def _add(content: PromptContent, text: str, *, apart: bool = False) -> None:
    text = _whole(text)
    gap = " " if apart and content.words and not content.words[-1].isspace() else ""
    content.words += gap + text


def _whole(text: str) -> str:
    """A text of whole characters; half of one, which JSON can hold, becomes a replacement."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _quoted(uri: str, text: str) -> str:
    more = "" if len(text) <= MOST_ATTACHED else f"\n[cut: it has {len(text)} characters]"
    return f"Attached, {uri}:\n<attached>\n{text[:MOST_ATTACHED].rstrip()}{more}\n</attached>"


def _picture(data: str, media_type: str) -> Picture:
    if not media_type.startswith("image/"):
        raise BadRequest(f"A picture cannot be of type {media_type}.")
    try:
        return Picture(base64.b64decode(data, validate=True), media_type)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("A picture of the prompt is no base64.") from error
