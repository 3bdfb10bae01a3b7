"""`dataset validate`: what keeps a dataset from being trained on, and what should be looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from punie_training.curating.validating import Validation, validate
from punie_training.dataset import MANIFEST, Example, Message
from tests.unit.training.curating.conftest import Save, line, program, words

NAMES = ("total", "price", "stock", "order", "label", "weight", "colour", "supplier", "invoice", "basket")


def sound(number: int, prefix: str = "Where is") -> list[Example]:
    return [
        program(f"{prefix} {NAMES[i % 10]}_{i} defined?", f"goto_definition(symbol='{NAMES[i % 10]}_{i}')")
        for i in range(number)
    ]


def rules(validation: Validation) -> set[tuple[str, str]]:
    return {(finding.level, finding.rule) for finding in validation.findings}


def test_a_sound_dataset_has_no_findings(save: Save) -> None:
    folder = save(sound(120), sound(12, "Find where"), sound(12, "In which file is"))

    validation = validate(folder)

    assert validation.findings == ()
    assert validation.counts == {"train": 120, "valid": 12, "test": 12}


def test_too_few_examples_are_named(save: Save) -> None:
    validation = validate(save(sound(3), sound(1, "Find where")))

    assert rules(validation) == {
        ("error", "small"),
        ("warning", "small"),
        ("warning", "empty"),
    }
    assert validation.errors[0].message == "3 examples do not fill a batch of 4, and mlx-lm refuses that."


def test_an_empty_dataset_is_one_error(save: Save) -> None:
    assert [f.message for f in validate(save()).findings] == ["It holds no examples."]


def test_missing_splits_are_named(foreign: Callable[[str], Path]) -> None:
    validation = validate(foreign("\n".join(line(f"Check types of {name}") for name in NAMES)))

    assert ("error", "empty") in rules(validation)
    assert [f.place.rpartition("/")[2] for f in validation.findings if f.rule == "empty"] == [
        "valid.jsonl",
        "test.jsonl",
    ]


def test_splits_out_of_proportion_are_named(save: Save) -> None:
    validation = validate(save(sound(100), sound(100, "Find where"), sound(4, "In which file is")))

    assert [f.message for f in validation.findings if f.rule == "proportion"] == [
        "49% of the examples are in it; 50% to 97% are usual.",
        "49% of the examples are in it; 2% to 30% are usual.",
        "2% of the examples are in it; 2% to 40% are usual.",
    ]


def test_another_system_prompt_is_an_error(save: Save) -> None:
    example = program("Check types")
    other = Message(role="system", content="You are helpful.")
    folder = save(
        [
            example.model_copy(update={"messages": (other, *example.messages[1:])}),
            example.model_copy(update={"messages": example.messages[1:]}),
        ]
    )

    messages = [f.message for f in validate(folder).errors if f.rule == "system_prompt"]

    assert messages[0].startswith("Its system prompt is 'You are helpful.', but at run time it is 'Answer with")
    assert messages[1].startswith("It has no system prompt, and at run time there is one")


def test_programs_that_cannot_run_are_errors(save: Save) -> None:
    folder = save(
        [
            program("One", "typecheck("),
            program("Two", "type_check('src')"),
            program("Three", "print(1 + 1)"),
            program("Four", "def f(x):\n    return typecheck(x)\nf('src')"),
            words("Five", "```python\n```"),
        ]
    )

    found = {f.place.rpartition(":")[2]: f.message for f in validate(folder).errors if f.rule in ("program", "tool")}

    assert found == {
        "1": "Its program does not parse: '(' was never closed in its line 1.",
        "2": "Its program calls type_check, which is no tool. See: punie-ls tools list",
        "3": "Its program calls no tool. See: punie-ls tools list",
        "5": "Its program is empty.",
    }


def test_a_secret_is_an_error_and_is_not_repeated(save: Save) -> None:
    key = "AKIA" + "QZ7XN3M5LK2JH4GT"
    validation = validate(save([program(f"Why does {key} not work?")]))

    (finding,) = [f for f in validation.errors if f.rule == "secret"]
    assert "aws" in finding.message
    assert key not in json.dumps([f.message for f in validation.findings])


def test_words_about_secrets_are_none(save: Save) -> None:
    validation = validate(save([program("Where is `password` defined?", "goto_definition(symbol='password')")]))

    assert not [f for f in validation.findings if f.rule == "secret"]


def test_the_same_example_in_two_splits_is_a_leak(foreign: Callable[[str], Path]) -> None:
    folder = foreign(f"{line()}\n{line()}\n")
    (folder / "test.jsonl").write_text(line() + "\n")

    found = [(f.level, f.rule, f.message) for f in validate(folder).findings if "same example" in f.message]

    others = f"{folder}/train.jsonl:1, {folder}/test.jsonl:1"
    assert found == [("error", "leak", f"It is the same example as {others}.")]


def test_the_same_query_in_two_splits_is_a_leak(save: Save) -> None:
    folder = save([program("Check types")], test=[program("check  types.", "typecheck('.')")])

    found = [f.message for f in validate(folder).errors if f.rule == "leak"]

    assert found == [f"Its query stands in another split, too: {folder}/train.jsonl:1."]


def test_two_answers_to_one_query_are_a_warning(save: Save) -> None:
    folder = save([program("Check types"), program("Check types", "typecheck('.')")])

    assert ("warning", "conflict") in rules(validate(folder))


def test_a_template_in_train_and_test_is_a_warning(save: Save) -> None:
    folder = save([program("One a", template="t")], test=[program("One b", template="t")])

    assert [f.message for f in validate(folder).findings if f.rule == "leak"] == [
        "1 examples of the template t are in test, and others of it in train."
    ]


def test_carriage_returns_in_an_answer_are_a_warning(save: Save) -> None:
    assert ("warning", "line_ends") in rules(validate(save([words("Hi", "One.\r\nTwo three.")])))


def test_a_manifest_with_other_counts_is_an_error(save: Save) -> None:
    folder = save(sound(4))
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "counts": {"train": 9, "valid": 0, "test": 0}}))

    (finding,) = [f for f in validate(folder).findings if f.rule == "manifest"]

    assert finding.message == "It says train 9, valid 0, test 0, but train 4, valid 0, test 0 could be read."
