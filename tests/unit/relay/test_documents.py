"""The mirror of open documents, against an independent reference."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_ls.relay.documents import Documents
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
def test_changes_of_one_notification_are_applied_one_by_one(
    text: str, many: list[dict[str, Any]], encoding: Encoding
) -> None:
    expected = text
    for one in many:
        expected = reference(expected, one, encoding)

    documents = opened(text, encoding)
    sent = change(documents, 2, *many)

    assert documents.text(URI) == expected
    # What the servers get says the same in places that exist: no clamping, no rounding, no reversed range.
    for told in sent["contentChanges"]:
        text = exactly(text, told, encoding)
    assert text == expected


def exactly(text: str, change: dict[str, Any], encoding: Encoding) -> str:
    """One change whose places must exist as they stand."""
    codec, width = WIDTHS[encoding]
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n|$)", text)

    def offset(position: dict[str, int]) -> int:
        encoded = re.sub(r"[\r\n]", "", lines[position["line"]]).encode(codec)
        assert position["character"] * width <= len(encoded)
        inside = encoded[: position["character"] * width].decode(codec)
        return sum(map(len, lines[: position["line"]])) + len(inside)

    start, end = offset(change["range"]["start"]), offset(change["range"]["end"])
    assert start <= end
    return text[:start] + change["text"] + text[end:]


def send(documents: Documents, method: str, params: Any) -> Any:
    return json.loads(documents.update(method, json.dumps(params).encode()))


def opened(text: str, encoding: Encoding = "utf-16") -> Documents:
    documents = Documents()
    documents.encoding = encoding
    item = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    send(documents, "textDocument/didOpen", {"textDocument": item})
    return documents


def change(documents: Documents, version: Any, *changes: Any) -> Any:
    document = {"uri": URI, "version": version}
    return send(documents, "textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})


def insert(documents: Documents, version: int, text: str) -> None:
    change(documents, version, {"range": span(0, 0, 0, 0), "text": text})


def span(line: Any, character: Any, end_line: Any, end_character: Any) -> dict[str, Any]:
    start = {"line": line, "character": character}
    return {"start": start, "end": {"line": end_line, "character": end_character}}


def test_many_changes_in_a_row() -> None:
    documents = opened("end")
    for version in range(2, 202):
        insert(documents, version, "x")

    assert documents.text(URI) == "x" * 200 + "end"
    assert documents.version(URI) == 201


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (span(0, 99, 0, 2**32 - 1), span(0, 3, 0, 3)),
        (span(0, 4, 1, 0), span(0, 3, 1, 0)),
        (span(0, 2, 0, 2), span(0, 1, 0, 1)),
        (span(1, 0, 0, 0), span(1, 0, 1, 0)),
        (span(2**31 - 1, 0, 2**31 - 1, 9), span(1, 1, 1, 1)),
    ],
    ids=["beyond the line", "between CR and LF", "inside a character", "reversed", "beyond the text"],
)
def test_places_that_servers_read_differently_are_moved_to_where_lsp_means_them(
    asked: dict[str, Any], told: dict[str, Any]
) -> None:
    documents = opened("a😀\r\nb")

    assert change(documents, 2, {"range": asked, "text": "x"})["contentChanges"] == [{"range": told, "text": "x"}]


START = span(0, 0, 0, 0)

WRONG_CHANGES = {
    "no list": ({"text": "x"}, 2),
    "no object": ([None], 2),
    "no text": ([{"range": START}], 2),
    "text null": ([{"text": None}], 2),
    "text a number": ([{"text": 1}], 2),
    "the second of two": ([{"text": "x"}, {"text": []}], 2),
    "half a range": ([{"range": {"start": START["start"]}, "text": "x"}], 2),
    "range a list": ([{"range": [], "text": "x"}], 2),
    "line negative": ([{"range": span(-1, 0, 0, 0), "text": "x"}], 2),
    "line a fraction": ([{"range": span(0.5, 0, 0, 0), "text": "x"}], 2),
    "line a bool": ([{"range": span(False, 0, 0, 0), "text": "x"}], 2),
    "line of 33 bits": ([{"range": span(2**32, 0, 2**32, 0), "text": "x"}], 2),
    "character a string": ([{"range": span(0, "0", 0, 0), "text": "x"}], 2),
    "version null": ([{"text": "x"}], None),
    "version a string": ([{"text": "x"}], "2"),
    "version of 32 bits": ([{"text": "x"}], 2**31),
}


@pytest.mark.parametrize(("changes", "version"), WRONG_CHANGES.values(), ids=WRONG_CHANGES.keys())
def test_a_wrong_change_changes_nothing(changes: Any, version: Any) -> None:
    documents = opened("text")

    with pytest.raises(msgspec.DecodeError):
        send(
            documents,
            "textDocument/didChange",
            {"textDocument": {"uri": URI, "version": version}, "contentChanges": changes},
        )

    assert documents.text(URI) == "text"
    assert documents.version(URI) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"uri": "a.py"},
        {"uri": ""},
        {"uri": 1},
        {"uri": "file:///%ff.py"},
        {"languageId": None},
        {"version": 1.5},
        {"version": None},
        {"text": None},
        {"text": ["x"]},
    ],
    ids=str,
)
def test_a_wrong_opening_opens_nothing(wrong: dict[str, Any]) -> None:
    documents = Documents()
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "x", **wrong}

    with pytest.raises(msgspec.DecodeError):
        send(documents, "textDocument/didOpen", {"textDocument": item})

    assert list(documents.replay()) == []


def test_what_is_unknown_goes_no_further() -> None:
    documents = opened("text")
    told = change(documents, 2, {"range": START, "rangeLength": -1, "text": "x", "more": 1})

    assert told["contentChanges"] == [{"range": START, "text": "x"}]


@pytest.mark.parametrize("method", ["textDocument/didClose", "notebookDocument/didClose"])
def test_what_is_not_open_cannot_be_closed(method: str) -> None:
    document = {"uri": "file:///b.py"}

    with pytest.raises(msgspec.DecodeError, match="is not open"):
        send(opened("text"), method, {"textDocument": document, "notebookDocument": document})


def test_a_whole_text_replaces_what_was_there() -> None:
    documents = opened("old")
    insert(documents, 2, "x")
    change(documents, 3, {"text": "new"})

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


def test_it_is_told_what_comes_changes_and_goes() -> None:
    documents = Documents()
    heard: list[tuple[str, str, int | None]] = []
    documents.on_open = lambda uri: heard.append(("open", uri, documents.version(uri)))
    documents.on_change = lambda uri: heard.append(("change", uri, documents.version(uri)))
    documents.on_close = lambda uri: heard.append(("close", uri, documents.version(uri)))
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "a"}
    send(documents, "textDocument/didOpen", {"textDocument": item})
    insert(documents, 2, "b")
    send(documents, "textDocument/didOpen", {"textDocument": {**item, "version": 3}})
    send(documents, "textDocument/didClose", {"textDocument": {"uri": URI}})

    assert heard == [
        ("open", URI, 1),
        ("change", URI, 2),
        ("change", URI, 2),
        ("open", URI, 3),
        ("close", URI, None),
    ]


def test_documents_of_punies_scheme_are_known_as_such() -> None:
    documents = opened("a")
    answer = {"uri": "punie:/answers/1.md", "languageId": "markdown", "version": 1, "text": "# Yes"}
    send(documents, "textDocument/didOpen", {"textDocument": answer})

    assert documents.virtual == {"punie:/answers/1.md"}
    replayed = [json.loads(body)["params"]["textDocument"]["uri"] for body in documents.replay(lambda uri: uri == URI)]
    assert replayed == [URI]

    send(documents, "textDocument/didClose", {"textDocument": {"uri": "punie:/answers/1.md"}})
    assert documents.virtual == set()


NOTEBOOK = {"uri": "file:///n.ipynb", "version": 1}
CELL = "file:///n.ipynb#1"


def opened_notebook() -> Documents:
    documents = Documents()
    item = {"uri": CELL, "languageId": "python", "version": 1, "text": "a😀\n"}
    notebook = {**NOTEBOOK, "notebookType": "jupyter-notebook", "cells": [{"kind": 2, "document": CELL}]}
    send(documents, "notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": [item]})
    return documents


def change_notebook(documents: Documents, cells: Any) -> Any:
    params = {"notebookDocument": NOTEBOOK, "change": {"metadata": {"kept": 1}, "cells": cells}}
    return send(documents, "notebookDocument/didChange", params)


def test_notebooks_are_replayed_as_they_came() -> None:
    documents = opened_notebook()
    change_notebook(documents, None)

    assert [json.loads(b)["method"] for b in documents.replay()] == [
        "notebookDocument/didOpen",
        "notebookDocument/didChange",
    ]

    send(documents, "notebookDocument/didClose", {"notebookDocument": NOTEBOOK})

    assert list(documents.replay()) == []


def test_places_in_cells_are_moved_as_well() -> None:
    document = {"uri": CELL, "version": 2}
    asked = {"document": document, "changes": [{"range": span(0, 2, 0, 9), "text": "x"}]}

    told = change_notebook(opened_notebook(), {"textContent": [asked]})

    assert told["change"] == {
        "metadata": {"kept": 1},
        "cells": {"textContent": [{"document": document, "changes": [{"range": span(0, 1, 0, 3), "text": "x"}]}]},
    }


@pytest.mark.parametrize(
    "cells",
    [
        {"structure": {"array": {"start": 1, "deleteCount": 1}}},
        {"structure": {"array": {"start": 0, "deleteCount": -1}}},
        {"textContent": [{"document": {"uri": "file:///n.ipynb#2", "version": 1}, "changes": []}]},
        {"textContent": [{"document": {"uri": CELL, "version": 1}, "changes": [{"text": 1}]}]},
    ],
    ids=["more cells than there are", "fewer than none", "an unknown cell", "a text that is none"],
)
def test_a_wrong_change_of_a_notebook_changes_nothing(cells: Any) -> None:
    documents = opened_notebook()

    with pytest.raises(msgspec.DecodeError):
        change_notebook(documents, cells)

    assert len(list(documents.replay())) == 1


def test_cells_come_and_go() -> None:
    documents = opened_notebook()
    second = {"uri": "file:///n.ipynb#2", "languageId": "python", "version": 1, "text": "b\n"}
    array = {"start": 1, "deleteCount": 0, "cells": [{"kind": 2, "document": second["uri"]}]}
    change_notebook(documents, {"structure": {"array": array, "didOpen": [second]}})
    change_notebook(
        documents, {"structure": {"array": {"start": 0, "deleteCount": 2}, "didClose": [{"uri": CELL}, second]}}
    )

    with pytest.raises(msgspec.DecodeError, match="has only 0 cells"):
        change_notebook(documents, {"structure": {"array": {"start": 0, "deleteCount": 1}}})


def test_changes_of_a_document_that_is_not_open_are_held_back() -> None:
    documents = Documents()

    with pytest.raises(msgspec.DecodeError, match="is not open"):
        insert(documents, 2, "x")

    assert documents.text(URI) is None
