"""The frame of a docstring: in the file's convention, from the code alone, and nothing else of the file changes."""

from __future__ import annotations

import pytest

from punie_agent.planner.docstrings import with_docstring

FUNCTION = """\
def read(self_, path: str, *rest: int, strict: bool = False, **more: str) -> list[str]:
    if strict:
        raise ValueError("x")
    try:
        raise errors.Broken
    except OSError as error:
        raise
    return [path]
"""
GOOGLE = """\
    \"""Read. TODO: describe it.

    Args:
        self_: TODO.
        path: TODO.
        *rest: TODO.
        strict: TODO.
        **more: TODO.

    Returns:
        TODO.

    Raises:
        ValueError: TODO.
        errors.Broken: TODO.
    \"""
"""
NUMPY = """\
    \"""Read. TODO: describe it.

    Parameters
    ----------
    self_
        TODO.
    path
        TODO.
    *rest
        TODO.
    strict
        TODO.
    **more
        TODO.

    Returns
    -------
    TODO

    Raises
    ------
    ValueError
        TODO.
    errors.Broken
        TODO.
    \"""
"""
SPHINX = """\
    \"""Read. TODO: describe it.

    :param self_: TODO.
    :param path: TODO.
    :param *rest: TODO.
    :param strict: TODO.
    :param **more: TODO.
    :returns: TODO.
    :raises ValueError: TODO.
    :raises errors.Broken: TODO.
    \"""
"""


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("", GOOGLE),
        ('def other(x):\n    """Do.\n\n    Args:\n        x: a.\n    """\n', GOOGLE),
        ('def other(x):\n    """Do.\n\n    Parameters\n    ----------\n    x\n        A.\n    """\n', NUMPY),
        ('def other(x):\n    """Do.\n\n    :param x: a.\n    """\n', SPHINX),
    ],
    ids=["none", "google", "numpy", "sphinx"],
)
def test_the_convention_is_that_of_the_file(other: str, expected: str) -> None:
    head, _, body = FUNCTION.partition("\n")

    after = with_docstring(other + FUNCTION, other.count("\n") + 1)

    assert after == f"{other}{head}\n{expected}{body}"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("def f() -> None:\n    pass\n", 1, 'def f() -> None:\n    """F. TODO: describe it."""\n    pass\n'),
        ("class BigCart:\n    n = 1\n", 2, 'class BigCart:\n    """Big cart. TODO: describe it."""\n    n = 1\n'),
        (
            "class A:\n    def go_on(self):\n        yield 1\n",
            3,
            'class A:\n    def go_on(self):\n        """Go on. TODO: describe it.\n\n        Yields:\n'
            '            TODO.\n        """\n        yield 1\n',
        ),
        (
            "def f(\n    a=lambda: {1: 2},\n) -> None:  # why\n    # first\n    pass\n",
            1,
            "def f(\n    a=lambda: {1: 2},\n) -> None:  # why\n"
            '    """F. TODO: describe it.\n\n    Args:\n        a: TODO.\n    """\n    # first\n    pass\n',
        ),
        (
            "@decorate\ndef f():\n\tx = 1\n",
            1,
            '@decorate\ndef f():\n\t"""F. TODO: describe it."""\n\tx = 1\n',
        ),
        ("def f():\r\n    pass\r\n", 1, 'def f():\r\n    """F. TODO: describe it."""\r\n    pass\r\n'),
    ],
    ids=["no sections", "class", "generator", "head of several lines", "tabs and decorator", "CRLF"],
)
def test_only_the_docstring_is_new(text: str, line: int, expected: str) -> None:
    assert with_docstring(text, line) == expected


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('def f():\n    """Has one."""\n', 1, "it has one already."),
        ("def f(): return 1\n", 1, "its body is in the line of its head."),
        ("x = 1\n", 1, "there is no function or class at that place."),
        ("def f(:\n", 1, "the file has a syntax error. Correct it first."),
    ],
)
def test_what_cannot_have_one_is_refused(text: str, line: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        with_docstring(text, line)
