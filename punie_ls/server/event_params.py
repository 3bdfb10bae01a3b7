"""From the events of turns to the params of `punie/event`, without secrets. Knows no client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from punie_agent.streamed_secrets import StreamedText, StreamRedactor
from punie_ls.server.event_queue import TurnName, Waiting, text_key


class EventEncoder:
    """From events to params without secrets. Each batch belongs to one thread."""

    def __init__(self) -> None:
        self._redactor = StreamRedactor()
        self._texts: dict[TurnName, tuple[Any, StreamedText]] = {}

    def encode(self, batch: Sequence[Waiting]) -> list[dict[str, Any]]:
        """What is sent for the events, in order."""
        return [params for item in batch for params in self._params(item)]

    def _params(self, item: Waiting) -> list[dict[str, Any]]:
        if text_key(item.event) is not None:
            return self._text(item)
        event = item.event if isinstance(item.event, dict) else item.event.model_dump(mode="json")
        return [*self._rest(item.turn), self._told(item, self._redactor.json(event))]

    def _text(self, item: Waiting) -> list[dict[str, Any]]:
        """A text as far as it can be shown."""
        held = self._texts.get(item.turn)
        piece = "".join(item.pieces)
        params: list[dict[str, Any]] = []
        if item.missed:
            # What is left of a word, or a line, may be the half of a secret.
            self._texts.pop(item.turn, None)
            held, piece = None, piece.partition("\n")[2]
        elif held is not None and text_key(held[0]) != text_key(item.event):
            params, held = self._rest(item.turn), None
        event, text = held or (item.event, StreamedText(self._redactor))
        self._texts[item.turn] = (event, text)
        shown = text.add(piece)
        if shown or item.missed:
            params.append(self._told(item, _with_text(event, shown)))
        return params

    def _rest(self, turn: TurnName) -> list[dict[str, Any]]:
        """The end of the text before."""
        event, text = self._texts.pop(turn, (None, None))
        shown = text.finish() if text is not None else ""
        return [_params(turn, _with_text(event, shown))] if shown else []

    def _told(self, item: Waiting, event: dict[str, Any]) -> dict[str, Any]:
        more = self._redactor.json(dict(item.more))
        return _params(item.turn, event) | more | ({"missed": item.missed} if item.missed else {})


def _params(turn: TurnName, event: dict[str, Any]) -> dict[str, Any]:
    return {"uri": turn.uri, "session": turn.session, "turn": turn.number, "event": event}


def _with_text(event: Any, text: str) -> dict[str, Any]:  # noqa: ANN401
    return {**event.model_dump(mode="json"), "text": text}
