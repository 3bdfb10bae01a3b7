"""A model's suggestions: through the same door as all candidates, with repair rounds. The model is scripted."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import ModelUnavailable
from punie_agent.fixing import FixOutcome, fix
from punie_agent.models.choice import ModelChoice
from punie_agent.models.opening import open_model
from punie_agent.requests import FixRequest
from punie_agent.session import open_session
from punie_agent.suggestions.suggester import Suggester
from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.fixing.search import find_fixes
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project
from tests.model_server import ModelServer, say

SHOP = """\
class Order:
    lines: list[int]


def total(order: Order) -> int:
    return order.lines.accumulate(order)
"""
GOOD = "```python\ndef total(order: Order) -> int:\n    return sum(order.lines)\n```"
BAD = "```python\ndef total(order: Order) -> int:\n    return summ(order.lines)\n```"


class Scripted:
    """Answers in turn, the last one again and again; remembers what it was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[list[ModelMessage]] = []
        self.temperatures: list[float | None] = []
        self.choice = ModelChoice(FunctionModel(self._answer, model_name="scripted"), "scripted", ModelSettings())

    def _answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.asked.append(list(messages))
        self.temperatures.append((info.model_settings or {}).get("temperature"))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return ModelResponse(parts=[TextPart(answer)])

    def prompts(self, request: int) -> list[str]:
        """What the user parts of a request say."""
        parts = [part for m in self.asked[request] if isinstance(m, ModelRequest) for part in m.parts]
        return [str(part.content) for part in parts if isinstance(part, UserPromptPart)]


async def search(project: Project, files: dict[str, str | bytes], scripted: Scripted, samples: int = 1) -> FixSearch:
    suggester = Suggester(scripted.choice, samples=samples)
    async with Workspace.open(project(files)) as workspace:
        path = workspace.overlay.resolve("shop.py")
        problem = (await workspace.checker.by_ty(path)).problems[0]
        return await find_fixes(workspace, problem, FixOptions(), (suggester.generator(),))


async def test_a_suggestion_is_checked_and_found(project: Project) -> None:
    scripted = Scripted(GOOD)

    found = await search(project, {"shop.py": SHOP}, scripted)

    assert [f.candidate.title for f in found.found] == ["Line 6: return sum(order.lines) (scripted)"]
    assert found.found[0].text == SHOP.replace("order.lines.accumulate(order)", "sum(order.lines)")
    assert found.found[0].why == "scripted suggests it; nothing new in 1 file"


async def test_the_prompt_carries_the_evidence(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "shop.py": SHOP,
        "use.py": "from shop import Order, total\n\nprint(total(Order()))\n",
    }
    scripted = Scripted(GOOD)

    await search(project, files, scripted)

    prompt = scripted.prompts(0)[0]
    assert "Problem in shop.py, line 6 (ty missing-attribute):" in prompt
    assert "Lines 5 to 6:\n```python\ndef total(order: Order) -> int:\n" in prompt
    assert "- order.lines: list[int]" in prompt
    assert "From shop.py:\n```python\nclass Order:\n    lines: list[int]\n```" in prompt
    assert "Uses of total:\n" in prompt
    assert "- use.py:3: print(total(Order()))" in prompt


async def test_the_checker_s_answer_goes_back_to_the_model(project: Project) -> None:
    scripted = Scripted(BAD, GOOD)

    found = await search(project, {"shop.py": SHOP}, scripted)

    assert [f.candidate.title for f in found.found] == ["Line 6: return sum(order.lines) (scripted)"]
    assert "told what the checker said 1 times" in found.found[0].why
    assert "Name `summ` used when not defined" in scripted.prompts(1)[1]
    assert [r.candidate.title for r in found.rejected] == ["Line 6: return summ(order.lines) (scripted)"]


async def test_a_model_that_never_gets_it_right_is_asked_three_times(project: Project) -> None:
    scripted = Scripted(BAD)

    found = await search(project, {"shop.py": SHOP}, scripted)

    assert found.found == []
    assert len(scripted.asked) == 3


