"""Drawing requests: quotas, splits that share nothing, contrasts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from punie_semantic.templates import Template
from punie_training.building.drawing import Drawer, rows_wanted
from punie_training.building.trying import Tried, Verdict
from punie_training.dataset import Example, Split

HOVER = Template(
    group="hover",
    number=1,
    source="information",
    over="symbol",
    category="single_tool",
    program="hover(symbol={symbol})",
    answer="",
    phrasings=tuple(f"{word} {{symbol}}" for word in ("Show", "Explain", "Hover", "Describe")),
    held_out=("About {symbol}", "Tell of {symbol}"),
    expect="",
    empty=False,
    most=0,
    verbatim=False,
    tools=("hover",),
)
ONCE = replace(
    HOVER, over="once", program="checkpoint()", phrasings=("Mark", "Remember", "Save it", "Set"), held_out=("M",)
)


def kept(template: Template, count: int) -> list[Tried]:
    verdict = Verdict("", template.tools, "1")
    return [Tried(template, {"symbol": f"s{n}"}, f'hover(symbol="s{n}")', verdict, reused=False) for n in range(count)]


def drawn(template: Template, rows: int, seed: int = 0) -> dict[Split, list[Example]]:
    return Drawer(seed, 4, "demo").programs((template,), [kept(template, rows)])


def queries(examples: Sequence[Example]) -> list[str]:
    return [example.query for example in examples]


def test_a_tool_has_its_share_of_each_split() -> None:
    found = drawn(HOVER, rows_wanted((HOVER,), HOVER, 4))

    assert {split: len(examples) for split, examples in found.items()} == {"train": 32, "valid": 4, "test": 6}


def test_no_request_is_drawn_twice() -> None:
    every = [query.casefold() for examples in drawn(HOVER, 9).values() for query in queries(examples)]

    assert len(every) == len(set(every))


def test_only_the_test_split_has_held_out_phrasings() -> None:
    found = drawn(HOVER, 9)

    assert all(query.startswith(("About", "Tell")) for query in queries(found["test"]))
    assert not any("about" in query.lower() or "tell" in query.lower() for query in queries(found["train"]))


def test_validation_asks_about_things_that_training_does_not_have() -> None:
    found = drawn(HOVER, 9)

    programs = {split: {example.program for example in examples} for split, examples in found.items()}
    assert programs["valid"]
    assert not programs["valid"] & programs["train"]


def test_validation_of_what_has_no_things_has_a_phrasing_of_its_own() -> None:
    found = Drawer(0, 4, "demo").programs((ONCE,), [kept(ONCE, 1)])

    assert all("set" in query.lower() for query in queries(found["valid"]))
    assert found["valid"]
    assert not any("set" in query.lower() for query in queries(found["train"]))


def test_a_thing_that_does_not_hold_is_asked_in_more_manners() -> None:
    train = queries(Drawer(0, 4, "demo").programs((ONCE,), [kept(ONCE, 1)])["train"])

    assert {"Mark", "Punie, mark"} <= set(train)


def test_the_seed_decides() -> None:
    assert drawn(HOVER, 9, seed=1) == drawn(HOVER, 9, seed=1)
    assert drawn(HOVER, 9, seed=1) != drawn(HOVER, 9, seed=2)


def test_the_two_sides_of_a_contrast_stand_in_the_same_split() -> None:
    left = replace(HOVER, source="contrasts", group="pair")
    right = replace(
        left, number=2, program="x", phrasings=tuple(f"{t} text" for t in left.phrasings), held_out=("T {symbol}",)
    )
    sides = [kept(left, 6), kept(right, 5)]

    found = Drawer(0, 4, "demo").programs((left, right), sides)

    for examples in found.values():
        names = [example.provenance.template for example in examples]
        assert names.count("contrasts.pair.1") == names.count("contrasts.pair.2") > 0
        keys = [example.provenance.split_key for example in examples]
        assert sorted(keys[::2]) == sorted(keys[1::2])


def test_the_same_words_for_two_programs_are_asked_once() -> None:
    drawer = Drawer(0, 4, "demo")
    drawer.programs((HOVER,), [kept(HOVER, 3)])
    again = replace(HOVER, source="other")

    found = drawer.programs((again,), [kept(again, 3)])

    assert found["test"] == []
    assert drawer.repeated > 0


def test_answers_in_words_are_drawn_round_the_templates() -> None:
    answers = [
        replace(
            ONCE,
            source="answers",
            group=name,
            category="direct",
            program="",
            answer=name,
            tools=(),
            phrasings=tuple(f"{name} {n}" for n in range(4)),
            held_out=(f"{name} held",),
        )
        for name in ("one", "two", "three")
    ]

    found = Drawer(0, 4, "demo").answers(answers, {"train": 6, "valid": 3, "test": 3})

    assert sorted(example.answer for example in found["test"]) == ["one", "three", "two"]
    assert [len(found[split]) for split in ("train", "valid", "test")] == [6, 3, 3]
    assert {example.provenance.outcome for example in found["train"]} == {"stated"}


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_few_things_give_few_examples(rows: int) -> None:
    found = drawn(HOVER, rows)

    assert bool(found["train"]) == bool(rows)


def test_what_a_program_says_is_always_said_in_the_same_words() -> None:
    fixed = replace(HOVER, phrasings=("Fix {symbol}",), verbatim=True)

    train = queries(drawn(fixed, 12)["train"])

    assert len(train) == 10
    assert all(query.startswith("Fix s") for query in train)
