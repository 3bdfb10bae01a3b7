"""The methods of the protocol, version 1, on a host: thin, each hands over to what does the work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from acp import RequestError, schema
from acp.agent.connection import AgentSideConnection
from acp.interfaces import Agent, Client

from punie_agent.acp import session_view
from punie_agent.acp.capabilities import SETUP, ClientOffers, initialize_result
from punie_agent.acp.client import ClientSide
from punie_agent.acp.config_options import look_for_models, set_mode, set_option, settings_of
from punie_agent.acp.conversation import Conversation
from punie_agent.acp.exceptions import BadRequest, Busy, NotFound
from punie_agent.acp.handed_over import servers_of
from punie_agent.acp.host import AgentHost
from punie_agent.acp.places import Folder
from punie_agent.acp.prompt_content import read_prompt
from punie_agent.acp.prompting import take_turn
from punie_agent.acp.replay import replay
from punie_agent.acp.transport import EXTENSION, NdjsonTransport
from punie_agent.events import Done, StopReason
from punie_agent.exceptions import AgentError
from punie_semantic.exceptions import SemanticError

CANCELLED = -32800
CODES = {BadRequest: -32602, NotFound: -32002, Busy: -32600}
STOPS: dict[StopReason, schema.StopReason] = {
    "end_turn": "end_turn",
    "cancelled": "cancelled",
    "budget": "max_turn_requests",
}

Params = ParamSpec("Params")
Result = TypeVar("Result")

_REQUEST: ContextVar[object] = ContextVar("request", default=None)

logger = logging.getLogger(__name__)


async def serve(transport: NdjsonTransport, host: AgentHost, offers: ClientOffers) -> None:
    """Serve one client until it is gone; its turns are stopped then.

    Args:
        transport: the client's messages.
        host: the projects and sessions.
        offers: what the client said in `initialize`.
    """
    agent = PunieAgent(host, offers, transport.answer_to)
    # The flag is for resume and close, which are stable and which this SDK still takes for unstable.
    connection = AgentSideConnection(cast("Agent", agent), transport, listening=False, use_unstable_protocol=True)
    try:
        await connection.listen()
    finally:
        await connection.close()
        await agent.end()


def _answered(
    method: Callable[Concatenate[PunieAgent, Params], Awaitable[Result]],
) -> Callable[Concatenate[PunieAgent, Params], Coroutine[Any, Any, Result]]:
    """What is refused becomes an error of the protocol, and the request can be cancelled by its id."""

    @wraps(method)
    async def answer(agent: PunieAgent, *args: Params.args, **kwargs: Params.kwargs) -> Result:
        request = kwargs.pop("request_id", None)
        _REQUEST.set(request)
        try:
            return await agent.run(request, method(agent, *args, **kwargs))
        except (AgentError, SemanticError) as error:
            code = next((code for kind, code in CODES.items() if isinstance(error, kind)), -32603)
            raise RequestError(code, str(error), {"kind": type(error).__name__}) from error

    return answer


class PunieAgent:
    """One client's agent; the SDK calls its methods. Parameters are the protocol's own."""

    def __init__(self, host: AgentHost, offers: ClientOffers, answer_to: Callable[[object], asyncio.Event]) -> None:
        self._host = host
        self._offers = offers
        self._answer_to = answer_to
        self._requests: dict[object, asyncio.Future[Any]] = {}
        self._prompted: dict[str, object] = {}
        self._folders: dict[str, Folder] = {}
        self._after: set[asyncio.Task[None]] = set()
        self._connection: AgentSideConnection | None = None

    def on_connect(self, conn: Client) -> None:
        """The way to the client."""
        self._connection = cast("AgentSideConnection", conn)

    async def end(self) -> None:
        """The client is gone."""
        for task in self._after:
            task.cancel()
        await asyncio.gather(*self._after, return_exceptions=True)
        await self._host.release(self)

    async def run(self, request: object, work: Awaitable[Result]) -> Result:
        """Work on a request in a task of its own, which `$/cancel_request` can end."""
        task = asyncio.ensure_future(work)
        self._requests[request] = task
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise RequestError(CANCELLED, "The request was cancelled.") from None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        finally:
            self._requests.pop(request, None)

    async def initialize(self, protocol_version: int, **_: object) -> schema.InitializeResponse:
        """Once more, or over a transport of the SDK's own: what was offered first holds."""
        return schema.InitializeResponse.model_validate(initialize_result({}))

    @_answered
    async def authenticate(self, method_id: str, **_: object) -> schema.AuthenticateResponse:
        """Nothing is to be done: without a model the planner answers."""
        if method_id != SETUP:
            raise BadRequest(f"There is no way {method_id!r} to authenticate; none is needed.")
        return schema.AuthenticateResponse()

    @_answered
    async def new_session(
        self, cwd: str, mcp_servers: Sequence[Any] | None = None, **_: object
    ) -> schema.NewSessionResponse:
        """A new session of a folder."""
        talk = await self._host.begin(self, cwd, servers_of(mcp_servers))
        self._remember(talk, cwd)
        modes, options = session_view.modes(talk.mode), session_view.options(settings_of(talk))
        self._soon(self._introduce(talk))
        return schema.NewSessionResponse(session_id=talk.opened.id, modes=modes, config_options=options)

    @_answered
    async def load_session(
        self, cwd: str, session_id: str, mcp_servers: Sequence[Any] | None = None, **_: object
    ) -> schema.LoadSessionResponse:
        """A stored session, with all that was said in it."""
        talk, stored = await self._host.go_on(self, session_id, cwd, servers_of(mcp_servers))
        client = self._remember(talk, cwd)
        for update in replay(stored, client.folder):
            await client.send([update])
        modes, options = session_view.modes(talk.mode), session_view.options(settings_of(talk))
        self._soon(self._introduce(talk))
        return schema.LoadSessionResponse(modes=modes, config_options=options)

    @_answered
    async def resume_session(
        self, cwd: str, session_id: str, mcp_servers: Sequence[Any] | None = None, **_: object
    ) -> schema.ResumeSessionResponse:
        """A stored session whose history the client has already."""
        talk, _stored = await self._host.go_on(self, session_id, cwd, servers_of(mcp_servers))
        self._remember(talk, cwd)
        modes, options = session_view.modes(talk.mode), session_view.options(settings_of(talk))
        self._soon(self._introduce(talk))
        return schema.ResumeSessionResponse(modes=modes, config_options=options)

    @_answered
    async def list_sessions(
        self, cwd: str | None = None, cursor: str | None = None, **_: object
    ) -> schema.ListSessionsResponse:
        """Sessions of a folder, or of all."""
        page = await self._host.list(cwd, cursor or "")
        shown = [session_view.summary(session) for session in page.sessions]
        return schema.ListSessionsResponse(sessions=shown, next_cursor=page.cursor or None)

    @_answered
    async def close_session(self, session_id: str, **_: object) -> schema.CloseSessionResponse:
        """Stop a session, and free what it uses."""
        await self._host.close(self, session_id)
        return schema.CloseSessionResponse()

    @_answered
    async def set_session_mode(self, session_id: str, mode_id: str, **_: object) -> schema.SetSessionModeResponse:
        """Another mode holds from the next edit on."""
        talk = self._host.of(self, session_id)
        set_mode(talk, mode_id)
        self._soon(self._client(talk).send([session_view.options_update(settings_of(talk))]))
        return schema.SetSessionModeResponse()

    @_answered
    async def set_config_option(
        self, config_id: str, session_id: str, value: str | bool, **_: object
    ) -> schema.SetSessionConfigOptionResponse:
        """Set the mode, the model, or how much it thinks."""
        talk = self._host.of(self, session_id)
        before = talk.mode
        await set_option(talk, config_id, value)
        if talk.mode != before:
            self._soon(self._client(talk).send([session_view.mode_update(talk.mode)]))
        return schema.SetSessionConfigOptionResponse(config_options=session_view.options(settings_of(talk)))

    async def prompt(self, session_id: str, prompt: Sequence[Any], **meta: object) -> schema.PromptResponse:
        """One turn. However it was stopped, the answer is that it is cancelled."""
        self._prompted[session_id] = meta.get("request_id")
        try:
            done = await self._prompt(session_id=session_id, prompt=prompt, **meta)
        except RequestError as error:
            if error.code != CANCELLED:
                raise
            return schema.PromptResponse(stop_reason="cancelled")
        if done.reason == "error":
            raise RequestError(-32603, done.message or "The turn failed.", {"kind": "ModelError"})
        return schema.PromptResponse(stop_reason=STOPS[done.reason])

    @_answered
    async def _prompt(self, session_id: str, prompt: Sequence[Any], **_: object) -> Done:
        talk = self._host.of(self, session_id)
        client = self._client(talk)
        done = await take_turn(talk, client, read_prompt(prompt, client.folder))
        return Done(reason="cancelled") if talk.cancelled else done

    async def cancel(self, session_id: str, **_: object) -> None:
        """Stop the turn that runs, or that is about to."""
        with contextlib.suppress(NotFound):
            talk = self._host.of(self, session_id)
            if not talk.busy and (task := self._requests.get(self._prompted.get(session_id))):
                task.cancel()
            await talk.cancel()

    async def ext_method(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The stable methods that the SDK does not route."""
        match f"_{method}".removeprefix(EXTENSION):
            case "session/delete":
                return await self._delete(**_plain(params, schema.DeleteSessionRequest))
            case "logout":
                return {}
        raise RequestError.method_not_found(f"_{method}")

    async def ext_notification(self, method: str, params: dict[str, Any]) -> None:
        """`$/cancel_request`, which the SDK does not route."""
        if f"_{method}" != f"{EXTENSION}$/cancel_request":
            return
        task = self._requests.get(params.get("requestId"))
        if task is not None:
            task.cancel()

    async def fork_session(self, **_: object) -> schema.ForkSessionResponse:
        """Not stable, so not offered."""
        raise RequestError.method_not_found("session/fork")

    @_answered
    async def _delete(self, session_id: str, **_: object) -> dict[str, Any]:
        await self._host.delete(session_id)
        return {}

    def _remember(self, talk: Conversation, cwd: str) -> ClientSide:
        self._folders[talk.opened.id] = Folder.of(talk.manager.workspace.root, cwd)
        return self._client(talk)

    def _client(self, talk: Conversation) -> ClientSide:
        assert self._connection is not None
        key = talk.opened.id
        return ClientSide(self._connection, key, self._offers, self._folders[key])

    async def _introduce(self, talk: Conversation) -> None:
        """What the client learns when it knows the session: the commands, and the models as far as they answer."""
        client = self._client(talk)
        await client.send([session_view.commands_update()])
        if await look_for_models(talk):
            await client.send([session_view.options_update(settings_of(talk))])

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after the answer to the present request has been sent."""
        answered = self._answer_to(_REQUEST.get())

        async def later() -> None:
            await answered.wait()
            with contextlib.suppress(ConnectionError, NotFound):
                await work

        self._after.add(task := asyncio.create_task(later()))
        task.add_done_callback(self._after.discard)


def _plain(params: dict[str, Any], model: type[Any]) -> dict[str, Any]:
    """The params of a method that the SDK does not route, checked as the SDK does."""
    checked = model.model_validate(params)
    given = {name: getattr(checked, name) for name in model.model_fields if name != "field_meta"}
    return {**given, **(checked.field_meta or {})}
