"""Names that nobody knows: identifiers and paths of random syllables, so that a model must copy and not recall."""

from __future__ import annotations

import random
import re
import string

_STARTS = ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "br", "pl")
_VOWELS = ("a", "e", "i", "o", "u", "ea", "ou")
_ENDS = ("", "", "n", "r", "s", "t", "l", "ck", "nd", "rt")
_REAL = re.findall(
    r"\w+",
    """
account address app base book cache cart catalog check client code config core count customer data date db
delivery discount error event factory file find format get handler helper index invoice item key line list
load log main make member model name network order page parse path payment plan point price print product
query queue rate read record report request result route rule run save send server service session settings
shop size sort state stock storage store sum table task tax test text time token total tool tree type update
user value view warehouse web worker write
""",
)


_EVERYDAY = re.findall(
    r"\w+",
    """
a all and are as at be can could do does each every for give has have how i if in into is it its just let list
look me my now of on one only or our please show tell than that the their them then there they this to want was
we what when where which who why will with would you your
""",
)


def word(draw: random.Random) -> str:
    """A word of one to three syllables, or now and then a real one of programs."""
    if draw.random() < 0.45:
        return draw.choice(_REAL)
    made = "".join(draw.choice(_STARTS) + draw.choice(_VOWELS) for _ in range(draw.choice((1, 1, 2))))
    return made + draw.choice(_ENDS)


def function(draw: random.Random) -> str:
    """A function's name, as `load_pran`."""
    return "_".join(word(draw) for _ in range(draw.choice((1, 2, 2, 3))))


def klass(draw: random.Random) -> str:
    """A class's name, as `StouItem`."""
    return "".join(word(draw).capitalize() for _ in range(draw.choice((1, 1, 2))))


def symbol(draw: random.Random) -> str:
    """A function, a class, or a method as `Cart.load_pran`."""
    kind = draw.random()
    if kind < 0.4:
        return function(draw)
    return klass(draw) if kind < 0.75 else f"{klass(draw)}.{function(draw)}"


def folder(draw: random.Random) -> str:
    """A folder without a slash at its end."""
    top = draw.choice(("src", "src", "tests", "app", "lib", word(draw)))
    return top if draw.random() < 0.4 else f"{top}/{word(draw)}"


def path(draw: random.Random) -> str:
    """A Python file, or seldom one of another kind."""
    name = draw.choice(("", "", "", "test_")) + function(draw)
    ending = draw.choice(("py", "py", "py", "py", "py", "md", "toml"))
    return f"{name}.{ending}" if draw.random() < 0.2 else f"{folder(draw)}/{name}.{ending}"


def place(draw: random.Random) -> str:
    """A file or a folder."""
    return path(draw) if draw.random() < 0.6 else folder(draw)


def rule(draw: random.Random) -> str:
    """A rule's code, as `E501`."""
    return draw.choice(("F", "E", "W", "UP", "B", "SIM", "D", "N")) + "".join(draw.choices(string.digits, k=3))


def number(draw: random.Random) -> str:
    """A small number."""
    return str(draw.choice((2, 3, 5, 8, 10, 12, 20, draw.randint(2, 99))))


def phrase(draw: random.Random) -> str:
    """One to three words to search for."""
    return " ".join(word(draw) for _ in range(draw.choice((1, 2, 2, 3))))


def several(draw: random.Random) -> str:
    """Five to twelve names, words and numbers in a row: the densest practice in copying."""
    kinds = (word, word, symbol, path, number, function)
    return " ".join(draw.choice(kinds)(draw) for _ in range(draw.randint(4, 9)))


def some_words(draw: random.Random) -> str:
    """One to four everyday words, in no order that means anything."""
    return " ".join(draw.choices(_EVERYDAY, k=draw.randint(1, 4)))
