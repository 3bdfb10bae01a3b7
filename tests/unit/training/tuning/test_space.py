"""What a study may change: ranges and choices as they are written, and what is refused."""

from __future__ import annotations

import pytest

from punie_training.exceptions import RunError
from punie_training.tuning.space import INFERENCE, TRAIN, USUAL, Parameter, grid, space_of


def test_without_parameters_the_usual_ones_are_tuned():
    assert tuple(p.name for p in space_of("train")) == ("learning_rate", "rank", "keys", "iters", "batch_size")
    assert tuple(p.name for p in space_of("inference")) == ("temperature", "top_p", "repetition_penalty")


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("rank", TRAIN["rank"]),
        ("rank=8,64", Parameter("rank", choices=(8, 64))),
        ("rank=8,8,4", Parameter("rank", choices=(8, 4))),
        ("learning-rate=1e-5:1e-2:log", Parameter("learning_rate", 1e-5, 1e-2, log=True)),
        ("iters=50:100", Parameter("iters", 50, 100, whole=True)),
        ("keys=mlp,linear", Parameter("keys", choices=("mlp", "linear"))),
        ("dropout=0:0.5", Parameter("dropout", 0.0, 0.5)),
    ],
)
def test_parameters_are_read(text: str, parameter: Parameter):
    assert space_of("train", [text]) == (parameter,)


@pytest.mark.parametrize("parameter", [*TRAIN.values(), *INFERENCE.values()], ids=lambda p: p.name)
def test_a_parameter_is_read_back_as_it_is_written(parameter: Parameter):
    kind = "train" if parameter.name in TRAIN else "inference"

    assert space_of(kind, [parameter.plain()]) == (parameter,)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("train", "colour", "'colour' cannot be tuned for train: there are learning_rate, rank"),
        ("train", "temperature", "'temperature' cannot be tuned for train"),
        ("inference", "rank", "'rank' cannot be tuned for inference: there are temperature"),
        ("train", "rank=2.5,3", "'2.5' is no whole number"),
        ("train", "rank=", "'' is no whole number"),
        ("train", "rank=0,1", "rank=0 is outside of 1 to 1024"),
        ("train", "learning_rate=1:0.1", "learning_rate=1:0.1 is no range: it must rise"),
        ("train", "dropout=0:0.5:log", "with `log` begin above 0"),
        ("train", "dropout=0:0.5:exp", "is no range: write dropout=LOW:HIGH"),
        ("train", "keys=heads", "keys=heads is no set of modules: there are attention, mlp, linear"),
        ("train", "keys=mlp:linear", "is no range"),
        ("inference", "top_p=0.1:2", "top_p=2 is outside of 0.01 to 1"),
    ],
)
def test_what_cannot_be_tuned_is_said(kind, text: str, message: str):
    with pytest.raises(RunError) as caught:
        space_of(kind, [text])

    assert message in str(caught.value)


def test_a_grid_has_all_choices_and_three_steps_of_a_range():
    points = grid(space_of("train", ["rank=4,8", "learning_rate=1e-4:1e-2:log"]))

    assert len(points) == 6
    assert {point["rank"] for point in points} == {4, 8}
    assert sorted({round(float(point["learning_rate"]), 9) for point in points}) == [1e-4, 1e-3, 1e-2]


def test_too_large_a_grid_is_refused():
    with pytest.raises(RunError, match="more than 1000 points"):
        grid(space_of("train", ["learning_rate", "rank", "keys", "iters", "batch_size", "scale", "dropout"]))


def test_every_usual_parameter_is_known():
    assert set(USUAL["train"]) <= set(TRAIN)
    assert set(USUAL["inference"]) <= set(INFERENCE)
