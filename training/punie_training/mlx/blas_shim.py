"""A small shared library, written without a compiler: it exports cblas functions that jump to addresses in a table.

A wheel's OpenBLAS has prefixed names, which mlx does not look for; the table leads from its names to them.
Knows the ELF format for x86-64, and nothing of BLAS or mlx.
"""

from __future__ import annotations

import struct

TABLE = "punie_blas_table"
_PAGE = 0x1000
_SYMBOL = struct.Struct("<IBBHQQ")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_LOAD, _DYNAMIC, _STACK = 1, 2, 0x6474E551
_HASH, _STRTAB, _SYMTAB, _STRSZ, _SYMENT = 4, 5, 6, 10, 11
_GLOBAL_FUNCTION, _GLOBAL_OBJECT = 0x12, 0x11
_STUB_BYTES = 8


def shared_library(functions: tuple[str, ...]) -> bytes:
    """The library's bytes.

    Args:
        functions: the names that it exports. `TABLE` is exported too: an array of as many addresses, all 0 at first;
            each function jumps to its own entry.
    """
    names = (*functions, TABLE)
    strings = b"\0" + b"".join(name.encode() + b"\0" for name in names)
    head = 64 + 4 * _SEGMENT.size
    symbols_at, code_at = head, 0
    hash_at = symbols_at + _SYMBOL.size * (len(names) + 1)
    strings_at = hash_at + 4 * (2 + 1 + len(names) + 1)
    code_at = _aligned(strings_at + len(strings), 16)
    code_end = code_at + _STUB_BYTES * len(functions)
    dynamic_at = _aligned(code_end, _PAGE)
    dynamic = _dynamic(hash_at, strings_at, len(strings), symbols_at)
    table_at = dynamic_at + len(dynamic)
    end = table_at + 8 * len(functions)

    image = bytearray(end)
    _put(image, 0, _header())
    _put(image, 64, _segments(code_end, dynamic_at, len(dynamic), end))
    _put(image, symbols_at, _symbols(names, code_at, table_at))
    _put(image, hash_at, _hash_table(len(names)))
    _put(image, strings_at, strings)
    _put(image, code_at, _stubs(len(functions), code_at, table_at))
    _put(image, dynamic_at, dynamic)
    return bytes(image)


def _header() -> bytes:
    identity = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    return identity + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, _SEGMENT.size, 4, 64, 0, 0)


def _segments(code_end: int, dynamic_at: int, dynamic_size: int, end: int) -> bytes:
    read_run, read_write = 5, 6
    data = end - dynamic_at
    return b"".join(
        (
            _SEGMENT.pack(_LOAD, read_run, 0, 0, 0, code_end, code_end, _PAGE),
            _SEGMENT.pack(_LOAD, read_write, dynamic_at, dynamic_at, dynamic_at, data, data, _PAGE),
            _SEGMENT.pack(_DYNAMIC, read_write, dynamic_at, dynamic_at, dynamic_at, dynamic_size, dynamic_size, 8),
            _SEGMENT.pack(_STACK, read_write, 0, 0, 0, 0, 0, 16),
        )
    )


def _symbols(names: tuple[str, ...], code_at: int, table_at: int) -> bytes:
    """One for each name; any defined section index will do, as there are no sections."""
    rows, string = [_SYMBOL.pack(0, 0, 0, 0, 0, 0)], 1
    for place, name in enumerate(names):
        if name == TABLE:
            rows.append(_SYMBOL.pack(string, _GLOBAL_OBJECT, 0, 1, table_at, 8 * (len(names) - 1)))
        else:
            rows.append(_SYMBOL.pack(string, _GLOBAL_FUNCTION, 0, 1, code_at + _STUB_BYTES * place, _STUB_BYTES))
        string += len(name) + 1
    return b"".join(rows)


def _hash_table(count: int) -> bytes:
    """A single bucket that chains all symbols, so that no hash needs to be known."""
    chain = [0, *range(2, count + 1), 0]
    return struct.pack(f"<{3 + len(chain)}I", 1, count + 1, 1, *chain)


def _stubs(count: int, code_at: int, table_at: int) -> bytes:
    """For each function `jmp *[rip + distance]`, six bytes, padded to eight."""
    code = bytearray()
    for place in range(count):
        after = code_at + _STUB_BYTES * place + 6
        code += b"\xff\x25" + struct.pack("<i", table_at + 8 * place - after) + b"\x66\x90"
    return bytes(code)


def _dynamic(hash_at: int, strings_at: int, strings_size: int, symbols_at: int) -> bytes:
    entries = (
        (_HASH, hash_at),
        (_STRTAB, strings_at),
        (_SYMTAB, symbols_at),
        (_STRSZ, strings_size),
        (_SYMENT, _SYMBOL.size),
        (0, 0),
    )
    return b"".join(struct.pack("<QQ", *entry) for entry in entries)


def _put(image: bytearray, place: int, data: bytes) -> None:
    image[place : place + len(data)] = data


def _aligned(number: int, to: int) -> int:
    return -(-number // to) * to
