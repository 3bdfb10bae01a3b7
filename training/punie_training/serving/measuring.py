"""How fast a model is on this machine: read, loaded and asked by a process of its own. Knows no memory limits.

`python -m punie_training.serving.measuring FOLDER TOKENS` is that process; it prints one JSON value.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from punie_training.exceptions import MissingExtra, ServingError
from punie_training.mlx.environment import environment, module_command

MODULE = "punie_training.serving.measuring"
PROMPT_TOKENS, ANSWER_TOKENS = 512, 64
MEASURE_SECONDS = 1800.0
_MARK = "speed:"


@dataclass(frozen=True)
class Speed:
    """What was measured.

    Args:
        load_seconds: until the model was ready.
        prompt_per_second: tokens of a prompt that are read.
        answer_per_second: tokens of an answer that are written.
        prompt_tokens: of the prompt.
        answer_tokens: that were written.
        peak_bytes: the most that mlx held.
    """

    load_seconds: float
    prompt_per_second: float
    answer_per_second: float
    prompt_tokens: int
    answer_tokens: int
    peak_bytes: int


async def measure(folder: Path, *, answer_tokens: int = ANSWER_TOKENS, seconds: float = MEASURE_SECONDS) -> Speed:
    """Measure a model; its process ends with this one's task.

    Raises:
        ServingError: it cannot be loaded, with what mlx-lm says, or takes too long.
    """
    process = await asyncio.create_subprocess_exec(
        *module_command(MODULE, str(folder), str(answer_tokens)),
        env=environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            output, errors = await process.communicate()
    except TimeoutError:
        raise ServingError(
            f"{folder} was not measured within {seconds:g} s: it is too slow for this machine."
        ) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    found = [line for line in output.decode(errors="replace").splitlines() if line.startswith(_MARK)]
    if process.returncode or not found:
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        raise ServingError(f"{folder} cannot be measured: {' '.join(last) or 'its process was killed'}")
    return Speed(**json.loads(found[-1].removeprefix(_MARK)))


def main(arguments: list[str]) -> None:
    """Measure in this process, and print it."""
    from punie_training.mlx import blas

    blas.load()
    try:
        import mlx.core as mx
        from mlx_lm import load, stream_generate
    except ImportError as error:
        raise MissingExtra("mlx-lm") from error
    started = time.perf_counter()
    loaded = load(arguments[0])
    model, tokenizer = loaded[0], loaded[1]
    mx.eval(model.parameters())
    ready = time.perf_counter() - started
    words = tokenizer.encode("def total(prices: list[float]) -> float: return sum(prices)\n")
    prompt = (words * (PROMPT_TOKENS // len(words) + 1))[:PROMPT_TOKENS]
    # The first one compiles and fills caches.
    for _ in stream_generate(model, tokenizer, prompt[:16], max_tokens=2):
        pass
    # A model that stops at once could not be measured.
    tokenizer.eos_token_ids = set()
    mx.reset_peak_memory()
    *_, last = stream_generate(model, tokenizer, prompt, max_tokens=int(arguments[1]))
    speed = Speed(
        load_seconds=round(ready, 3),
        prompt_per_second=round(last.prompt_tps, 2),
        answer_per_second=round(last.generation_tps, 2),
        prompt_tokens=len(prompt),
        answer_tokens=last.generation_tokens,
        peak_bytes=mx.get_peak_memory(),
    )
    sys.stdout.write(f"{_MARK}{json.dumps(asdict(speed))}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
