"""Datasets of others are read through `datasets`: local folders and files. No test reaches a hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from punie_training.curating.downloading import licence_in
from punie_training.dataset import load

# It warns when it is imported, and keeps threads: it gets a process of its own.
PROGRAM = """
import json, sys
from pathlib import Path
from punie_training.curating.downloading import DownloadOptions, download
from punie_training.exceptions import TrainingError
name, out, accept, rest = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "yes", json.loads(sys.argv[4])
try:
    done = download(DownloadOptions(name, out, **rest), lambda sentence: accept)
    print(json.dumps([done.licence, done.rows, done.dropped, done.written.counts]))
except TrainingError as error:
    print(type(error).__name__, error)
"""


def fetch(name: Path | str, out: Path, *, accept: bool = True, **options: object) -> str:
    arguments = [str(name), str(out), "yes" if accept else "no", json.dumps(options)]
    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "HOME": str(out.parent)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        cwd=out.parent,
    )
    return done.stdout.strip()


def rows(number: int, start: int = 0) -> str:
    word = "abcdefghijklmnopqrstuvwxyz"
    found = [
        {"instruction": f"Explain {word[i % 26] * (i + 1)}", "input": "", "output": f"It is {word[-i % 26] * (i + 3)}."}
        for i in range(start, start + number)
    ]
    return "".join(json.dumps(row) + "\n" for row in found)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n# Theirs\n")
    (folder / "train.jsonl").write_text(rows(20) + json.dumps({"instruction": " ", "input": "", "output": "A"}) + "\n")
    return folder


def test_one_split_is_divided_and_the_licence_is_written_down(theirs: Path, tmp_path: Path) -> None:
    assert json.loads(fetch(theirs, tmp_path / "out")) == [
        "cc-by-4.0",
        21,
        {"no text": 1},
        {"train": 16, "valid": 2, "test": 2},
    ]

    example = load(tmp_path / "out").splits["train"][0]
    assert (example.provenance.licence, example.provenance.source) == ("cc-by-4.0", str(theirs))
    assert not list(tmp_path.glob(".out*"))


def test_the_source_s_own_splits_stay(theirs: Path, tmp_path: Path) -> None:
    (theirs / "validation.jsonl").write_text(rows(3, 40))

    done = json.loads(fetch(theirs, tmp_path / "out", limit=10))

    assert done[3] == {"train": 10, "valid": 3, "test": 0}


def test_a_split_that_there_is_not_is_named(theirs: Path, tmp_path: Path) -> None:
    assert fetch(theirs, tmp_path / "out", splits=["huge"]).endswith("has no split huge, but train.")
    assert not (tmp_path / "out").exists()


def test_parquet(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table({"title": ["What is it?", "And that?"], "body": ["It is this one.", "That is another."]})
    pyarrow.parquet.write_table(table, tmp_path / "data.parquet")

    done = fetch(tmp_path / "data.parquet", tmp_path / "out", columns={"query": "title", "answer": "body"})

    assert json.loads(done)[1] == 2


def test_an_unknown_licence_has_to_be_accepted(theirs: Path, tmp_path: Path) -> None:
    (theirs / "README.md").unlink()

    said = fetch(theirs, tmp_path / "out", accept=False)

    assert said.startswith("DatasetError The card of ")
    assert said.endswith(
        "says no licence, so it was not fetched. Find out whether you may use it, and pass --accept-licence."
    )
    assert json.loads(fetch(theirs, tmp_path / "out"))[0] == "unknown"


def test_a_name_without_a_network_is_said(tmp_path: Path) -> None:
    said = fetch("nobody/nothing", tmp_path / "out")

    assert said.startswith("DatasetError nobody/nothing cannot be read: ")
    assert said.endswith("A local folder, or a file of JSON lines or Parquet, can be passed instead of a name.")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.jsonl", "{broken", "cannot be read"),
        ("a.jsonl", "", "a.jsonl is empty."),
        ("a.jsonl", '{"text": "only"}\n', "is a chat (unknown columns 1). Name them"),
        ("a.txt", "hello", "is none of .jsonl, .json, .parquet, .csv"),
    ],
)
def test_what_is_no_dataset_is_refused(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)

    answer = fetch(tmp_path / name, tmp_path / "out")

    assert answer.startswith("DatasetError")
    assert said in answer
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: mit\n---\n", "mit"),
        ("---\nlicense:\n- apache-2.0\ntags: []\n---\n", "apache-2.0"),
        ("---\r\nlicense: 'odc-by'\r\n---\r\n", "odc-by"),
        ("---\nlicense: other\n---\n", "unknown"),
        ("---\ntags: [a]\n---\nlicense: mit\n", "unknown"),
        ("# A card\n", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_licence_stands_in_the_head_of_the_card(card: str, licence: str) -> None:
    assert licence_in(card) == licence
