"""Texts and edits as Hypothesis makes them: every line end, and what is none, and characters of every width."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

# ASCII, combining, CJK, emoji, joined emoji, BOM; line ends; form feed, vertical tab, FS, NEL, line separator.
CHARACTERS = [*"ab é\u0301漢字😀\ufeff\t", "👩\u200d💻", "\n", "\r", "\r\n", "\f", "\x0b", "\x1c", "\x85", "\u2028"]

texts = st.lists(st.sampled_from(CHARACTERS), max_size=20).map("".join)
# Beyond the line, beyond the text, and the largest numbers that editors send for "to the end".
columns = st.one_of(st.integers(0, 12), st.sampled_from([99, 2**31 - 1, 2**32 - 1]))
lines = st.one_of(st.integers(0, 6), st.sampled_from([99, 2**31 - 1]))
positions = st.fixed_dictionaries({"line": lines, "character": columns})
ranges = st.fixed_dictionaries({"start": positions, "end": positions})
partial = st.fixed_dictionaries({"range": ranges, "text": texts})
whole = st.fixed_dictionaries({"text": texts})
changes = st.one_of(partial, partial, partial, whole)
notifications = st.lists(st.lists(changes, min_size=1, max_size=4), max_size=4)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-32"])

Change = dict[str, Any]
