"""A model that is configured for the benchmark, measured on the same defects through the same door as in the editor."""

from __future__ import annotations

import os
import time

from msgspec.structs import replace

from punie_agent.fixing import fix
from punie_agent.requests import FixRequest
from punie_agent.sessions import open_agent
from punie_semantic.diagnostics import Diagnostic
from tests.bench.punie_fix.defects import Defect
from tests.bench.punie_fix.fixers import DECLINED, Choice, Offer
from tests.bench.punie_fix.subject import Subject

VARIABLE = "PUNIE_BENCH_MODEL"


class Model:
    """The model that PUNIE_BENCH_MODEL names, as the setting `model` does."""

    def __init__(self) -> None:
        self.name = os.environ[VARIABLE]

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """One prompt in a session of its own."""
        if problem is None:
            return DECLINED
        started = time.monotonic()
        place = (problem.line + 1, problem.range["start"]["character"] + 1)
        request = FixRequest(defect.file, *place, problem.tool, problem.code, problem.message)
        settings = replace(subject.workspace.settings, model=self.name)
        async with open_agent(subject.workspace, settings, stored=False) as manager:
            outcome = await fix(await manager.new(), request)
        choices = tuple(Choice(outcome.sentence, c.file, c.text) for c in outcome.changes if c.file == defect.file)
        also = tuple(c.file for c in outcome.changes if c.file != defect.file)
        return Offer(choices, time.monotonic() - started, outcome.sentence, also)
