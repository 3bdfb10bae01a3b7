"""Why a process of mlx ended, in words for people: from what it printed last. Knows no process."""

from __future__ import annotations

import re
import signal
from itertools import islice, takewhile

# The line of a traceback that says what it is about.
_ERROR = re.compile(r"^([\w.]*(?:Error|Exception|Interrupt|Exit|MissingExtra))(?::\s*(.*))?$")
_NEXT = re.compile(r"During handling of the above|The above exception was|Traceback \(most recent")
_COLOURS = re.compile(r"\x1b\[[\d;]*m")
_OWN = "punie_training.exceptions."
# What a line has, and what it means for the user.
_MEANINGS = (
    (r"out of memory|Insufficient Memory|MemoryError|bad_alloc|Unable to allocate",
     "there is not enough memory: set batch_size to 1, grad_checkpoint to true, or take a smaller base"),
    (r"chat_template is not set|chat template",
     "the base has no chat template: take an instruct model, or give its tokenizer_config.json one"),
    (r"No space left on device", "the disk is full: free some space and resume"),
    (r"not an adapter parameter|does not match model parameter shape|incompatible tensors",
     "the adapter is for another base: take the one that it was trained on"),
    (r"Model type .* not supported", "mlx-lm does not know this kind of model: take another base"),
    (r"LocalEntryNotFoundError|OfflineModeIsEnabled|Repository Not Found|HFValidationError",
     "this model is not on this machine: `punie-ls model pull NAME` fetches it"),
    (r"doesn't support DoRA|does not yet support quantization",
     "mlx-lm has no DoRA for this base: take fine_tune_type lora"),
    (r"Failed to load any safetensors|safetensors",
     "weights cannot be read: fetch the model again, or delete the run's folder and begin anew"),
    (r"No module named '(mlx|mlx_lm|transformers)", "mlx-lm is not installed: pip install 'punie-ls[train]'"),
    (r"Address already in use", "the port is taken: name another one with --port"),
    (r"\[ring\]|\[jaccl\]|distributed", "the workers cannot reach each other: check --hosts and that they may connect"),
)  # fmt: skip


def explain(what: str, output: str, returncode: int | None) -> str:
    """One message about a process that failed.

    Args:
        what: what failed, as the beginning of a sentence, such as `Training`.
        output: the end of what it printed.
        returncode: its exit status; negative for a signal.
    """
    lines = [line.strip() for line in _COLOURS.sub("", output).splitlines() if line.strip()]
    own = next((line.partition(": ")[2] for line in reversed(lines) if line.startswith(_OWN)), "")
    if own:
        return f"{what} failed: {own}"
    errors = [line for line in lines if _ERROR.match(line)]
    said = (errors or lines or [""])[-1]
    # An error with a message of several lines has what counts in those that follow, until another one begins.
    rest = takewhile(lambda line: not _NEXT.match(line), lines[lines.index(said) :]) if said else ()
    shown = " ".join(islice(rest, 4))
    meaning = next((text for pattern, text in _MEANINGS if re.search(pattern, shown)), "")
    if not meaning and returncode == -signal.SIGKILL:
        meaning = (
            "it was killed, as the system does when memory runs out: set batch_size to 1 or grad_checkpoint to true"
        )
        shown = shown if errors else ""  # what it happened to print last says nothing about it
    said = f" (it says: {shown[:400]})" if shown else ""
    if meaning:
        return f"{what} failed: {meaning}{said}."
    return f"{what} failed with status {returncode}{said or ', and printed nothing'}."
