"""Questions in words, answered from the real ty, ruff and pytest. None of them changes a file."""

from __future__ import annotations

import pytest

from tests.integration.agent.planner.conftest import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWERS = [
    (
        "find references to Cart.total",
        "`Cart.total` is used in 3 places in 3 files:\n\n"
        "- `shop/cart.py:30` `return super().total() + 1`\n"
        "- `shop/report.py:5` `return f'{cart.total()}'`\n"
        "- `tests/test_cart.py:8` `assert cart.total() == 3`",
    ),
    (
        "who uses price in shop/cart.py?",
        "`price` is used in 2 places in `shop/cart.py`:\n\n"
        "- `shop/cart.py:5` `from shop.prices import price`\n"
        "- `shop/cart.py:25` `return sum(price(name) for name in self.items)`",
    ),
    ("who uses double?", "`double` is not used anywhere, as far as ty sees."),
    (
        "find references to GiftCart in shop",
        "`GiftCart` is not used anywhere, as far as ty sees.",
    ),
    ("where is Cart defined?", "`Cart` is defined in `shop/cart.py:8`:\n\n```python\nclass Cart:\n```"),
    ("where is shop/report.py:5:21 defined?", "is defined in `shop/cart.py:23`"),
    (
        "what does Cart.total do?",
        "```python\ndef total(self) -> int\n```\n\nThe sum of all prices.\n\n"
        "Defined in `shop/cart.py:23`. Used in 3 places in 3 files.",
    ),
    ("explain double", "It has no documentation; this is all that is known without a model."),
    ("what type is Cart.total?", "`Cart.total` is:\n\n```python\ndef total(self) -> int\n```"),
    ("who calls price?", "`price` is called by 1 function:\n\n- `shop.cart.Cart.total` in `shop/cart.py:25`"),
    ("who calls main?", "Nothing in the project calls `main`, as far as ty sees."),
    ("what does report call?", "`report` calls 1 function:\n\n- `shop.cart.Cart.total` in `shop/cart.py:23`"),
    ("subclasses of Cart", "`Cart` has 1 subclass:\n\n- `shop.cart.GiftCart` in `shop/cart.py:28`"),
    ("subclasses of GiftCart", "`GiftCart` has no subclass in the project."),
    ("superclasses of GiftCart", "- `shop.cart.Cart` in `shop/cart.py:8`\n- `builtins.object`, outside the project"),
    (
        "find implementations of Cart.total",
        "`Cart.total` has 1 implementation:\n\n- `shop/cart.py:29` `def total(self) -> int:`",
    ),
    (
        "which tests cover price?",
        "2 tests use `price`:\n\n"
        "- `tests.test_cart.test_total` in `tests/test_cart.py:5`, through one other function\n"
        "- `tests.test_cart.test_report` in `tests/test_cart.py:11`, through two other functions",
    ),
    ("which tests cover double?", "No test uses `double`, as far as ty sees."),
    ("find the class Cart", "- `shop.cart.Cart` (class) in `shop/cart.py:8`"),
    ("find the function cart", "The project has no function `cart`."),
    (
        "show the source of Cart.add",
        "`Cart.add` in `shop/cart.py:18`:\n\n```python\n    def add(self, name: str) -> None:\n        if not name:\n",
    ),
    ("show prices.py", "`shop/prices.py`:\n\n```python\nPRICES = {"),
    (
        "show lines 4-5 of shop/prices.py",
        "`shop/prices.py`, lines 4 to 5 of 11:\n\n```python\ndef price(name: str) -> int:\n    # TODO: discounts\n```",
    ),
    ("show shop/__init__.py", "`shop/__init__.py` is empty."),
    ("show line 99 of shop/prices.py", "shop/prices.py has 11 lines; "),
    ("show cart.py", "`cart.py` means 2 files: `other/cart.py`, `shop/cart.py`."),
    (
        "outline of shop/cart.py",
        "- `Cart` class, line 8\n  - `__init__` constructor, line 15\n  - `add` method, line 18\n"
        "  - `total` method, line 23\n- `GiftCart` class, line 28\n  - `total` method, line 29",
    ),
    ("list files in other", "1 file in `other`:\n\n- `other/cart.py`"),
    ("list files in shop/empty", "shop/empty does not exist in the workspace. `list files` shows what there is."),
    ("find all TODO comments", "TODO or FIXME is in 1 line of 1 file:\n\n- `shop/prices.py:5` `# TODO: discounts`"),
    ('search for "no name" in shop', "`no name` is in 1 line of 1 file in `shop`:\n\n- `shop/cart.py:20`"),
    ('search for "nowhere to be found"', "`nowhere to be found` is nowhere; files that git ignores were not searched."),
    (
        "check types in shop",
        "ty reports 2 errors and no warnings in `shop`:\n\n- `shop/broken.py:6` invalid-explicit-return: ",
    ),
    ("check types in shop/cart.py", "No type errors in `shop/cart.py` (1 file checked)."),
    (
        "how many type errors are there?",
        "ty reports 2 errors and no warnings (8 files checked).\n\n- `shop/broken.py`: 2",
    ),
    ("lint shop", "ruff reports 3 problems in `shop`, 2 of them fixable:\n\n- `shop/broken.py:1` I001: "),
    ("lint shop/cart.py", "No lint problems in `shop/cart.py` (1 file checked)."),
    ("show only fixable ruff violations", "ruff can fix 2 of 3 problems:\n\n- `shop/broken.py:1` I001: "),
    ("check for unused imports", "1 unused import:\n\n- `shop/broken.py:1` F401: `os` imported but unused"),
    ("check shop/broken.py", "5 problems in `shop/broken.py`: 2 from ty, 3 from ruff."),
    ("explain rule F401", "**F401** (unused-import) is a rule of ruff: "),
    ("what does F9999 mean?", "Neither ruff nor ty has a rule `F9999`."),
    (
        "who imports shop.cart?",
        "`shop.cart` is imported by 3 modules:\n\n- `shop.app`\n- `shop.report`\n- `tests.test_cart`",
    ),
    ("who imports shop/app.py?", "No module of the project imports `shop.app`."),
    (
        "what does report import?",
        "`shop.report` imports 1 module of the project:\n\n- `shop.cart`\n\n1 other through these.",
    ),
    ("are there import cycles?", "No import cycles among 8 modules."),
    (
        "show the dependency graph",
        "The project has 8 modules; 5 import others or are imported:\n\n- `shop.cart` imports ",
    ),
    ("show the project structure", "- `shop`: 6 Python files, package `shop`"),
]


