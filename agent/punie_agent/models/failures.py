"""What went wrong with a model, as one sentence: what, on which server, what to do next. Never a key."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic_ai.exceptions import (
    AgentRunError,
    ContentFilterError,
    FallbackExceptionGroup,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelServerError,
    ModelUnavailableError,
    UnexpectedModelBehavior,
    UsageLimitExceeded,
    UserError,
)

from punie_agent.exceptions import BrokenAnswer, ModelError, ModelUnavailable, RequestRejected
from punie_agent.models.choice import ModelChoice
from punie_agent.models.http import NotAnAnswer, TooLong
from punie_agent.models.quoting import cleaned, quote, said_in
from punie_agent.models.specs import server_of

SEE = "see: punie-ls models"

_OVERFLOW = re.compile(
    r"context (?:length|size|window)|maximum context|n_ctx|too many tokens|prompt is too long"
    r"|exceeds? the (?:available )?context",
    re.IGNORECASE,
)
# The first that matches counts: the special before the general.
_REFUSALS: tuple[tuple[type[ModelAPIError], type[ModelError], str], ...] = (
    (ModelAuthenticationError, RequestRejected, "{place} refuses the API key for {model}: {hint}."),
    (ModelNotFoundError, RequestRejected, "{place} has no model {model} (it says: {said}); {see}."),
    (ModelQuotaExceededError, RequestRejected, "{place} says that the account has nothing left ({said}): top it up."),
    (ModelRateLimitError, ModelUnavailable, "{who} takes no more requests now ({said}): wait a while, and ask again."),
    (ModelUnavailableError, ModelUnavailable, "{who} is not ready ({said}): wait until it has loaded, and ask again."),
    (
        ModelServerError,
        ModelUnavailable,
        "{who} failed with an error of its own ({status}: {said}): look into the server's log, and ask again.",
    ),
    (ModelHTTPError, RequestRejected, "{who} refuses the request ({status}: {said}); {see}."),
)
_NUMBER = re.compile(r"\d[\d,_]{2,}")


@dataclass(frozen=True)
class Endpoint:
    """Who was asked, as far as messages need it.

    Attributes:
        model: its name.
        url: the server; "" for a provider, which its own package reaches.
        key: the API key, only to take it out of messages.
        key_hint: how to give the right key.
        context_length: in tokens, if known.
    """

    model: str
    url: str = ""
    key: str = ""
    key_hint: str = "set the variable PUNIE_API_KEY"
    context_length: int | None = None

    @property
    def place(self) -> str:
        """The server, for people."""
        return server_of(self.url) if self.url else self.model.partition(":")[0]

    @property
    def who(self) -> str:
        """The model and its server, for people."""
        return f"{self.model} at {self.place}" if self.url else self.model


def explain_model_error(error: BaseException, choice: ModelChoice) -> str:
    """One sentence about any error that a model or the agent's run raised."""
    return str(explain(error, Endpoint(choice.name, context_length=choice.context_length)))


