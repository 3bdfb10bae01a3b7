"""Folders of mlx-lm are read line by line, and what is wrong is named with its file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from punie_training.curating.reading import read_folder, read_whole
from punie_training.dataset import MANIFEST
from punie_training.exceptions import DatasetError
from tests.unit.training.curating.conftest import Save, line, program

Foreign = Callable[[str | bytes], Path]

GOOD = line()
BAD = {
    "{": ("json", "It is no JSON: Expecting property name enclosed in double quotes"),
    "[1]": ("shape", "It is no JSON object"),
    '{"text": "hello"}': ("shape", 'It has no "messages", but text'),
    '{"messages": []}': ("shape", '"messages" is no list, or an empty one'),
    '{"messages": ["hi"]}': ("shape", "Message 1 is no JSON object"),
    '{"messages": [{"role": "robot", "content": "hi"}]}': ("role", "Message 1 has the unknown role 'robot'"),
    '{"messages": [{"role": "user", "content": null}]}': ("shape", "Message 1 (user) has no text"),
    '{"messages": [{"role": "user", "content": "a", "name": "b"}]}': ("shape", "Message 1 has name"),
    '{"messages": [{"role": "user", "content": "a\\u0000"}]}': ("encoding", "Message 1 holds NUL"),
    '{"messages": [{"role": "user", "content": "\\ud800"}]}': ("encoding", "half of a surrogate pair"),
    '{"messages": [{"role": "user", "content": "a"}]}': ("role", "an example needs a user message and ends with"),
    "": ("json", "The line is empty, and mlx-lm stops at it"),
    "\0": ("encoding", "It holds a NUL character"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_line_is_named_and_the_others_are_read(bad: str, foreign: Foreign) -> None:
    folder = foreign(f"{GOOD}\n{bad}\n{line('Lint it')}\n")

    reading = read_folder(folder)

    rule, message = BAD[bad]
    (finding,) = reading.findings
    assert (finding.level, finding.rule, finding.place) == ("error", rule, f"{folder}/train.jsonl:2")
    assert message in finding.message
    assert [row.number for row in reading.rows] == [1, 3]


def test_a_byte_order_mark_is_named(foreign: Foreign) -> None:
    reading = read_folder(foreign(b"\xef\xbb\xbf" + GOOD.encode() + b"\n"))

    assert "byte order mark" in reading.findings[0].message
    assert not reading.rows


def test_bytes_that_are_no_utf8_are_named(foreign: Foreign) -> None:
    reading = read_folder(foreign(b'{"messages": "\xff"}\n'))

    assert reading.findings[0].message.startswith("It is no UTF-8 (byte 14)")


def test_windows_line_ends_and_emoji_are_read(foreign: Foreign) -> None:
    text = line("Zähle 📚\u2028 Fehler")
    reading = read_folder(foreign(f"{text}\r\n{GOOD}\r\n"))

    assert not reading.findings
    assert reading.rows[0].example.query == "Zähle 📚\u2028 Fehler"


def test_a_line_of_ten_megabytes_is_named_and_not_kept(foreign: Foreign) -> None:
    folder = foreign(f"{line('x' * 10_000_000)}\n{GOOD}\n")

    reading = read_folder(folder)

    assert [f.rule for f in reading.findings] == ["size"]
    assert reading.findings[0].place == f"{folder}/train.jsonl:1"
    assert [row.number for row in reading.rows] == [2]


def test_a_last_line_without_an_end_is_read(foreign: Foreign) -> None:
    assert len(read_folder(foreign(GOOD)).rows) == 1


def test_what_stands_beside_the_messages_is_a_warning(foreign: Foreign) -> None:
    value = {**json.loads(GOOD), "tools": []}

    reading = read_folder(foreign(json.dumps(value)))

    assert [(f.level, f.rule) for f in reading.findings] == [("warning", "shape")]
    assert "tools" in reading.findings[0].message


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_text(GOOD)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train.jsonl").symlink_to(tmp_path / "secret.jsonl")
    (folder / "test.jsonl").symlink_to(tmp_path / "nowhere.jsonl")

    reading = read_folder(folder)

    assert [f.message for f in reading.findings] == [
        "It is a link out of the dataset's folder. Put the file itself there.",
        "It is a link to nothing.",
    ]
    assert not reading.rows


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data" / "train.jsonl").mkdir(parents=True)

    assert [f.message for f in read_folder(tmp_path / "data").findings] == ["It is no file."]


def test_without_a_manifest_the_form_speaks_for_the_category(foreign: Foreign) -> None:
    two = "```python\nfor p in typecheck('src').errors:\n    read_file(p.file)\n```"
    folder = foreign("\n".join([line(), line("Hi", "Hello there."), line("Two", two)]))

    found = [row.example.provenance for row in read_folder(folder).rows]

    assert [(p.category, p.tools) for p in found] == [
        ("field_access", ("typecheck",)),
        ("direct", ()),
        ("multi_step", ("typecheck", "read_file")),
    ]
    assert {(p.source, p.licence, p.outcome) for p in found} == {("foreign", "unknown", "unknown")}


def test_the_manifest_says_where_examples_come_from(save: Save) -> None:
    folder = save([program("Check types", template="t.1")])

    reading = read_folder(folder)

    assert reading.rows[0].example.provenance.template == "t.1"
    assert reading.tool_registry == "v1"


def test_a_line_that_the_manifest_does_not_know_is_named(save: Save) -> None:
    folder = save([program("Check types")])
    (folder / "train.jsonl").write_text(line("Something new") + "\n")

    assert "The manifest does not know example" in read_folder(folder).findings[0].message


def test_a_manifest_that_is_none_is_named(save: Save) -> None:
    folder = save([program("Check types")])
    (folder / MANIFEST).write_text('{"format": 9}')

    (finding,) = read_folder(folder).findings

    assert finding.rule == "manifest"
    assert finding.message.startswith("It is no manifest: format: Input should be 1")


def test_reading_whole_refuses_what_is_not_sound(foreign: Foreign) -> None:
    folder = foreign(f"{GOOD}\n{{\n[]\n")

    with pytest.raises(DatasetError, match=r"train\.jsonl:2: It is no JSON: .*\(2 such findings\.\) See: punie-ls"):
        read_whole(folder)


def test_reading_whole_refuses_an_empty_dataset(foreign: Foreign) -> None:
    with pytest.raises(DatasetError, match="holds no examples"):
        read_whole(foreign(""))


def test_a_folder_without_a_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is not a folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="holds no dataset: neither train"):
        read_folder(tmp_path)
