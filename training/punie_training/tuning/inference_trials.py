"""A trial of `tune inference`: a served model asked with a trial's sampling, and what its answers are worth."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_agent.models import keeper
from punie_training.exceptions import EvaluationError, RunError, ServingError
from punie_training.mlx.environment import environment, module_command
from punie_training.tuning.space import Parameter, Value
from punie_training.tuning.studies import Goal
from punie_training.tuning.trials import Objective, RunningTrial

if TYPE_CHECKING:
    from punie_training.evals.evaluating import EvalOptions
    from punie_training.evals.executing import Executions
    from punie_training.evals.model_server import ModelServer
    from punie_training.evals.suite import Suite

WHOLE_BITS = 16
PENALTY_TOKENS = 64


@dataclass(frozen=True)
class InferenceStudy:
    """What all trials of a study share.

    Args:
        model: the model's folder.
        suite: what it is asked.
        goal: `accuracy`, or `seconds` for each right answer.
        metric: which accuracy: valid, tool, args, execution or exact.
        adapter: the folder of an adapter.
        draft: the folder of a small model that proposes tokens.
        seeds: answers to each query at temperatures above 0.
        max_tokens: of an answer.
    """

    model: Path
    suite: Suite
    goal: Goal = "accuracy"
    metric: str = "execution"
    adapter: Path | None = None
    draft: Path | None = None
    seeds: int = 1
    max_tokens: int = 96


@asynccontextmanager
async def inference_objective(study: InferenceStudy, space: tuple[Parameter, ...]) -> AsyncGenerator[Objective]:
    """The objective of a study. One server is kept, and started anew only when a trial needs another.

    Raises:
        RunError: the space does not suit the models.
        EvaluationError: the folders hold no model.
    """
    from punie_training.evals.executing import open_executions
    from punie_training.evals.served import check_folders

    if study.draft is None and any(parameter.name == "draft_tokens" for parameter in space):
        raise RunError("draft_tokens can be tuned only with a draft model: pass --draft-model FOLDER.")
    check_folders(study.model, study.adapter)
    servers = _Servers(study)
    async with open_executions(study.suite.workspace) as executions:

        async def objective(trial: RunningTrial) -> float:
            return await _worth(study, servers, executions, trial)

        try:
            yield objective
        finally:
            await servers.stop()


def request_options(values: dict[str, Value]) -> dict[str, Any]:
    """What a request says besides its temperature."""
    options: dict[str, Any] = {}
    if "top_p" in values:
        options["top_p"] = values["top_p"]
    if "repetition_penalty" in values:
        options |= {"repetition_penalty": values["repetition_penalty"], "repetition_context_size": PENALTY_TOKENS}
    if "draft_tokens" in values:
        options["num_draft_tokens"] = values["draft_tokens"]
    return options


async def _worth(study: InferenceStudy, servers: _Servers, executions: Executions, trial: RunningTrial) -> float:
    from punie_training.evals.evaluating import evaluate
    from punie_training.evals.streaming import HttpAnswerer

    server = await servers.for_bits(int(trial.values.get("kv_bits", WHOLE_BITS)))
    endpoint = replace(server.endpoint, options=request_options(trial.values))
    answerer = HttpAnswerer(str(study.model), endpoint, server.client)
    try:
        found = await evaluate(answerer, study.suite, _options(study, trial.values), executions=executions)
    except EvaluationError:
        await servers.stop()  # the next trial gets a new one
        raise
    trial.note("summary", {name: round(value, 4) for name, value in found.summary.items()})
    seconds = sum(case.seconds for case in found.cases)
    trial.note("seconds_per_answer", round(seconds / len(found.cases), 4))
    if study.goal == "accuracy":
        return found.summary[study.metric]
    right = sum(bool(getattr(case, study.metric)) for case in found.cases)
    if not right:
        raise RunError("not one answer was right, so no time for each right one can be given")
    return seconds / right


def _options(study: InferenceStudy, values: dict[str, Value]) -> EvalOptions:
    from punie_training.evals.evaluating import EvalOptions

    at_once = 1 if study.goal == "seconds" else 4
    return EvalOptions(seeds=study.seeds, temperatures=(float(values.get("temperature", 0.0)),), at_once=at_once)


class _Servers:
    """The server that runs now, for one width of keys and values."""

    def __init__(self, study: InferenceStudy) -> None:
        self._study = study
        self._server: ModelServer | None = None
        self._bits = 0

    async def for_bits(self, bits: int) -> ModelServer:
        """The server for a width, started when another one, or none, runs."""
        if self._server is None or self._bits != bits:
            await self.stop()
            self._server, self._bits = await _start(self._study, bits), bits
        return self._server

    async def stop(self) -> None:
        """End it."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()


async def _start(study: InferenceStudy, bits: int) -> ModelServer:
    from punie_training.evals.model_server import SERVED, ModelServer
    from punie_training.evals.streaming import Endpoint

    port = _free_port()
    given = {
        "--model": study.model,
        "--adapter-path": study.adapter,
        "--draft-model": study.draft,
        "--kv-bits": bits if bits < WHOLE_BITS else None,
        "--host": "127.0.0.1",
        "--port": port,
        "--max-tokens": study.max_tokens,
        "--log-level": "WARNING",
    }
    arguments = [str(part) for name, value in given.items() if value is not None for part in (name, value)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(Path(keeper.__file__))),
        *module_command("punie_training.mlx.server", *arguments),
        env=environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    endpoint = Endpoint(f"http://127.0.0.1:{port}/v1", SERVED, "small", study.max_tokens)
    server = ModelServer(process, endpoint, str(study.model))
    try:
        await server.loaded()
    except BaseException as error:
        await server.stop()
        if isinstance(error, EvaluationError):
            raise ServingError(str(error)) from error
        raise
    return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
