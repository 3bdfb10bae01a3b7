"""Which messages are about documents that only Punie knows."""

from __future__ import annotations

import msgspec
import pytest

from punie_ls.relay.virtual_documents import FRONT_BYTES, concerns_virtual, content_owner, nothing


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (b'{"textDocument":{"uri":"punie:/answers/1.md"}}', True),
        (b'{ "textDocument" : { "version": 2, "uri" : "punie:/answers/1.md" } }', True),
        (b'{"textDocument":{"uri":"file:///a.py"},"text":"\\"punie:"}', False),
        (b'{"textDocument":{"uri":"file:///a.py"},"other":"punie:/answers/1.md"}', False),
        (b'{"textDocument":{"uri":"file:///punie:/a.py"}}', False),
        (b'{"textDocument":"punie:/answers/1.md"}', False),
        (b'["punie:/answers/1.md"]', False),
        (b"null", False),
    ],
)
def test_params_are_told_by_their_document(params: bytes, expected: bool) -> None:
    assert concerns_virtual(params) is expected


def test_in_a_notification_the_text_is_not_looked_through() -> None:
    params = b'{"context":"%b","textDocument":{"uri":"punie:/answers/1.md"}}' % (b"x" * 2000)

    assert concerns_virtual(params)
    assert not concerns_virtual(params, FRONT_BYTES)


def test_content_is_asked_of_the_schemes_owner() -> None:
    assert content_owner(b'{"uri":"punie:/answers/1.md"}') == "punie"
    assert content_owner(b'{"uri":"ty:/builtins.pyi"}') == "ty"
    with pytest.raises(msgspec.DecodeError):
        content_owner(b"{}")


def test_there_is_nothing_to_say_of_them() -> None:
    assert nothing("textDocument/hover") == b"null"
    assert nothing("textDocument/diagnostic") == b'{"kind":"full","items":[]}'
