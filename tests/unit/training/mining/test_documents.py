"""Headings of documents with the paragraph that follows."""

from __future__ import annotations

from punie_training.mining.documents import sections_of

PROSE = "Orders are kept until they are paid, and each of them has a number of its own."

MARKDOWN = f"""# Shop

{PROSE}

## Carts [here](x.md)

A cart holds **items**, see [the page](http://a.b/c) of `Cart` for
everything that there is to know about it.

```python
# No heading
```

## List

- {PROSE}

### Short

Too short.

## Table
| a | b |
"""

RST = f"""====
Shop
====

Orders
------

{PROSE}

Payment
~~~~~~~

See :class:`~shop.Card` and ``total``; what is paid stays paid, whatever happens to it later.

Code
----

.. code-block:: python

   x = 1
"""


def test_markdown() -> None:
    found = [(s.title, s.over, s.text, s.line) for s in sections_of(MARKDOWN, ".md")]

    assert found == [
        ("Shop", "", PROSE, 1),
        (
            "Carts here",
            "Shop",
            "A cart holds items, see the page of `Cart` for everything that there is to know about it.",
            5,
        ),
    ]


def test_restructured_text() -> None:
    found = [(s.title, s.over, s.text) for s in sections_of(RST, ".rst")]

    assert found == [
        ("Orders", "Shop", PROSE),
        (
            "Payment",
            "Orders",
            "See `shop.Card` and `total`; what is paid stays paid, whatever happens to it later.",
        ),
    ]


def test_no_text_has_no_sections() -> None:
    assert sections_of("", ".md") == ()
    assert sections_of("", ".rst") == ()
    assert sections_of("# Only a title", ".md") == ()