@pytest.mark.parametrize(("prompt", "answer"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_questions_are_answered(shop: Shop, prompt: str, answer: str) -> None:
    reply = await shop.ask(prompt)

    assert answer in reply.text
    assert (reply.errors, reply.proposed, reply.done) == ([], {}, "end_turn")


UNANSWERED = [
    ("find references to Crat", "There is no symbol 'Crat'. Nearest names: Cart."),
    ("what does no_such_thing do?", "There is no symbol 'no_such_thing'."),
    ("who calls shop/nowhere.py:3:1?", "shop/nowhere.py does not exist in the workspace."),
    ("where is shop/cart.py:999:1 defined?", "line 999 does not exist."),
    ("what type is shop/cart.py:8:99?", "Line 8 of shop/cart.py has 11 characters; column 99 is not in it."),
    ("who imports shop.nothing?", "The project has no module shop.nothing."),
    ("show ../../etc/passwd.txt", "outside the workspace"),
]


@pytest.mark.parametrize(("prompt", "answer"), UNANSWERED, ids=[row[0] for row in UNANSWERED])
async def test_what_is_not_there_is_said(shop: Shop, prompt: str, answer: str) -> None:
    reply = await shop.ask(prompt)

    assert answer in reply.text
    assert (reply.errors, reply.proposed, reply.done) == ([], {}, "end_turn")


async def test_an_ambiguous_name_is_asked_back_with_its_candidates(shop: Shop) -> None:
    reply = await shop.ask("find references to total")

    assert reply.text.startswith(
        "`total` means 2 things. Which one? Ask with the longer name:\n\n- `shop.cart.Cart.total`"
    )
    assert "- `shop.cart.GiftCart.total` (method) in `shop/cart.py:29`" in reply.text
    assert "not used" not in reply.text


TALK = ["hello", "thanks!", "what can you do?", "What is a Protocol in Python?", "rename Cart", ""]


@pytest.mark.parametrize("prompt", TALK)
async def test_talk_calls_nothing(shop: Shop, prompt: str) -> None:
    reply = await shop.ask(prompt)

    assert reply.text
    assert (reply.tools, reply.proposed, reply.done) == ([], {}, "end_turn")
