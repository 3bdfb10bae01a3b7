"""The language of a query; too little text is unknown, and code is none."""

from __future__ import annotations

import pytest

from punie_training.curating.languages import language_of


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("Which functions in this module have no tests at all?", "en"),
        ("Quelles fonctions de ce module sont appelées par le panier ?", "fr"),
        ("Welche Funktionen in diesem Modul haben noch keine Tests?", "de"),
        ("¿Dónde está definida la clase que calcula el precio?", "es"),
        ("Где определён этот класс и кто его вызывает?", "ru"),
        ("修正这个文件中的所有错误", "zh"),
        ("Who calls total?", "unknown"),
        ("lint src/shop/cart.py", "unknown"),
        ("`Zeige mir alle Fehler in diesem Projekt` src/a.py b_c CamelCase", "unknown"),
        ("", "unknown"),
        ("📚📚📚 !!! 123", "unknown"),
    ],
)
def test_language_of(query: str, language: str) -> None:
    assert language_of(query) == language
