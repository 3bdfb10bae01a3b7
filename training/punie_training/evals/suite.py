"""Suites: what a model is asked, and what a right answer does. Knows neither models nor scores.

A suite is data (YAML or JSON), or the held-out split of a dataset.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from punie_agent.models.small_prompt import program_in
from punie_semantic.registry import TOOLS
from punie_training.dataset import Example, Split, load
from punie_training.evals.tool_calls import first_call, parsed, tool_calls
from punie_training.exceptions import EvaluationError, MissingExtra

try:
    import yaml
except ImportError as error:
    raise MissingExtra("pyyaml") from error

ANSWER = "answer"
BUILT_IN = ("core-20", "core-40")
HELD_OUT = "held-out"

Compared = Literal["value", "calls", "numbers"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Case(_Model):
    """One query and what a right answer does.

    Attributes:
        id: names the case within its suite.
        category: what it is reported under.
        query: what the user asks.
        tool: the first tool to be called, or `answer`; the programs say it when it is left out.
        programs: reference programs; an answer is as good as the best match with one of them.
        arguments: those that the first call must have; others are not looked at. Without them the reference's count.
        compare: what must equal the reference's when it runs: the program's `value`, the results of its tool `calls`,
            or the `numbers` in what it gives, in any form.
        value: the value that a right program has, where no reference program says it.
        words: of a direct answer: each must be there; alternatives are separated by `|`.
        answer: of a direct answer: how it could be; half of its longer words must be there.
    """

    id: str = Field(min_length=1)
    category: str = Field(min_length=1)
    query: str = Field(min_length=1)
    tool: str = ""
    programs: tuple[str, ...] = ()
    arguments: dict[str, Any] | None = None
    compare: Compared = "value"
    value: Any = None
    words: tuple[str, ...] = ()
    answer: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for program in self.programs:
            _check_program(program)
        if not self.tool and not self.programs:
            raise ValueError("a case needs a tool, a program, or tool: answer")
        if self.tool and self.tool != ANSWER:
            _check_tool(self.tool)
        if self.tool == ANSWER and (self.programs or self.arguments is not None or self.value is not None):
            raise ValueError("a direct answer has no programs, arguments or value")
        if self.tool != ANSWER and (self.words or self.answer):
            raise ValueError("words and answer belong to direct answers: write tool: answer")
        if self.tool and self.programs and self.tool not in self.tools:
            raise ValueError(f"tool is {self.tool}, but the programs first call {' or '.join(self.tools)}")
        return self

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that may come first; `answer` for none."""
        named = [call.tool if (call := first_call(program)) else ANSWER for program in self.programs]
        return tuple(dict.fromkeys(named)) or (self.tool,)

    @property
    def expected(self) -> str:
        """The tool that counts in the confusion matrix, or `answer`."""
        return self.tool or self.tools[0]


class Suite(_Model):
    """Cases that belong together.

    Attributes:
        name: for reports.
        description: what it measures.
        workspace: the project that programs run on; None is the sample project.
        cases: at least one; their ids differ.
    """

    name: str = Field(min_length=1)
    description: str = ""
    workspace: Path | None = None
    cases: tuple[Case, ...]

    @property
    def hash(self) -> str:
        """Equal for equal cases: results of different suites are not compared."""
        text = json.dumps([case.model_dump(mode="json") for case in self.cases], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def first(self, limit: int | None) -> Suite:
        """The suite with at most so many cases, taken evenly from all of it, so that each category keeps its share."""
        if limit is None or limit >= len(self.cases):
            return self
        if limit < 1:
            raise EvaluationError(f"A suite of {limit} cases measures nothing. Pass a limit of 1 or more.")
        step = len(self.cases) / limit
        return self.model_copy(update={"cases": tuple(self.cases[int(i * step)] for i in range(limit))})


def load_suite(name_or_path: str | Path) -> Suite:
    """A built-in suite by its name, or one from a YAML or JSON file.

    Raises:
        EvaluationError: names the file and the entry that is wrong.
    """
    if str(name_or_path) in BUILT_IN:
        file = resources.files("punie_training.evals").joinpath(f"suites/{name_or_path}.yaml")
        return _suite(file.read_text(encoding="utf-8"), f"{name_or_path}.yaml", Path())
    path = Path(name_or_path).expanduser()
    if str(name_or_path) == HELD_OUT:
        raise EvaluationError("The suite held-out is the test split of a dataset: name one with --dataset FOLDER.")
    if not path.is_file():
        known = ", ".join((*BUILT_IN, HELD_OUT))
        raise EvaluationError(f"There is no suite {str(name_or_path)!r}. Pass one of {known}, or a YAML or JSON file.")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"The suite {path} cannot be read: {error}.") from error
    return _suite(text, str(path), path.parent)


def suite_of(dataset_folder: Path, split: Split = "test") -> Suite:
    """A split of a dataset as a suite: its programs are the references, its direct answers say what words to expect.

    Raises:
        DatasetError: the folder holds no dataset.
        EvaluationError: the split is empty, or was written for tools that are not there.
    """
    dataset = load(dataset_folder)
    examples = dataset.splits.get(split, ())
    if not examples:
        raise EvaluationError(f"{dataset_folder} has no examples in its split {split}. Build it with more templates.")
    cases = tuple(_case_of(example, f"{dataset_folder} ({split})") for example in examples)
    description = f"The split {split} of {dataset_folder.name}, {len(cases)} examples."
    return Suite(name=HELD_OUT, description=description, cases=cases)


def _case_of(example: Example, place: str) -> Case:
    query = next((m.content for m in reversed(example.messages) if m.role == "user"), "")
    answer = example.messages[-1].content
    program = program_in(answer)
    content: dict[str, Any] = {"programs": (program,)} if program else {"tool": ANSWER, "answer": answer}
    try:
        return Case(id=example.hash, category=example.provenance.category or "other", query=query, **content)
    except ValidationError as error:
        raise EvaluationError(
            f"{place}, example {example.hash} ({query[:60]!r}): {_said(error)}. "
            "Build the dataset again with this version's tools."
        ) from error


def _suite(text: str, place: str, folder: Path) -> Suite:
    content = _content(text, place)
    included = content.pop("include", None)
    raw = content.pop("cases", None)
    if not isinstance(raw, list) or not raw:
        raise EvaluationError(f"{place} has no cases. A suite needs `cases`, a list with at least one entry.")
    cases = tuple(_case(entry, number, place) for number, entry in enumerate(raw, start=1))
    if included is not None:
        cases = (*_included(included, place).cases, *cases)
    seen: dict[str, int] = {}
    for number, case in enumerate(cases, start=1):
        if case.id in seen:
            raise EvaluationError(f"{place}, case {number}: the id {case.id!r} is also that of case {seen[case.id]}.")
        seen[case.id] = number
    try:
        suite = Suite(cases=cases, **content)
    except (ValidationError, TypeError) as error:
        said = _said(error) if isinstance(error, ValidationError) else str(error)
        raise EvaluationError(f"{place}: {said}.") from error
    return suite.model_copy(update={"workspace": folder / suite.workspace}) if suite.workspace else suite


def _included(name: object, place: str) -> Suite:
    if name not in BUILT_IN or place == f"{name}.yaml":
        raise EvaluationError(f"{place}: include names a built-in suite, {' or '.join(BUILT_IN)}, not {name!r}.")
    return load_suite(str(name))


def _content(text: str, place: str) -> dict[str, Any]:
    try:
        content = json.loads(text) if place.endswith(".json") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise EvaluationError(f"{place} is neither YAML nor JSON: {' '.join(str(error).split())}.") from error
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise EvaluationError(f"{place} is no suite: it needs `name` and `cases`.")
    return dict(content)


def _case(entry: object, number: int, place: str) -> Case:
    named = f" ({entry['id']})" if isinstance(entry, dict) and isinstance(entry.get("id"), str) else ""
    try:
        return Case.model_validate(entry)
    except ValidationError as error:
        raise EvaluationError(f"{place}, case {number}{named}: {_said(error)}.") from error


def _said(error: ValidationError) -> str:
    found = []
    for each in error.errors()[:3]:
        field = ".".join(str(part) for part in each["loc"])
        message = each["msg"].removeprefix("Value error, ")
        found.append(f"{field}: {message}" if field else message)
    return "; ".join(found)


def _check_tool(name: str) -> None:
    if name in TOOLS:
        return
    near = difflib.get_close_matches(name, TOOLS, n=2)
    hint = f"Do you mean {' or '.join(near)}?" if near else "See: punie-ls tools list"
    raise ValueError(f"there is no tool {name!r}. {hint}")


def _check_program(program: str) -> None:
    tree = parsed(program)
    if tree is None:
        raise ValueError(f"this is not a Python program: {program[:60]!r}")
    calls = tool_calls(program)
    if not calls:
        raise ValueError(f"this program calls no tool: {program[:60]!r}")
    for call in calls:
        if not call.fits:
            raise ValueError(
                f"{ast.unparse(call.node)[:60]!r} does not fit the tool; see: punie-ls tools show {call.tool}"
            )
