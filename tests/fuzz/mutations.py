"""Ways to spoil a message. Each takes a seeded source of chance, so a run can be repeated."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from types import FunctionType
from typing import Any

Json = dict[str, Any]

# What JSON text may stand where something else should: `json` could not write all of it.
ODD_VALUES = [
    "null", "true", "-1", "0", "0.5", "1.0", "-0", "2147483648", "4294967296", "18446744073709551616", "1e999",
    "-1e400", "9" * 330, "[]", "{}", "[{}]", '""', '"x"', '"\\ud83d"', '"\\ude00\\ud83d"', '"\\u0000"', '"\x7f"',
    '"file:///%ff.py"', '"file:///%c3%a9.py"', '"untitled:x"', '"../x"', "[" * 60 + "]" * 60, "[" * 126 + "]" * 126,
    '{"a":' * 140 + "1" + "}" * 140, '{"line":0,"character":0}', '{"start":null,"end":null}', '"' + "x" * 5000 + '"',
    "NaN", "Infinity", "01", "1.", "'x'", "\u00a0", "\f", '"a\tb"', '"\\x"', "tru",
]  # fmt: skip


def dumps(message: Any) -> bytes:
    """JSON in which a marked string stands for raw text."""
    text = json.dumps(message, ensure_ascii=False)
    for index, value in enumerate(ODD_VALUES):
        text = text.replace(f'"@raw{index}@"', value)
    return text.encode("utf-8", "surrogatepass")


def odd(chance: Random) -> str:
    return f"@raw{chance.randrange(len(ODD_VALUES))}@"


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a tree with every key of it."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from places(tree[key])


def flip_bytes(message: Json, chance: Random) -> bytes:
    body = bytearray(dumps(message))
    for _ in range(chance.randint(1, 3)):
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(body)


def cut(message: Json, chance: Random) -> bytes:
    body = dumps(message)
    return body[: chance.randrange(len(body))]


def insert_bytes(message: Json, chance: Random) -> bytes:
    body = dumps(message)
    at = chance.randrange(len(body) + 1)
    junk = chance.choice(
        [b"\0", b"\n", b"\f", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"{", b"]", b",", b"\\", b"1e999"]
    )
    return body[:at] + junk + body[at:]


def repeat_bytes(message: Json, chance: Random) -> bytes:
    body = dumps(message)
    start = chance.randrange(len(body))
    end = start + chance.randrange(40)
    return body[:end] + body[start:]


def remove_field(message: Json, chance: Random) -> bytes:
    container, key = chance.choice(list(places(message)))
    del container[key]
    return dumps(message)


def retype_field(message: Json, chance: Random) -> bytes:
    container, key = chance.choice(list(places(message)))
    container[key] = odd(chance)
    return dumps(message)


def retype_many(message: Json, chance: Random) -> bytes:
    for _ in range(chance.randint(2, 4)):
        retype_field(message, chance)
    return dumps(message)


def add_field(message: Json, chance: Random) -> bytes:
    objects = [message, *(c[k] for c, k in places(message) if isinstance(c[k], dict))]
    chance.choice(objects)[chance.choice(["result", "error", "extra", "id", "range", "text", "é"])] = odd(chance)
    return dumps(message)


def repeat_field(message: Json, chance: Random) -> bytes:
    """The same key twice, which JSON objects in Python cannot hold."""
    key = chance.choice(list(message))
    field = dumps({key: chance.choice([message[key], odd(chance)])})[1:-1]
    body = dumps(message)
    return b"{" + field + b", " + body[1:] if chance.random() < 0.5 else body[:-1] + b", " + field + b"}"


def exchange_method(message: Json, chance: Random) -> bytes:
    methods = ["", "nope", "$/nope", "textDocument/hover", "textDocument/didChange", "textDocument/codeAction"]
    methods += ["textDocument/didOpen", "textDocument/formatting", "workspace/executeCommand", "initialize", "é😀"]
    message["method"] = chance.choice(methods)
    return dumps(message)


def exchange_id(message: Json, chance: Random) -> bytes:
    message["id"] = chance.choice([0, -1, 2**31, 2**40, 1.5, 1e3, True, None, [], {}, "", "m/1", "s/1", "\ud83d"])
    return dumps(message)


def number_field(message: Json, chance: Random) -> bytes:
    """A number that is off by a little, or by much."""
    numbers = [(c, k) for c, k in places(message) if type(c[k]) is int and k != "id"]
    if not numbers:
        return retype_field(message, chance)
    container, key = chance.choice(numbers)
    container[key] = chance.choice([container[key] + 1, 0, 1, 15, 1000, 2**31 - 1, 2**32 - 1, -1])
    return dumps(message)


def as_batch(message: Json, chance: Random) -> bytes:
    return dumps([message] * chance.randrange(3))


def as_response(message: Json, chance: Random) -> bytes:
    del message["method"]
    message["id"] = chance.choice([f"s/{chance.randrange(20)}", 3, None])
    kind = chance.choice(["result", "error", "both", "neither"])
    if kind in ("result", "both"):
        message["result"] = odd(chance)
    if kind in ("error", "both"):
        message["error"] = chance.choice([odd(chance), {"code": odd(chance), "message": "x", "data": odd(chance)}])
    return dumps(message)


def blank_around(message: Json, chance: Random) -> bytes:
    blanks = [b" ", b"\r\n", b"\t", b"\n\n", b"\f", b"\xc2\xa0", b"\xef\xbb\xbf", b"\0", b"x", b"{}"]
    return chance.choice(blanks) + dumps(message) + chance.choice(blanks)


def escape_all(message: Json, chance: Random) -> bytes:
    """The same message, every character of its strings escaped."""
    del chance
    text = json.dumps(message)
    parts = text.split('"')
    for index in range(1, len(parts), 2):
        if "\\" not in parts[index]:
            parts[index] = "".join(f"\\u{ord(c):04x}" for c in parts[index])
    return '"'.join(parts).encode() if '\\"' not in text else text.encode()


def untouched(message: Json, chance: Random) -> bytes:
    del chance
    return dumps(message)


MUTATIONS: list[FunctionType] = [
    flip_bytes, cut, insert_bytes, repeat_bytes, remove_field, retype_field, retype_many, add_field, repeat_field,
    exchange_method, exchange_id, number_field, number_field, as_batch, as_response, blank_around, escape_all,
    untouched,
]  # fmt: skip


def mutate(message: Json, chance: Random) -> tuple[str, bytes]:
    """A message spoilt in one way, and the way's name."""
    mutation = chance.choice(MUTATIONS)
    return mutation.__name__, mutation(copy.deepcopy(message), chance)