def explain(error: BaseException, endpoint: Endpoint) -> ModelError:
    """An error as the agent's own, with a sentence; one that is that already stays as it is."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, FallbackExceptionGroup):
        parts = [str(explain(inner, endpoint)) for inner in error.exceptions]
        return ModelUnavailable(" ".join(parts))
    return (
        _transport(error, endpoint)
        or _refusal(error, endpoint)
        or _behaviour(error, endpoint)
        or ModelError(f"{endpoint.who} could not answer: {quote(error, endpoint.key)}; {SEE}.")
    )


def _transport(error: BaseException, endpoint: Endpoint) -> ModelError | None:
    """The network, and answers that are none."""
    for cause in _causes(error):
        match cause:
            case NotAnAnswer():
                return _not_an_answer(cause, endpoint)
            case TooLong():
                return BrokenAnswer(
                    f"{endpoint.who} sent an answer without end, so it was stopped; restart the server, {SEE}."
                )
            case ConnectionRefusedError():
                return ModelUnavailable(
                    f"Nothing listens at {endpoint.place}, so {endpoint.model} was not asked: "
                    f"start the model server, or choose another model; {SEE}."
                )
            case socket.gaierror():
                return ModelUnavailable(
                    f"The name {_host(endpoint.place)} could not be looked up, so {endpoint.model} was not asked: "
                    "check the setting model, and the network."
                )
            case ssl.SSLError():
                return ModelUnavailable(
                    f"No secure connection to {endpoint.place} could be made ({quote(cause, endpoint.key)}): "
                    "check whether the address in the setting model begins with http or https."
                )
            case json.JSONDecodeError():
                return BrokenAnswer(
                    f"{endpoint.place} sent what is no JSON in the answer of {endpoint.model}: "
                    "look into the server's log, and ask again."
                )
            case _:
                pass
    return None


def _host(place: str) -> str:
    return place.rpartition(":")[0] or place


def _not_an_answer(cause: NotAnAnswer, endpoint: Endpoint) -> ModelError:
    said = said_in(cause.body)
    if "json" in cause.kind and said:
        return RequestRejected(f"{endpoint.place} answers: {cleaned(said, endpoint.key)}; {SEE}.")
    what = "a web page" if "html" in cause.kind else f"something else ({cause.kind.partition(';')[0]})"
    return BrokenAnswer(
        f"{endpoint.url or endpoint.place} is no model server, it answers with {what}: "
        "check the address in the setting model; it usually ends in /v1."
    )


def _refusal(error: BaseException, endpoint: Endpoint) -> ModelError | None:
    """What a server says no to."""
    if not isinstance(error, ModelAPIError):
        return None
    said = quote(error, endpoint.key)
    too_long = _status(error) in (400, 413, 422) and _OVERFLOW.search(said)
    if isinstance(error, ModelContextWindowExceededError) or too_long:
        return RequestRejected(_overflow(said, endpoint))
    if isinstance(error, ModelConnectionError):
        return _connection(error, endpoint)
    for kind, result, sentence in _REFUSALS:
        if isinstance(error, kind):
            fields = {"place": endpoint.place, "model": endpoint.model, "who": endpoint.who, "hint": endpoint.key_hint}
            return result(sentence.format(said=said, status=_status(error), see=SEE, **fields))
    return None


def _status(error: ModelAPIError) -> int | None:
    return error.status_code if isinstance(error, ModelHTTPError) else None


def _connection(error: ModelConnectionError, endpoint: Endpoint) -> ModelError:
    if error.phase in ("connect", "pool"):
        return ModelUnavailable(
            f"No connection to {endpoint.place} could be made, so {endpoint.model} was not asked: "
            f"check the address in the setting model, and whether the server runs; {SEE}."
        )
    return BrokenAnswer(
        f"{endpoint.who} broke off in the middle of its answer: the server may have crashed or run out of memory; "
        "look into its log, and ask again."
    )


def _overflow(said: str, endpoint: Endpoint) -> str:
    numbers = " and ".join(_NUMBER.findall(said)[:2])
    limit = f"it takes {endpoint.context_length:,} tokens" if endpoint.context_length else ""
    known = "; ".join(filter(None, [limit, f"the server names {numbers}" if numbers else ""])) or said
    return (
        f"This conversation is too long for {endpoint.who} ({known}): begin a new session, "
        "or give the model a larger context where the server is set up."
    )


def _behaviour(error: BaseException, endpoint: Endpoint) -> ModelError | None:
    """What pydantic-ai does not put up with."""
    match error:
        case UsageLimitExceeded():
            return ModelError(str(error).partition(" Consider raising")[0])
        case ContentFilterError():
            return RequestRejected(f"{endpoint.who} refuses to answer this (content filter): put it differently.")
        case UnexpectedModelBehavior() if "without content" in str(error):
            return empty(endpoint)
        case UnexpectedModelBehavior():
            return BrokenAnswer(
                f"{endpoint.who} answered what cannot be used ({quote(error, endpoint.key)}): ask again."
            )
        case UserError() | AgentRunError():
            return ModelError(f"{endpoint.who} could not be asked: {quote(error, endpoint.key)}.")
        case _:
            return None


def empty(endpoint: Endpoint) -> BrokenAnswer:
    """The answer had nothing in it."""
    return BrokenAnswer(
        f"{endpoint.who} answered with nothing: ask again; if it stays so, its chat template may not fit, {SEE}."
    )


def cut_off(endpoint: Endpoint) -> BrokenAnswer:
    """The answer ended in the middle of a program."""
    return BrokenAnswer(
        f"{endpoint.who} ran out of tokens in the middle of a program, which was not run: "
        "raise max-tokens in model-options, or ask for less at once."
    )


def slow(endpoint: Endpoint, seconds: float, *, begun: bool) -> ModelUnavailable:
    """A deadline passed."""
    if begun:
        return ModelUnavailable(
            f"{endpoint.who} wrote nothing more for {seconds:g} s, so it was stopped: "
            "ask again, or raise between-tokens-seconds in model-options."
        )
    return ModelUnavailable(
        f"{endpoint.who} wrote nothing within {seconds:g} s: it may still be loading, or be too large for this "
        "machine; wait, raise first-token-seconds in model-options, or choose a smaller model."
    )


def endless(endpoint: Endpoint, most: int) -> BrokenAnswer:
    """The answer went over its bound."""
    return BrokenAnswer(
        f"{endpoint.who} wrote more than {most:,} bytes without an end, so it was stopped: lower max-tokens in "
        "model-options, or choose another model."
    )


def not_there(endpoint: Endpoint, names: list[str]) -> RequestRejected:
    """The server has other models."""
    there = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    has = f"it has {there}" if names else "it has none: load one first"
    return RequestRejected(f"{endpoint.place} has no model {endpoint.model}; {has}.")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what caused it, innermost last."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting.extend(cause.exceptions)
        waiting += [cause.__context__, cause.__cause__]
