"""The mirror of open documents, against an independent reference."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from punie_ls.relay.documents import MAX_PENDING, Documents, fold
from punie_semantic.wire.positions import ENCODING_PREFERENCE, Encoding, apply_change

URI = "file:///a.py"

# ASCII, two bytes, CJK, emoji, combining, every line end, and the ones that are none.
TEXTS = st.text(alphabet="ab é漢😀👩\u0301\u200d\n\r\f\x0b\x1c\x85\u2028\t", max_size=30)

WIDTHS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def reference(text: str, change: dict[str, Any], encoding: Encoding) -> str:
    """One change applied in the plainest way: on the encoded lines."""
    codec, width = WIDTHS[encoding]
    lines = re.split(r"(\r\n|\r|\n)", text)
    starts = [sum(map(len, lines[: 2 * i])) for i in range(len(lines) // 2 + 1)]

    def offset(position: dict[str, int]) -> int:
        if position["line"] >= len(starts):
            return len(text)
        encoded = lines[2 * position["line"]].encode(codec)[: position["character"] * width]
        return starts[position["line"]] + len(encoded.decode(codec, "ignore"))

    start, end = offset(change["range"]["start"]), offset(change["range"]["end"])
    return text[:start] + change["text"] + text[max(start, end) :]


positions = st.fixed_dictionaries({"line": st.integers(0, 8), "character": st.integers(0, 20)})
changes = st.fixed_dictionaries({"range": st.fixed_dictionaries({"start": positions, "end": positions}), "text": TEXTS})
encodings = st.sampled_from(ENCODING_PREFERENCE)


@given(TEXTS, changes, encodings)
def test_one_change_is_applied_as_the_reference_does(text: str, change: dict[str, Any], encoding: Encoding) -> None:
    assert apply_change(text, change, encoding) == reference(text, change, encoding)


@given(TEXTS, st.lists(changes, max_size=6), encodings)
def test_folded_changes_are_those_applied_one_by_one(text: str, many: list[dict[str, Any]], encoding: Encoding) -> None:
    expected = text
    for change in many:
        expected = reference(expected, change, encoding)

    assert fold(text, many, encoding) == expected


def send(documents: Documents, method: str, params: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()
    documents.update(method, body)


def opened(text: str, encoding: Encoding = "utf-16") -> Documents:
    documents = Documents()
    documents.encoding = encoding
    item = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    send(documents, "textDocument/didOpen", {"textDocument": item})
    return documents


def insert(documents: Documents, version: int, text: str) -> None:
    start = {"line": 0, "character": 0}
    change = {"range": {"start": start, "end": start}, "text": text}
    document = {"uri": URI, "version": version}
    send(documents, "textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


def test_many_changes_are_folded_now_and_then() -> None:
    documents = opened("end")
    count = MAX_PENDING * 3
    for version in range(2, count + 2):
        insert(documents, version, "x")

    assert documents.text(URI) == "x" * count + "end"
    assert documents.version(URI) == count + 1


def test_a_whole_text_replaces_what_was_there() -> None:
    documents = opened("old")
    insert(documents, 2, "x")
    document = {"uri": URI, "version": 3}
    send(documents, "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": "new"}]})

    assert documents.text(URI) == "new"


def test_replay_opens_each_document_at_its_current_text() -> None:
    documents = opened("b")
    insert(documents, 7, "a\r\n😀")

    assert [json.loads(body) for body in documents.replay()] == [
        {
            "jsonrpc": "2.0",
            "method": "textDocument/didOpen",
            "params": {"textDocument": {"uri": URI, "languageId": "python", "version": 7, "text": "a\r\n😀b"}},
        }
    ]


def test_a_closed_document_is_forgotten_and_told() -> None:
    documents = opened("a")
    closed: list[str] = []
    documents.on_close = closed.append
    send(documents, "textDocument/didClose", {"textDocument": {"uri": URI}})

    assert documents.text(URI) is None
    assert documents.version(URI) is None
    assert list(documents.replay()) == []
    assert closed == [URI]


def test_notebooks_are_replayed_as_they_came() -> None:
    documents = Documents()
    notebook = {"uri": "file:///n.ipynb", "version": 1}
    send(documents, "notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": []})
    send(documents, "notebookDocument/didChange", {"notebookDocument": notebook, "change": {}})

    assert [json.loads(b)["method"] for b in documents.replay()] == [
        "notebookDocument/didOpen",
        "notebookDocument/didChange",
    ]

    send(documents, "notebookDocument/didClose", {"notebookDocument": notebook})

    assert list(documents.replay()) == []


def test_changes_of_a_document_that_is_not_open_are_ignored() -> None:
    documents = Documents()
    insert(documents, 2, "x")

    assert documents.text(URI) is None
