"""A text that is shown while it is written: nothing is lost, and no part of a secret is ever shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_agent.redaction import Redactor
from punie_agent.streamed_secrets import MOST_HELD, StreamedText, StreamRedactor

SECRETS = {
    "sk-ant-" + "aB3" * 20: "a key",
    "ghp_" + "x1Y2" * 10: "a token",
    'password = "hunter2-Zx9!kq"': "a password",
    "Authorization: Bearer abcdefgh12345678ijkl": "a header",
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\n-----END RSA PRIVATE KEY-----": "a file",
    "correct horse battery staple 42": "a phrase of the environment",
}
ENVIRON = {"MY_PASSPHRASE": "correct horse battery staple 42"}


def shown(pieces: list[str]) -> list[str]:
    """What is shown after each piece, and in the end."""
    text = StreamedText(StreamRedactor(ENVIRON))
    return [*(text.add(piece) for piece in pieces), text.finish()]


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 5, 13, 1000])
@pytest.mark.parametrize("secret", SECRETS, ids=SECRETS.values())
def test_a_secret_in_pieces(secret: str, size: int) -> None:
    text = f"It is this: {secret} and not that. 🚀 Next line.\r\n世界 too."

    pieces = shown(cut(text, size))

    assert "".join(pieces) == Redactor(ENVIRON).text(text)
    assert not any(word in "".join(pieces) for word in ("aB3aB3", "x1Y2", "hunter2", "abcdefgh", "MIIE", "battery"))


@pytest.mark.parametrize("secret", list(SECRETS)[-1:], ids=["phrase"])
def test_the_beginning_of_a_phrase_waits(secret: str) -> None:
    text = StreamedText(StreamRedactor(ENVIRON))

    assert text.add("Say correct horse ") == "Say "
    assert text.add("now. ") == "correct horse now. "


def test_words_are_shown_when_they_are_whole() -> None:
    assert shown(["The begin", "ning of", " all. And"]) == ["The ", "beginning ", "of all. ", "And"]


def test_languages_without_spaces_are_shown_too() -> None:
    assert shown(["世界", "你好", "!"]) == ["世界", "你好", "", "!"]


def test_but_not_where_a_value_is_named() -> None:
    assert shown(['password="世界你好', 'passwort12"', " ok"])[0] == ""


def test_a_word_without_an_end_is_shown_in_the_end() -> None:
    pieces = shown(["x" * MOST_HELD, "x", "y"])

    assert [len(piece) for piece in pieces] == [0, MOST_HELD + 1, 0, 1]


def test_long_texts_stay_whole() -> None:
    text = "".join(f"Word {number} 🚀\n" for number in range(20_000))

    assert "".join(shown(cut(text, 4_000))) == text


@given(st.lists(st.text(alphabet="ab \n🚀世'=:", max_size=12), max_size=20))
def test_nothing_is_lost(pieces: list[str]) -> None:
    assert "".join(shown(pieces)) == "".join(pieces)
