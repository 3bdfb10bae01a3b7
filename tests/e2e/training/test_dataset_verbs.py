"""`punie-ls dataset ...` as it is typed: what is printed, what is written, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from punie_agent.models.small_prompt import SYSTEM, fenced
from punie_training.dataset import SPLITS, Dataset, Example, Provenance, example_of, load

RUN = ("-P", "-m", "punie_ls", "dataset")
NAMES = ("total", "price", "stock", "order", "label", "weight", "colour", "supplier", "invoice", "basket")
WAYS = {"train": "Where is {} defined?", "valid": "Find the line that defines {}.", "test": "In which file is {}?"}

Verb = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def verb(tmp_path: Path) -> Verb:
    """Runs a verb in a home of its own."""
    environ = {**os.environ, "HOME": str(tmp_path / "home"), "PUNIE_TRAINING_HOME": str(tmp_path / "training")}
    environ |= {"PUNIE_STORE": str(tmp_path / "punie.db"), "HF_HUB_OFFLINE": "1", "COLUMNS": "200", "NO_COLOR": "1"}
    environ.pop("XDG_CACHE_HOME", None)

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *RUN, *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=100, env=environ, cwd=tmp_path, check=False
        )

    return run


def example(number: int, split: str) -> Example:
    name = f"{NAMES[number % 10]}_{'abcdefghij'[number // 10]}"
    known = Provenance(
        category="single_tool",
        source="templates",
        licence="MIT",
        tools=("goto_definition",),
        template=f"{split}.{number % 5}",
    )
    return example_of(WAYS[split].format(name), known, program=f"goto_definition(symbol='{name}').locations[0].file")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    sizes = {"train": 100, "valid": 12, "test": 12}
    splits = {split: tuple(example(i, split) for i in range(sizes[split])) for split in SPLITS}
    Dataset(tool_registry="v1", splits=splits).save(tmp_path / "data")
    return tmp_path / "data"


def test_a_sound_dataset_is_validated(verb: Verb, data: Path) -> None:
    done = verb("validate", data)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("It can be trained on: 0 errors, 0 warnings. Examples: train 100, valid 12, test 12.\n")


def test_a_foreign_folder_is_validated_line_by_line(verb: Verb, tmp_path: Path) -> None:
    folder = tmp_path / "foreign"
    folder.mkdir()
    roles = (("system", SYSTEM), ("user", "Check 📚"), ("assistant", fenced("typecheck('src')")))
    good = json.dumps({"messages": [{"role": r, "content": c} for r, c in roles]}, ensure_ascii=False)
    (folder / "train.jsonl").write_bytes(f"{good}\r\n{{oops\r\n{good.replace('user', 'robot')}\r\n".encode())

    done = verb("validate", folder)
    as_json = verb("validate", folder, "--json")

    assert done.returncode == as_json.returncode == 1
    assert f"{folder}/train.jsonl:2  It is no JSON" in done.stdout
    assert f"{folder}/train.jsonl:3  Message 2 has the unknown role 'robot'" in done.stdout
    value = json.loads(as_json.stdout)
    assert value["counts"] == {"train": 1, "valid": 0, "test": 0}
    assert [f["place"] for f in value["findings"] if f["rule"] in ("json", "role")] == [
        f"{folder}/train.jsonl:2",
        f"{folder}/train.jsonl:3",
    ]


@pytest.mark.parametrize("name", ["validate", "stats", "show"])
def test_no_folder_is_one_sentence(name: str, verb: Verb, tmp_path: Path) -> None:
    done = verb(name, tmp_path / "nowhere")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"punie-ls: {tmp_path}/nowhere is not a folder. Pass a folder with train.jsonl.\n"


def test_stats(verb: Verb, data: Path) -> None:
    done = verb("stats", data)
    value = json.loads(verb("stats", data, "--json").stdout)

    assert done.returncode == 0
    assert ["goto_definition", "100", "12", "12", "124"] in [row.split() for row in done.stdout.splitlines()]
    assert value["counts"] == {"train": 100, "valid": 12, "test": 12}
    assert value["tables"]["licence"] == {"MIT": {"train": 100, "valid": 12, "test": 12}}


def test_show_pages(verb: Verb, data: Path) -> None:
    done = verb("show", data, "--split", "test", "--grep", "total", "--limit", "1")
    value = json.loads(verb("show", data, "--grep", "total", "--offset", "1", "--limit", "2", "--json").stdout)

    assert "In which file is total_a?\ngoto_definition(symbol='total_a').locations[0].file\n" in done.stdout
    assert done.stdout.endswith("1 to 1 of 2. Go on with --offset 1.\n")
    assert value["total"] == 14
    assert [each["provenance"]["template"] for each in value["examples"]] == ["train.0", "train.0"]
    assert verb("show", data, "--grep", "(").returncode == 2
    assert verb("show", data, "--split", "other").returncode == 2


def test_show_survives_a_closed_pipe(verb: Verb, data: Path, tmp_path: Path) -> None:
    script = f'"{sys.executable}" {" ".join(RUN)} show "{data}" --limit 100 | head -n 1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=100, check=True)

    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{data}/train.jsonl:1")
    assert (lines[1], done.stderr) == ("0", "")


def test_a_control_character_does_nothing_to_the_terminal(verb: Verb, tmp_path: Path) -> None:
    evil = example_of("Show \x1b[2J it", Provenance(category="direct", source="s", licence="MIT"), words="A \x07 b.")
    Dataset(tool_registry="v1", splits={"train": (evil,)}).save(tmp_path / "evil")

    done = verb("show", tmp_path / "evil")

    assert "Show \\x1b[2J it" in done.stdout
    assert "\x1b" not in done.stdout


def test_filter_split_dedupe_and_merge_in_a_row(verb: Verb, data: Path, tmp_path: Path) -> None:
    filtered = verb("filter", data, "filtered", "--without", "template=train.0", "--min-quality", "0.5")
    split = verb("split", "filtered", "split", "--ratios", "70/15/15", "--seed", "3")
    deduped = verb("dedupe", "split", "deduped", "--threshold", "0.97", "--json")
    merged = verb("merge", "deduped", data, "merged")

    assert filtered.stdout.startswith("Dropped 20 examples, by rule:\n20  without template\nWrote 104 examples")
    assert split.returncode == 0
    templates = {s: {e.provenance.template for e in found} for s, found in load(tmp_path / "split").splits.items()}
    assert not templates["train"] & templates["test"]
    assert json.loads(deduped.stdout)["duplicates"] == []
    assert merged.returncode == 0
    assert sum(len(found) for found in load(tmp_path / "merged").splits.values()) == 124


def test_nothing_is_overwritten(verb: Verb, data: Path, tmp_path: Path) -> None:
    before = (data / "train.jsonl").read_bytes()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("mine")

    for arguments in (
        ("split", data, data),
        ("dedupe", data, data / "x"),
        ("filter", data, "full"),
        ("merge", data, data, "full"),
    ):
        done = verb(*arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("punie-ls: ")

    assert (data / "train.jsonl").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "full"]


def test_mine_prints_what_was_found(verb: Verb, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "cart.py").write_text('def total(rate):\n    """What all of it costs."""\n    return rate\n')

    done = verb("mine", root, "mined", "--jobs", "1")
    again = verb("mine", root, "again", "--json", "--no-run")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("shop (unknown licence): 1 file read. Examples:\n1  definition")
    assert "Wrote 4 examples to mined" in done.stdout
    value = json.loads(again.stdout)
    assert (value["projects"][0]["cached"], value["counts"]) == (1, {"train": 4, "valid": 0, "test": 0})


def test_from_traces_says_when_there_is_nothing(verb: Verb, tmp_path: Path) -> None:
    done = verb("from-traces", "out")

    assert done.returncode == 2
    assert done.stderr == (
        f"punie-ls: Nothing can be learnt from {tmp_path}/punie.db: it holds none. "
        "Accept edits and fixes, and try again.\n"
    )


def test_download_of_a_local_file(verb: Verb, tmp_path: Path) -> None:
    rows = [{"prompt": f"Explain {name}", "completion": f"It is the {name} of it."} for name in NAMES]
    (tmp_path / "theirs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    refused = verb("download", "theirs.jsonl", "out")
    done = verb("download", "theirs.jsonl", "out", "--accept-licence")

    assert refused.returncode == 2
    assert "says no licence, so it was not fetched" in refused.stderr
    assert done.stdout.splitlines()[0] == "Licence: unknown. 10 rows read."
    assert sum(len(found) for found in load(tmp_path / "out").splits.values()) == 10


def test_help_is_fast_and_imports_no_training() -> None:
    script = (
        "import sys; from punie_ls.cli.training.dataset_curate import dataset_app as app\n"
        "from typer.testing import CliRunner; r = CliRunner().invoke(app, ['--help'])\n"
        "print(r.exit_code, [m for m in sys.modules if m.startswith(('punie_training', 'mlx', 'datasets'))])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "0 []\n"
