"""One turn: the model is asked, its programs run, its edits are re-checked, and each step is an event.

Whatever ends a turn, the messages so far stay, and edits that were not re-checked are gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from pydantic_ai import Agent, CancellationToken
from pydantic_ai.agent import AgentRunEvents
from pydantic_ai.exceptions import AgentRunError, RunCancelled, UsageLimitExceeded, UserError
from pydantic_ai.messages import FunctionToolCallEvent, FunctionToolResultEvent, ModelMessage, UserContent
from pydantic_ai.run import AgentRunResultEvent

from punie_agent.budget import CHECK_SECONDS, Meter, model_sentence
from punie_agent.codemode.toolset import TurnDeps
from punie_agent.events import Done, EditDeclined, EditProposed, Event, FileDiff, Notice, ToolCallStarted, Verifying
from punie_agent.exceptions import AgentError
from punie_agent.history import fitting
from punie_agent.models.choice import ModelChoice
from punie_agent.policy import Policy
from punie_agent.streaming import Stream, usage_event
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import SemanticError
from punie_semantic.overlay import FileChange
from punie_semantic.permissions import Request
from punie_semantic.settings import Budget
from punie_semantic.verify import verify
from punie_semantic.workspace import Workspace

logger = logging.getLogger(__name__)

STOPPED = "Stopped. Nothing was changed."

Keep = Callable[[Sequence[ModelMessage]], Awaitable[None]]


@dataclass
class TurnResult:
    """How a turn ended. `messages` is the whole history afterwards, `changes` what is proposed."""

    done: Done = field(default_factory=lambda: Done(reason="end_turn"))
    messages: list[ModelMessage] = field(default_factory=list)
    changes: list[FileChange] = field(default_factory=list)


@dataclass(frozen=True)
class Turn:
    """What a turn works with.

    Attributes:
        agent: the model with its tools.
        choice: what the model is called, and what it takes.
        deps: what the tools need.
        budget: what the turn may use.
        policy: which edits may be offered at all.
        waited: seconds that somebody took to decide.
        keep: gets new messages as they are complete, to be stored.
    """

    agent: Agent[TurnDeps, str]
    choice: ModelChoice
    deps: TurnDeps
    budget: Budget
    policy: Policy
    waited: Callable[[], float]
    keep: Keep

    async def run(
        self, content: str | Sequence[UserContent], history: Sequence[ModelMessage], target: Diagnostic | None
    ) -> TurnResult:
        """Run it to its end. Cancelling it cancels the model's call, the program and its tools.

        Args:
            content: the request in words, and what is shown with them.
            history: earlier turns.
            target: a problem that the edits must remove to be proposed.
        """
        overlay = self.deps.workspace.overlay
        before = overlay.checkpoint()
        result = TurnResult(messages=list(history))
        try:
            await self._ask(content, history, result)
            if result.done.reason == "end_turn":
                result.changes = await propose(self.deps.workspace, before, target, self.policy, self.deps.emit)
        except asyncio.CancelledError as error:
            # What the model had said before it was stopped stays in the conversation.
            if state := RunCancelled.from_cancellation(error):
                await self._take(state.all_messages()[len(result.messages) :], result)
            result.done = Done(reason="cancelled", message=STOPPED)
        except (AgentRunError, SemanticError, AgentError) as error:
            result.done = Done(reason="error", message=_sentence(error))
        except Exception as error:  # the border of a turn: a bug must not end the server
            logger.exception("a turn failed")
            result.done = Done(reason="error", message=f"Punie failed: {type(error).__name__}: {error}")
        if result.done.reason != "end_turn":
            overlay.rollback(before)
        return result

    async def _ask(
        self, content: str | Sequence[UserContent], history: Sequence[ModelMessage], result: TurnResult
    ) -> None:
        meter = Meter(self.budget, self.waited)
        stop = CancellationToken()
        emit = self.deps.emit

        def count(event: Event) -> None:
            emit(event)
            if isinstance(event, ToolCallStarted):
                meter.tool_calls += 1
                if meter.exceeded:
                    stop.cancel()

        deps = replace(self.deps, emit=count)
        earlier = fitting(history, self.choice.context_length)
        run = self.agent.run_stream_events(
            content,
            deps=deps,
            message_history=earlier,
            model_settings=self.choice.settings,
            usage_limits=meter.model_limits(),
            cancellation_token=stop,
        )
        async with run as events:
            watch = asyncio.create_task(_watch(meter, stop))
            try:
                await self._listen(events, meter, result, len(history))
            except (RunCancelled, UsageLimitExceeded) as error:
                if isinstance(error, RunCancelled) and not meter.exceeded:
                    raise
                sentence = meter.exceeded or model_sentence(self.budget, events.usage)
                result.done = Done(reason="budget", message=sentence)
            finally:
                watch.cancel()
                await self._remember(events, result, len(history))

    async def _listen(self, events: AgentRunEvents[str], meter: Meter, result: TurnResult, known: int) -> None:
        stream, length = Stream(self.deps.emit), self.choice.context_length
        async for event in events:
            if isinstance(event, AgentRunResultEvent):
                break
            stream.take(event)
            if isinstance(event, FunctionToolCallEvent | FunctionToolResultEvent):
                # Before a tool runs, too: whatever ends Punie then, what came before is on disk.
                await self._remember(events, result, known)
            if isinstance(event, FunctionToolResultEvent):
                self.deps.emit(usage_event(events.usage, events.new_messages(), meter.tool_calls, length))
        self.deps.emit(usage_event(events.usage, events.new_messages(), meter.tool_calls, length))

    async def _remember(self, events: AgentRunEvents[str], result: TurnResult, known: int) -> None:
        """Take over the messages that are new since the last time, and have them stored."""
        with contextlib.suppress(UserError):  # it has not begun
            await self._take(events.new_messages()[len(result.messages) - known :], result)

    async def _take(self, fresh: Sequence[ModelMessage], result: TurnResult) -> None:
        if fresh:
            result.messages.extend(fresh)
            await self.keep(fresh)


async def propose(
    workspace: Workspace, before: int, target: Diagnostic | None, policy: Policy, emit: Callable[[Event], None]
) -> list[FileChange]:
    """Re-check what was edited since a checkpoint. What does not re-check clean, or may not be, is dropped."""
    state = workspace.overlay.checkpoint_state(before)
    changes = workspace.overlay.changes(state)
    if not changes or not workspace.overlay.changes():
        return []  # nothing was edited, or everything taken back, also of the turns before
    names = tuple(change.file for change in changes)
    decision = policy.decide(Request("edit", f"Edit {', '.join(names)}", "", paths=names))
    if decision.verdict == "deny":
        workspace.overlay.rollback(before)
        emit(
            Notice(text=f"The edits are not offered: {decision.by} of the policy does not allow them.", level="warning")
        )
        return []
    emit(Verifying(files=list(names)))
    report = await verify(workspace.checker, workspace.files, state, target, workspace.revealed)
    diffs = [FileDiff(file=change.file, diff=change.diff) for change in changes]
    if report.state == "clean" and (target is None or report.target_fixed):
        emit(EditProposed(files=diffs, report=report))
        return changes
    workspace.overlay.rollback(before)
    emit(EditDeclined(files=diffs, report=report))
    why = report.reason or (report.introduced[0].message if report.introduced else "the problem is still there")
    emit(Notice(text=f"The edits were dropped because they do not re-check clean: {why}", level="warning"))
    return []


async def _watch(meter: Meter, stop: CancellationToken) -> None:
    """End the run when tool calls or time are used up; nothing in a program can catch that."""
    while True:
        if meter.exceeded:
            stop.cancel()
            return
        await asyncio.sleep(CHECK_SECONDS)


def _sentence(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
