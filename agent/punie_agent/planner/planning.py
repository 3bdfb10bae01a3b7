"""From a prompt and what its programs gave to the next step."""

from __future__ import annotations

from punie_agent.planner.fixing import step_fix_problem
from punie_agent.planner.recipe import Answer, Request, Results, Slots, Step
from punie_agent.planner.table import RECIPES
from punie_agent.planner.talk import ADD_A_MODEL, CANNOT
from punie_agent.planner.understanding import Question, understand
from punie_agent.requests import AskRequest, TaskRequest, parse_fix_request, parse_task_request

_TASKS = {
    "explain": "explain",
    "generate_tests": "generate_tests",
    "annotate_types": "annotate",
    "write_docstring": "write_docstring",
    "fix_test": "fix_test",
}
_REFACTORINGS = frozenset(
    {"rename", "move", "annotate", "organise_imports", "format", "remove_unused", "add_import", "write_docstring"}
    | {"extract_function", "extract_variable", "inline", "fix_place", "fix_file"}
)


def next_step(prompt: str, results: Results) -> Step | None:
    """A program to run or the answer; None when no recipe is for the prompt.

    Args:
        prompt: what the user, or a front end, asked.
        results: the values of the programs so far in this turn, oldest first.
    """
    fix = parse_fix_request(prompt)
    if fix is not None:
        slots: Slots = {"path": fix.file, "line": fix.line, "column": fix.column, "code": fix.code}
        return step_fix_problem({**slots, "unsafe": fix.unsafe_fixes, "choice": fix.choice}, results)
    task = parse_task_request(prompt)
    understood = _of_task(task) if task is not None else understand(prompt)
    if understood is None:
        return None
    if isinstance(understood, Question):
        return Answer(understood.text, asks=True)
    return RECIPES[understood.recipe].step(understood.slots, results)


def _of_task(task: TaskRequest) -> Request | Question | None:
    """A command's request; free text about a refactoring is read with the selection as what it is about."""
    if task.task == "refactor":
        place = (task.file, task.line, task.column, task.end_line, task.end_column)
        meant = understand(AskRequest(task.text, *place).prompt())
        if meant is None or (isinstance(meant, Request) and meant.recipe not in _REFACTORINGS):
            return None
        return meant
    if task.task == "fix_test":
        return Request("fix_test", {"test": task.file})
    slots: Slots = {"path": task.file}
    if task.line:
        slots |= {"line": task.line, "column": task.column}
    elif task.task in ("explain", "write_docstring"):
        return Request("outline", slots) if task.task == "explain" else Question(RECIPES["write_docstring"].ask)
    if task.text.strip() and task.task == "explain":
        slots |= _problem(task.text)
    return Request(_TASKS[task.task], slots)


def _problem(text: str) -> Slots:
    """A problem's message and, when it names one, its rule."""
    first = text.strip().splitlines()[0]
    words = [word.strip("()[]:,`") for word in first.split()]
    codes = [word for word in words if _is_rule(word)]
    return {"text": first, **({"problem_code": codes[0]} if codes else {})}


def _is_rule(word: str) -> bool:
    digits = word.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    ruff = 0 < len(word) - len(digits) <= 10 and 2 <= len(digits) <= 5 and digits.isdecimal()
    return ruff or (word.count("-") >= 1 and word.replace("-", "").isalpha() and word.islower())


def cannot(prompt: str) -> str:
    """What to say to a prompt that no recipe is for."""
    task = parse_task_request(prompt)
    if task is not None and task.task == "refactor":
        known = (
            "extract a function or variable, inline, rename, move, add types, organise imports, remove unused, format"
        )
        return f"The builtin planner knows no such refactoring. It can: {known}. {ADD_A_MODEL}"
    return CANNOT
