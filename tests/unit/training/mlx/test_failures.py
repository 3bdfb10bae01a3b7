"""What a process printed last becomes a message that says what to do."""

from __future__ import annotations

import pytest

from punie_training.mlx.failures import explain


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("RuntimeError: [malloc] Unable to allocate 8 bytes.", "there is not enough memory: set batch_size to 1"),
        ("[METAL] Command buffer execution failed: Insufficient Memory", "there is not enough memory"),
        ("ValueError: Cannot use chat template functions", "the base has no chat template: take an instruct model"),
        ("OSError: [Errno 28] No space left on device", "the disk is full: free some space and resume"),
        ("ValueError: Model type foo not supported.", "mlx-lm does not know this kind of model"),
        ("ModuleNotFoundError: No module named 'mlx_lm'", "mlx-lm is not installed: pip install 'punie-ls[train]'"),
        ("OSError: [Errno 98] Address already in use", "the port is taken: name another one with --port"),
        ("ValueError: Adapter at x contains incompatible tensors:\n  a: not an adapter parameter in the model",
         "the adapter is for another base"),
    ],
)  # fmt: skip
def test_known_errors_are_explained(printed: str, expected: str) -> None:
    text = explain("Training", f"Traceback (most recent call last):\n  File x, line 3\n{printed}\n", 1)

    assert text.startswith("Training failed: ")
    assert expected in text
    assert printed.splitlines()[0] in text


def test_our_own_errors_are_passed_on_as_they_are() -> None:
    printed = (
        "Traceback:\npunie_training.exceptions.DatasetError: data/train.jsonl, line 3 is not JSON: build it again.\n"
    )

    assert explain("Training", printed, 1) == "Training failed: data/train.jsonl, line 3 is not JSON: build it again."


def test_of_errors_on_errors_only_one_is_quoted() -> None:
    printed = """\
Traceback (most recent call last):
OSError: [Errno 28] No space left on device

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "lora.py", line 3, in save
OSError: [Errno 28] No space left on device
"""

    assert explain("Training", printed, 1) == (
        "Training failed: the disk is full: free some space and resume (it says: OSError: [Errno 28] No space left on "
        "device)."
    )


def test_a_kill_is_probably_the_memory() -> None:
    assert "as the system does when memory runs out" in explain("Training", "", -9)
    assert explain("Training", "40  \x1b[1m1.324 ▼\x1b[0m\n", -9) == explain("Training", "", -9)


def test_what_is_not_known_is_quoted() -> None:
    assert explain("Fusing", "boom\nKeyError: 'x'\n", 1) == "Fusing failed with status 1 (it says: KeyError: 'x')."
    assert explain("Fusing", "\x1b[31mboom\x1b[0m\n", 1) == "Fusing failed with status 1 (it says: boom)."
    assert explain("Fusing", "", 3) == "Fusing failed with status 3, and printed nothing."
