"""A pydantic-ai model around any other: it reads programs in whatever form they come, and explains what fails.

Text that turns out to be a program is never shown as text first. Every failure is a `ModelError`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ModelAPIError, ModelNotFoundError, ModelRateLimitError, ModelUnavailableError
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import ModelError
from punie_agent.models.calls import known_tools
from punie_agent.models.failures import Endpoint, explain, not_there, slow
from punie_agent.models.limits import ModelOptions
from punie_agent.models.streaming import TolerantStream
from punie_agent.models.turns import turn_at

# A server that says "later" without saying when is asked again after this, and waited for no longer than that.
RETRY_SECONDS = 1.0
MAX_RETRY_SECONDS = 30.0

NamesOfModels = Callable[[], Awaitable[list[str]]]


class TolerantModel(WrapperModel):
    """A model whose answers are read tolerantly and whose failures are sentences.

    Args:
        wrapped: the model.
        endpoint: who it is, for messages.
        options: deadlines and bounds.
        tools: the tools that programs can call.
        thinks_first: whether its answers begin in the middle of thought.
        names: asks the server which models it has.
        before: waits until the server can be asked, as after a restart.
    """

    def __init__(
        self,
        wrapped: Model[Any],
        endpoint: Endpoint,
        options: ModelOptions,
        *,
        tools: Iterable[str] = (),
        thinks_first: bool = False,
        names: NamesOfModels | None = None,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(wrapped)
        self.endpoint = endpoint
        self._options = options
        self._tools = frozenset(tools)
        self._thinks_first = thinks_first
        self._names = names
        self._before = before

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One answer, under the same bounds as a streamed one."""
        async with self.request_stream(messages, model_settings, model_request_parameters) as stream:
            async for _ in stream:
                pass
        return stream.get()

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """One answer, as it comes."""
        if self._before:
            await self._before()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(turn_at(self.endpoint.url))
            deadline = asyncio.get_running_loop().time() + self._options.first_token_seconds

            def enter() -> Awaitable[StreamedResponse]:
                stream = self.wrapped.request_stream(messages, model_settings, model_request_parameters, run_context)
                return stack.enter_async_context(stream)

            inner = await self._open(enter, deadline)
            yield TolerantStream(
                model_request_parameters,
                inner=inner,
                endpoint=self.endpoint,
                options=self._options,
                deadline=deadline,
                known=known_tools(model_request_parameters, self._tools),
                thinks_first=self._thinks_first,
            )

    async def _open(self, enter: Callable[[], Awaitable[StreamedResponse]], deadline: float) -> StreamedResponse:
        """The opened stream. One that is busy is asked once more, one that loads until the deadline."""
        busy: ModelAPIError | None = None
        while True:
            timer = asyncio.timeout_at(deadline)
            try:
                async with timer:
                    return await enter()
            except (ModelRateLimitError, ModelUnavailableError) as error:
                wait = _wait(error, again=busy is not None)
                if wait is None or asyncio.get_running_loop().time() + wait > deadline:
                    raise explain(error, self.endpoint) from error
                busy = error
                await asyncio.sleep(wait)
            except TimeoutError as error:
                if busy is not None and _loads(busy):  # that tells more than no answer this time
                    raise explain(busy, self.endpoint) from error
                if not timer.expired():
                    raise explain(error, self.endpoint) from error
                raise slow(self.endpoint, self._options.first_token_seconds, begun=False) from error
            except ModelNotFoundError as error:
                raise await self._not_found(error) from error
            except Exception as error:  # the border to the provider's packages
                raise explain(error, self.endpoint) from error

    async def _not_found(self, error: ModelNotFoundError) -> ModelError:
        """The models that there are, where the server says."""
        try:
            names = await self._names() if self._names else None
        except (OSError, ValueError, TimeoutError):
            names = None
        if names is None or self.endpoint.model in names:
            return explain(error, self.endpoint)
        return not_there(self.endpoint, names)


def _wait(error: ModelAPIError, *, again: bool) -> float | None:
    """How long to wait before asking again; None not to."""
    if again and not _loads(error):
        return None
    seconds = error.retry_after if error.retry_after is not None else RETRY_SECONDS
    return seconds if seconds <= MAX_RETRY_SECONDS else None


def _loads(error: ModelAPIError) -> bool:
    """Whether a server says that its model is being loaded."""
    return isinstance(error, ModelUnavailableError) and "load" in str(error.body).lower()
