"""Which adapter serves: promoted, on trial, rolled back; nothing is ever half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.adapters import Registry, open_registry
from punie_training.exceptions import AdapterError
from tests.unit.training.adapters.made import record


def states(registry: Registry) -> dict[str, str]:
    return {each.name: each.state for each in registry.all()}


def name_of_promoted(registry: Registry) -> str | None:
    promoted = registry.promoted()
    return promoted.name if promoted else None


@pytest.fixture
def three(registry: Registry, tmp_path: Path) -> Registry:
    """Adapters a, b and c, none promoted."""
    for name in "abc":
        registry.add(record(name, tmp_path))
    return registry


def test_a_new_adapter_serves_nobody(three: Registry) -> None:
    assert three.promoted() is None
    assert states(three) == {"a": "ready", "b": "ready", "c": "ready"}


def test_the_promoted_one_serves_and_is_remembered(three: Registry) -> None:
    three.promote("a")
    promoted = three.promote("b")

    assert promoted.state == "promoted"
    assert states(three) == {"a": "previous", "b": "promoted", "c": "ready"}
    with open_registry() as another:
        assert name_of_promoted(another) == "b"


def test_rolling_back_goes_through_all_of_them_to_none(three: Registry) -> None:
    for name in "abc":
        three.promote(name)

    restored = [three.rollback() for _ in range(3)]

    assert [each.name if each else None for each in restored] == ["b", "a", None]
    assert states(three) == {"a": "rolled_back", "b": "rolled_back", "c": "rolled_back"}


def test_one_that_was_rolled_back_can_be_promoted_again(three: Registry) -> None:
    three.promote("a")
    three.promote("b")
    three.rollback()

    three.promote("b")

    assert states(three) == {"a": "previous", "b": "promoted", "c": "ready"}


def test_promoting_the_promoted_one_again_keeps_what_was_before(three: Registry) -> None:
    three.promote("a")
    three.promote("b")
    three.promote("b")

    restored = three.rollback()

    assert restored is not None
    assert restored.name == "a"


def test_there_is_nothing_to_roll_back(three: Registry) -> None:
    with pytest.raises(AdapterError, match="No adapter is promoted, so there is nothing to roll back"):
        three.rollback()


def test_a_trial_has_a_share_and_ends_with_the_rollback(three: Registry) -> None:
    three.promote("a")

    trial = three.promote("b", share=20)

    assert (trial.state, trial.share) == ("trial", 20)
    assert name_of_promoted(three) == "a"
    three.rollback()
    assert states(three) == {"a": "promoted", "b": "ready", "c": "ready"}
    assert three.get("b").share == 0


def test_a_trial_can_be_ended_alone(three: Registry) -> None:
    three.promote("a")
    three.promote("b", share=20)

    ended = three.promote("b", share=0)

    assert (ended.state, ended.share) == ("ready", 0)
    with pytest.raises(AdapterError, match="b is not on trial"):
        three.promote("b", share=0)


def test_only_one_is_on_trial(three: Registry) -> None:
    three.promote("a")
    three.promote("b", share=20)
    three.promote("c", share=30)

    assert states(three) == {"a": "promoted", "b": "ready", "c": "trial"}


def test_promoting_ends_the_trial(three: Registry) -> None:
    three.promote("a")
    three.promote("b", share=20)
    three.promote("b")

    assert states(three) == {"a": "previous", "b": "promoted", "c": "ready"}
    assert three.get("b").share == 0


@pytest.mark.parametrize("share", [-1, 100, 1000])
def test_a_share_is_a_part(three: Registry, share: int) -> None:
    three.promote("a")

    with pytest.raises(AdapterError, match="A share is between 1 and 99 percent"):
        three.promote("b", share=share)


def test_a_trial_needs_one_that_serves_the_others(three: Registry) -> None:
    with pytest.raises(AdapterError, match="Nothing is promoted that would serve the other sessions"):
        three.promote("b", share=20)
    three.promote("b")
    with pytest.raises(AdapterError, match="b is promoted: it serves all sessions already"):
        three.promote("b", share=20)


def test_a_damaged_one_is_not_promoted(three: Registry) -> None:
    three.promote("a")
    weights = Path(three.get("b").path) / "adapters.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")

    with pytest.raises(AdapterError, match=r"The adapter b is damaged: the files in .* are not those that were added"):
        three.promote("b")
    with pytest.raises(AdapterError, match="The adapter b is damaged"):
        three.promote("b", share=20)

    assert states(three) == {"a": "promoted", "b": "ready", "c": "ready"}


def test_a_damaged_one_is_not_restored(three: Registry) -> None:
    three.promote("a")
    three.promote("b")
    (Path(three.get("a").path) / "adapter_config.json").unlink()

    with pytest.raises(AdapterError, match=r"The adapter a is damaged: .*no adapter_config.json"):
        three.rollback()

    assert states(three) == {"a": "previous", "b": "promoted", "c": "ready"}


def test_one_whose_base_has_changed_is_not_promoted(three: Registry, tmp_path: Path) -> None:
    weights = tmp_path / "base" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")

    with pytest.raises(AdapterError, match="trained on other weights"):
        three.promote("a")
    assert three.promoted() is None


def test_an_unknown_one_is_told_with_those_that_there_are(three: Registry) -> None:
    with pytest.raises(AdapterError, match=r"There is no adapter 'x', there are .*a.*punie-ls adapters list"):
        three.promote("x")
