"""A tiny model that was trained drives `ask`, "Fix with Punie" and ACP: LoRA, registry, server, sandbox, re-check.

It is trained on the very requests that it gets here, in seconds: what is shown is that an adapter's answers do their
work all the way to the editor. How well a model learns what it was not shown is for test_train.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from punie_agent.models.small_prompt import chat, fenced
from punie_agent.requests import FixRequest
from punie_training.adapters import AdapterRecord, open_registry
from punie_training.mlx import LoraConfig, LoraJob, run_lora
from tests.e2e.acp.client import choose, start_agent
from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor
from tests.e2e.training.conftest import Home
from tests.e2e.training.recipe import TINY_BASE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

APP = 'import os\n\nfrom shop import price\n\nprint(price("tea"))\n'
FIXED = '\nfrom shop import price\n\nprint(price("tea"))\n'
# As the language server asks: the user chose the action, and sees what it does.
UNUSED = FixRequest("app.py", 1, 8, "ruff", "F401", "`os` imported but unused", unsafe_fixes=True)
FIX = """\
search = find_fixes("app.py", 1, 8, "F401")
start = checkpoint()
apply_code_action(search.fixes[0].id)
verify_edits(start)"""
TIDY = "Please tidy up app.py"
COUNT = "How many ruff problems are in app.py?"
ANSWERS = {
    UNUSED.prompt(): fenced(FIX),
    TIDY: fenced(FIX),
    COUNT: fenced('ruff_check("app.py").violation_count'),
    "Show me shop.py": fenced('read_file("shop.py").text'),
    "What is a Protocol?": "A Protocol names what an object must have.",
}
CONFIG = LoraConfig(
    rank=32, scale=1.0, learning_rate=1.5e-3, iters=100, batch_size=4, val_batches=0, steps_per_save=100, warmup=0.0
)


@pytest.fixture(scope="module")
def trained(home: Home) -> Home:
    """A home whose promoted adapter was trained on these requests."""
    data = home.root / "data-of-requests"
    data.mkdir()
    lines = [json.dumps({"messages": [*chat(q), {"role": "assistant", "content": a}]}) for q, a in ANSWERS.items()]
    for split in ("train", "valid", "test"):
        (data / f"{split}.jsonl").write_text("".join(f"{line}\n" for line in lines * 2))
    job = LoraJob(TINY_BASE, data, home.root / "adapter", CONFIG, seed=1)
    result = asyncio.run(run_lora(job, lambda event: None))
    assert result.points[-1].loss < 0.05, "it did not learn the requests"
    _register(home, result.adapter)
    return home


@pytest.fixture(scope="module")
def project(trained: Home) -> Path:
    """A project with one problem."""
    folder = trained.root / "project"
    folder.mkdir()
    root = make_project(folder)
    (root / "app.py").write_text(APP)
    return root


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(trained: Home, project: Path) -> AsyncGenerator[Editor]:
    """An editor on the project, whose user chose the promoted adapter."""
    async with start_editor(project, environ=trained.environment(), settings={"model": "adapter"}) as opened:
        yield opened


async def test_it_answers_a_question_by_its_program(trained: Home, project: Path) -> None:
    done = await asyncio.to_thread(trained.run, "ask", COUNT, "--model", "adapter", "--workspace", str(project))

    assert (done.returncode, done.stdout) == (0, "`1`\n"), done.stderr


async def test_it_fixes_a_problem_through_the_language_server(editor: Editor, project: Path) -> None:
    app = editor.open(project / "app.py")
    problem = await editor.problem(app, "F401")
    carried = {"tool": "ruff", "code": "F401", "message": problem.message, "range": _range(problem.range)}

    answer = await editor.run("punie.fix", {"uri": app, "problem": carried})

    assert (answer.applied, answer.message) == (True, "Fixed F401."), "the planner's sentence says more"
    assert editor.text(app) == FIXED


async def test_over_acp_the_user_decides_about_its_edit(trained: Home, project: Path) -> None:
    settings = trained.root / "punie.toml"
    settings.write_text('model = "adapter"\n')
    async with start_agent(environ={**trained.environment(), "PUNIE_CONFIG_FILE": str(settings)}) as client:
        await client.initialize()
        session = await client.new(project)
        client.answers["session/request_permission"] = choose("reject")
        ended = await client.prompt(session, TIDY)

    assert ended == "end_turn", client.text
    assert len(client.asked("session/request_permission")) == 1
    assert (project / "app.py").read_text() == APP


async def test_what_it_edits_is_written_when_that_is_wanted(trained: Home, project: Path) -> None:
    asked = ("ask", TIDY, "--model", "adapter", "--workspace", str(project), "--apply")

    done = await asyncio.to_thread(trained.run, *asked)

    assert (project / "app.py").read_text() == FIXED, done.stdout + done.stderr


async def test_the_registry_has_counted_it(trained: Home, editor: Editor) -> None:
    [row] = trained.json("adapters", "list")["adapters"]
    counted = row["outcomes"]

    assert (row["state"], counted["accepted"], counted["rejected"], counted["failed"]) == ("promoted", 2, 1, 0)


def _register(home: Home, adapter: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PUNIE_STORE", "PUNIE_TRAINING_HOME"):
            patch.setenv(name, home.environment()[name])
        with open_registry() as registry:
            registry.add(AdapterRecord("requests", str(TINY_BASE), str(adapter)))
            registry.promote("requests")


def _range(span: types.Range) -> dict[str, dict[str, int]]:
    start, end = span.start, span.end
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }
