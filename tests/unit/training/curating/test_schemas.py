"""Rows of others become chats of ours."""

from __future__ import annotations

import pytest

from punie_agent.models.small_prompt import SYSTEM
from punie_training.curating.schemas import example_of_row, parse_columns
from punie_training.dataset import Example
from punie_training.exceptions import DatasetError

ROWS = [
    {
        "messages": [
            {"role": "system", "content": "Other."},
            *({"role": r, "content": c} for r, c in [("user", "Q"), ("assistant", "A")]),
        ]
    },
    {
        "conversations": [
            {"from": "human", "value": "Q"},
            {"from": "gpt", "value": "A"},
            {"from": "human", "value": "B"},
        ]
    },
    {"instruction": "Q", "input": "", "output": "A"},
    {"prompt": "Q", "completion": "A"},
    {"question": "Q", "answer": "A", "id": 3},
    {"query": " Q\n", "response": "A"},
]


@pytest.mark.parametrize("row", ROWS)
def test_common_forms_are_known(row: dict[str, object]) -> None:
    example = example_of_row(row, {}, source="them", licence="MIT")

    assert isinstance(example, Example)
    assert [(m.role, m.content) for m in example.messages] == [("system", SYSTEM), ("user", "Q"), ("assistant", "A")]
    assert (example.provenance.source, example.provenance.licence) == ("them", "MIT")
    assert example.provenance.outcome == "unknown"


def test_what_an_instruction_is_about_is_added() -> None:
    example = example_of_row({"instruction": "Sum up", "input": "1 2", "output": "3"}, {}, source="", licence="")

    assert isinstance(example, Example)
    assert example.query == "Sum up\n\n1 2"


def test_columns_can_be_named() -> None:
    columns = parse_columns(["query=title", "answer=body"])
    example = example_of_row(
        {"title": "T", "body": "B", "prompt": "p", "response": "r"}, columns, source="", licence=""
    )

    assert isinstance(example, Example)
    assert (example.query, example.answer) == ("T", "B")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"text": "only text"}, "unknown columns"),
        ({"prompt": " ", "completion": "A"}, "no text"),
        ({"prompt": 3, "completion": "A"}, "unknown columns"),
        ({"messages": [{"role": "assistant", "content": "A"}]}, "no text"),
        ({"messages": "text"}, "unknown columns"),
        ({"messages": [3, None]}, "no text"),
        ({"prompt": "a\0", "completion": "A"}, "no Unicode"),
    ],
)
def test_what_is_no_chat_has_a_reason(row: dict[str, object], why: str) -> None:
    assert example_of_row(row, {}, source="", licence="") == why


@pytest.mark.parametrize("pairs", [["query"], ["other=x"], ["query=a"], ["query="]])
def test_wrong_columns_are_refused(pairs: list[str]) -> None:
    with pytest.raises(DatasetError):
        parse_columns(pairs)