async def test_several_samples_differ_in_temperature(project: Project) -> None:
    scripted = Scripted(BAD, GOOD, GOOD)

    found = await search(project, {"shop.py": SHOP}, scripted, samples=3)

    assert sorted(t for t in scripted.temperatures if t is not None) == [0.0, 0.6, 0.9]
    assert [f.candidate.title for f in found.found] == ["Line 6: return sum(order.lines) (scripted)"]


async def test_what_hides_the_problem_is_not_offered(project: Project) -> None:
    hiding = "```python\ndef total(order: Order) -> int:\n    return order.lines.accumulate(order)  # ty: ignore\n```"

    found = await search(project, {"shop.py": SHOP}, Scripted(hiding))

    assert found.found == []


async def test_crlf_emoji_and_lost_indentation(project: Project) -> None:
    before = (
        "class Shop:\n    name = '🛒'\n\n    def total(self, lines: list[int]) -> int:\n        return lines.summ()\n"
    )
    reply = "Here:\n```python\ndef total(self, lines: list[int]) -> int:\n    return sum(lines)  # 🛒\n```\n"

    found = await search(project, {"shop.py": before.replace("\n", "\r\n").encode()}, Scripted(reply))

    wanted = before.replace("lines.summ()", "sum(lines)  # 🛒").replace("\n", "\r\n")
    assert [f.text for f in found.found] == [wanted]


async def test_an_answer_without_code_is_no_candidate(project: Project) -> None:
    scripted = Scripted("I would use sum().")

    found = await search(project, {"shop.py": SHOP}, scripted)

    assert (found.found, found.rejected) == ([], [])
    assert "has no ```python block" in scripted.prompts(1)[1]


async def test_a_model_that_fails_costs_nothing_but_its_suggestion(project: Project) -> None:
    def fail(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise ModelUnavailable("The model at 127.0.0.1:1 cannot be reached.")

    suggester = Suggester(ModelChoice(FunctionModel(fail), "gone", ModelSettings()))
    async with Workspace.open(project({"shop.py": SHOP})) as workspace:
        path = workspace.overlay.resolve("shop.py")
        problem = (await workspace.checker.by_ty(path)).problems[0]
        found = await find_fixes(workspace, problem, FixOptions(), (suggester.generator(),))

    assert found.found == []
    assert suggester.trouble == "gone: The model at 127.0.0.1:1 cannot be reached."


async def fixed(project: Project, answers: Sequence[str], files: dict[str, str | bytes]) -> tuple[FixOutcome, Scripted]:
    scripted = Scripted(*answers)
    async with (
        Workspace.open(project(files)) as workspace,
        open_session(workspace, scripted.choice.model) as session,
    ):
        path = workspace.overlay.resolve("shop.py")
        problem = (await workspace.checker.by_ty(path)).problems[0].problem()
        request = FixRequest("shop.py", problem.line, problem.column, "ty", problem.code, problem.message)
        return await fix(session, request), scripted


async def test_a_fix_takes_what_the_model_suggests_when_nothing_else_holds(project: Project) -> None:
    outcome, _ = await fixed(project, [GOOD], {"shop.py": SHOP})

    assert [c.text for c in outcome.changes] == [SHOP.replace("order.lines.accumulate(order)", "sum(order.lines)")]


async def test_what_is_certain_costs_no_request(project: Project) -> None:
    text = "def area(width: int, height: int) -> int:\n    return widht * height\n"

    outcome, scripted = await fixed(project, [GOOD], {"shop.py": text})

    assert [c.text for c in outcome.changes] == [text.replace("widht", "width")]
    assert scripted.asked == []


async def test_a_model_behind_http(project: Project) -> None:
    with ModelServer(say(BAD), say(GOOD)) as server:
        async with (
            Workspace.open(project({"shop.py": SHOP})) as workspace,
            open_model(server.spec, workspace.settings) as choice,
        ):
            suggester = Suggester(choice, samples=1)
            path = workspace.overlay.resolve("shop.py")
            problem = (await workspace.checker.by_ty(path)).problems[0]
            found = await find_fixes(workspace, problem, FixOptions(), (suggester.generator(),))

    assert suggester.trouble == ""
    assert [f.text for f in found.found] == [SHOP.replace("order.lines.accumulate(order)", "sum(order.lines)")]
    assert (suggester.requests, suggester.input_tokens > 0) == (2, True)
