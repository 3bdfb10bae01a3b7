"""Adapters and runs as they are kept: copied, described, removed; what is wrong is refused with its name."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from punie_agent.exceptions import StoreUnavailable
from punie_agent.store import adapter_rows
from punie_agent.store.adapter_rows import AdapterOutcome
from punie_agent.store.database import Database
from punie_agent.store.location import locate
from punie_training import places
from punie_training.adapters import AdapterRecord, Outcomes, Registry, RunRecord, open_registry
from punie_training.exceptions import AdapterError, RunError
from tests.unit.training.adapters.made import make_adapter, make_base, record


def test_reading_makes_no_store(registry: Registry, store: Path) -> None:
    assert registry.all() == []
    assert registry.promoted() is None
    assert registry.outcomes() == {}
    assert not store.exists()


def test_an_adapter_is_kept_with_its_lineage(registry: Registry, tmp_path: Path) -> None:
    registry.add(record("first", tmp_path))
    kept = registry.add(
        record(
            "second", tmp_path, run="run-2", parent="first", dataset="d1", metrics={"tool": 0.9}, versions={"mlx": "1"}
        )
    )

    assert registry.get("second") == kept
    assert (kept.run, kept.parent, kept.dataset) == ("run-2", "first", "d1")
    assert (kept.metrics, kept.versions) == ({"tool": 0.9}, {"mlx": "1"})
    assert kept.created > 0
    assert [each.name for each in registry.all()] == ["second", "first"]


def test_its_files_are_the_registry_s_own(registry: Registry, tmp_path: Path) -> None:
    given = record("mine", tmp_path)
    kept = registry.add(given)

    assert Path(kept.path) == places.adapters() / "mine"
    for name in ("adapters.safetensors", "adapter_config.json"):
        (Path(given.path) / name).unlink()
    registry.promote("mine")


def test_files_that_are_in_place_are_taken_as_they_are(registry: Registry, tmp_path: Path) -> None:
    base = make_base(tmp_path / "base")
    path = make_adapter(places.adapters() / "mine", base)

    kept = registry.add(AdapterRecord("mine", str(base), str(path)))

    assert Path(kept.path) == path


def test_a_name_is_taken_once(registry: Registry, tmp_path: Path) -> None:
    given = record("mine", tmp_path)
    registry.add(given)

    with pytest.raises(AdapterError, match="There is an adapter mine already"):
        registry.add(given)


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "x" * 65, "-flag", "dot."])
def test_a_name_is_a_name(registry: Registry, tmp_path: Path, name: str) -> None:
    given = replace(record("mine", tmp_path), name=name)

    with pytest.raises(AdapterError, match="An adapter cannot be called"):
        registry.add(given)


def test_an_adapter_of_another_base_is_refused(registry: Registry, tmp_path: Path) -> None:
    given = record("mine", tmp_path)
    other = make_base(tmp_path / "other", hidden=16)

    with pytest.raises(AdapterError, match="is for another base"):
        registry.add(replace(given, base=str(other)))
    assert registry.all() == []
    assert not (places.adapters() / "mine").exists()


def test_a_base_that_is_missing_is_named(registry: Registry, tmp_path: Path) -> None:
    given = replace(record("mine", tmp_path), base=str(tmp_path / "gone"))

    with pytest.raises(AdapterError, match=r"The base of the adapter mine cannot be used: .*gone is no folder"):
        registry.add(given)


def test_a_folder_that_is_missing_is_named(registry: Registry, tmp_path: Path) -> None:
    given = replace(record("mine", tmp_path), path=str(tmp_path / "gone"))

    with pytest.raises(AdapterError, match=r"The folder of the adapter mine is missing: .*gone"):
        registry.add(given)


def test_weights_that_are_cut_off_are_refused(registry: Registry, tmp_path: Path) -> None:
    given = record("mine", tmp_path)
    weights = Path(given.path) / "adapters.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])

    with pytest.raises(AdapterError, match=r"The adapter mine is damaged: .*adapters.safetensors"):
        registry.add(given)


def test_removing_deletes_row_and_files(registry: Registry, tmp_path: Path) -> None:
    kept = registry.add(record("mine", tmp_path))

    registry.remove("mine")

    assert registry.all() == []
    assert not Path(kept.path).exists()
    with pytest.raises(AdapterError, match="There is no adapter 'mine', none was trained yet"):
        registry.remove("mine")


def test_what_serves_is_not_removed(registry: Registry, tmp_path: Path) -> None:
    for name in ("first", "second"):
        registry.add(record(name, tmp_path))
    registry.promote("first")
    registry.promote("second", share=10)

    with pytest.raises(AdapterError, match="first is promoted, so it is not removed"):
        registry.remove("first")
    with pytest.raises(AdapterError, match="second is on trial, so it is not removed"):
        registry.remove("second")
    assert len(registry.all()) == 2


def test_outcomes_are_counted_by_session(registry: Registry, tmp_path: Path, store: Path) -> None:
    registry.add(record("mine", tmp_path))
    database = Database(locate(str(store)), lambda text: None)
    counted: list[tuple[str, AdapterOutcome]] = [("s1", "accepted"), ("s1", "accepted"), ("s2", "rejected")]
    counted.append(("s3", "failed"))
    for session, outcome in counted:
        database.transact(partial(adapter_rows.count_outcome, adapter="mine", session=session, outcome=outcome))
    database.transact(lambda c: adapter_rows.count_outcome(c, "unknown", "s1", "failed"))
    database.close()

    assert registry.outcomes() == {"mine": Outcomes(sessions=3, accepted=2, rejected=1, failed=1)}
    registry.remove("mine")
    assert registry.outcomes() == {}


def test_a_run_is_written_as_it_goes(registry: Registry) -> None:
    run = RunRecord("r1", "lora", "/runs/r1", {"rank": 8}, "d1", 7, {"mlx": "1"}, {}, started=1.0)
    registry.save_run(run)
    done = replace(run, state="promoted", metrics={"tool": 0.9}, ended=2.0)
    registry.save_run(done)
    registry.save_run(replace(run, id="r2", started=3.0))

    assert registry.run("r1") == done
    assert [each.id for each in registry.runs()] == ["r2", "r1"]
    with pytest.raises(RunError, match="There is no run r3"):
        registry.run("r3")


def test_a_store_that_cannot_be_written_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PUNIE_STORE", str(tmp_path / "file" / "punie.db"))

    with open_registry() as registry, pytest.raises(StoreUnavailable, match="cannot be opened"):
        registry.save_run(RunRecord("r1", "data", "/runs/r1"))
