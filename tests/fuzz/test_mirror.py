"""The relay's mirror against a model that shares no code with it, after every single edit."""

from __future__ import annotations

import json

from hypothesis import given, settings

from punie_ls.relay.documents import Documents
from punie_semantic.wire.positions import Encoding
from tests.fuzz.edits import Change, encodings, notifications, texts
from tests.fuzz.model import Model

URI = "file:///a.py"


@settings(derandomize=True, database=None, deadline=None, max_examples=600)
@given(texts, notifications, encodings)
def test_the_mirror_is_the_editors_text_after_each_edit(
    text: str, sent: list[list[Change]], encoding: Encoding
) -> None:
    model = Model(text, encoding)
    documents = Documents()
    documents.encoding = encoding
    item = {"uri": URI, "languageId": "python", "version": 0, "text": text}
    documents.update("textDocument/didOpen", json.dumps({"textDocument": item}).encode())
    for version, changes in enumerate(sent, start=1):
        for change in changes:
            model.change(change)
        params = {"textDocument": {"uri": URI, "version": version}, "contentChanges": changes}
        documents.update("textDocument/didChange", json.dumps(params).encode())

        assert documents.text(URI) == model.text
        assert documents.version(URI) == version
