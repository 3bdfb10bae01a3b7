"""What the gate tries: tokenizer, one answer, speed, the suite core-20, and a few iterations of LoRA."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path

from punie_training.dataset import Dataset, Example, Provenance, Split, example_of
from punie_training.evals.answering import Answer, open_answerer
from punie_training.evals.gate import Finding, Step, Trial
from punie_training.evals.suite import ANSWER, Case, load_suite
from punie_training.exceptions import EvaluationError

QUERIES = 4
MAX_TOKENS = 64
# Enough to see whether the loss falls.
BATCH = 2
LEARNING_RATE = 2e-4
MOST_LENGTH = 512


async def try_tokenizer(trial: Trial) -> Finding:
    """Its chat template, its end token, its special tokens."""
    from punie_training.chats import check_chat, family_for, refusals

    if not (trial.model / "config.json").is_file():
        raise EvaluationError(f"{trial.model} holds no model: it needs config.json, a tokenizer and *.safetensors.")
    problems = await asyncio.to_thread(check_chat, trial.model)
    refused = refusals(problems)
    if refused:
        return Finding(False, " ".join(str(problem) for problem in refused))
    notes = " ".join(str(problem) for problem in problems)
    return Finding(True, f"family {family_for(trial.model).name}, template and end token fit. {notes}".strip())


async def try_smoke(trial: Trial) -> Finding:
    """It loads, and says something."""
    opened = open_answerer(str(trial.model), max_tokens=MAX_TOKENS)
    trial.answerer = await trial.stack.enter_async_context(opened)
    answer = await trial.answerer.answer("Check types in src/greenhouse/", temperature=0.0, seed=0)
    figures = {"start_seconds": trial.answerer.start_seconds, "tokens": answer.tokens}
    if not answer.tokens and not answer.text:
        return Finding(
            False, "it loads, but says nothing at all: its weights may hold NaN, or its end token is wrong", figures
        )
    said = " ".join(answer.text.split())[:60]
    return Finding(True, f"loaded in {figures['start_seconds']:.1f} s, says {said!r}", figures)


async def try_latency(trial: Trial) -> Finding:
    """Its speed on this machine, one query at a time."""
    suite = load_suite("core-20").first(QUERIES)
    answers = [await _answer(trial, case.query) for case in suite.cases]
    first = statistics.median(
        a.first_token_seconds if a.first_token_seconds is not None else a.seconds for a in answers
    )
    speed = statistics.median(a.tokens / a.seconds for a in answers)
    figures = {"first_token_seconds": first, "tokens_per_second": speed}
    text = f"{speed:.1f} tokens/s, first token after {first:.2f} s"
    if speed < trial.options.tokens_per_second:
        return Finding(False, f"{text}: less than {trial.options.tokens_per_second:g} tokens/s", figures)
    if first > trial.options.first_token_seconds:
        return Finding(False, f"{text}: more than {trial.options.first_token_seconds:g} s", figures)
    return Finding(True, text, figures)


async def try_zero_shot(trial: Trial) -> Finding:
    """What it knows without training."""
    from punie_training.evals.evaluating import evaluate

    result = await evaluate(trial.answerer, load_suite("core-20"))
    summary = result.summary
    text = f"core-20: right tool {100 * summary['tool']:.0f} %, right result {100 * summary['execution']:.0f} %"
    wanted = trial.options.threshold
    if wanted is not None and summary["tool"] < wanted:
        return Finding(False, f"{text}: less than {100 * wanted:.0f} %", summary)
    note = "" if wanted is not None else " (only a note: a base is to be trained)"
    return Finding(True, text + note, summary)


async def try_small_lora(trial: Trial) -> Finding:
    """A few iterations of LoRA: does the loss fall?"""
    from punie_training.chats import render
    from punie_training.mlx.config import LoraConfig
    from punie_training.mlx.estimates import refuse_what_cannot_run
    from punie_training.mlx.job import LoraJob, ValidPoint
    from punie_training.mlx.lora import run_lora

    await trial.stack.aclose()  # two models at once may not fit
    iterations = trial.options.iterations
    config = LoraConfig(
        iters=iterations, batch_size=BATCH, learning_rate=LEARNING_RATE, schedule="constant",
        max_seq_length=MOST_LENGTH, val_batches=4,
        steps_per_report=iterations, steps_per_eval=iterations, steps_per_save=iterations,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="punie-gate-") as scratch:
        folder = Path(scratch)
        dataset = trial.options.dataset or await asyncio.to_thread(_little_dataset, folder / "dataset")
        data = await asyncio.to_thread(render, dataset, trial.model, folder / "data")
        adapter = folder / "adapter"
        await asyncio.to_thread(refuse_what_cannot_run, trial.model, config, data, adapter)
        done = await run_lora(LoraJob(trial.model.resolve(), data, adapter, config))
    losses = [point.loss for point in done.points if isinstance(point, ValidPoint)]
    peak = max((point.peak_gb for point in done.points if not isinstance(point, ValidPoint)), default=0.0)
    return _of_losses(losses, peak, iterations, diverged=done.diverged)


def _of_losses(losses: list[float], peak: float, iterations: int, *, diverged: bool) -> Finding:
    if diverged:
        return Finding(False, f"the loss diverged within {iterations} iterations: its weights may hold NaN")
    if len(losses) < 2:
        return Finding(False, "no loss was measured before and after: the dataset needs validation examples")
    figures = {"loss_before": losses[0], "loss_after": losses[-1], "peak_gb": peak}
    text = f"validation loss {losses[0]:.3f} to {losses[-1]:.3f} in {iterations} iterations, peak {peak:.2g} GB"
    return Finding(losses[-1] < losses[0], text if losses[-1] < losses[0] else f"{text}: it does not fall", figures)


async def _answer(trial: Trial, query: str) -> Answer:
    answer = await trial.answerer.answer(query, temperature=0.0, seed=0)
    assert isinstance(answer, Answer)
    return answer


def _little_dataset(folder: Path) -> Path:
    """The cases of core-40 as a dataset: enough to see a loss fall, too few to learn from."""
    examples = [_example(case) for case in load_suite("core-40").cases if case.programs or case.answer]
    splits: dict[Split, tuple[Example, ...]] = {"train": tuple(examples[8:]), "valid": tuple(examples[:8]), "test": ()}
    Dataset(tool_registry="", splits=splits).save(folder)
    return folder


def _example(case: Case) -> Example:
    direct = ANSWER in case.tools
    provenance = Provenance(category="direct" if direct else "single_tool", source=f"core-40/{case.id}", licence="MIT")
    return example_of(case.query, provenance, program=case.programs[0] if case.programs else "", words=case.answer)


LADDER = (
    Step("tokenizer", "chat template, end token, special tokens", try_tokenizer),
    Step("smoke", "loads, and answers something", try_smoke),
    Step("latency", "tokens/s and the first token on this machine", try_latency),
    Step("zero-shot", "core-20 without training", try_zero_shot),
    Step("small LoRA", "a few iterations: the loss falls", try_small_lora),
)
