"""Checks that a model and a dataset speak the same chat, before anything is spent on training.

Each problem names what it would cost: these mismatches train without an error, and show only at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from punie_agent.models.small_prompt import SYSTEM, chat
from punie_training.chats.families import Style, family_for
from punie_training.chats.rendering import in_style
from punie_training.chats.tokenizing import ChatTokenizer, Messages, open_tokenizer
from punie_training.dataset import SPLITS, Dataset

_ANSWER = "Zwölf Birnen."
_QUERY = "Which callers has price?"


@dataclass(frozen=True)
class Problem:
    """One mismatch.

    Attributes:
        kind: a short name, such as `no-template`.
        text: what is wrong, and what to do.
        cost: what a run would come to with it.
        count: how many examples it concerns; 0 when it concerns the model.
        refuses: whether training must not begin; otherwise it is a note.
    """

    kind: str
    text: str
    cost: str
    count: int = 0
    refuses: bool = True

    def __str__(self) -> str:
        return f"{self.text} {self.cost}".strip()


def check_chat(
    model_folder: Path, dataset: Dataset | None = None, *, max_seq_length: int = 0, style: Style = "fenced"
) -> list[Problem]:
    """All that is wrong between a model's tokenizer and a dataset; empty when training can begin.

    Args:
        model_folder: the base model.
        dataset: its examples in canonical form; None checks the model alone.
        max_seq_length: of the training, in tokens; 0 leaves lengths alone.
        style: the form in which programs are taught.

    Raises:
        BaseModelError: the folder has no tokenizer that can be read.
        MissingExtra: transformers is not installed.
    """
    tokenizer = open_tokenizer(model_folder)
    if not tokenizer.has_template:
        return [_no_template(tokenizer)]
    model = [problem for check in _OF_MODEL for problem in check(tokenizer)]
    model += _check_tools(tokenizer, style)
    if dataset is None or any(problem.kind == "template-fails" for problem in model):
        return model
    every = [example for split in SPLITS for example in dataset.splits.get(split, ())]
    chats: list[Messages] = [[message.model_dump() for message in example.messages] for example in every]
    return model + _check_system(chats) + _check_examples(tokenizer, in_style(chats, style), max_seq_length)


def refusals(problems: list[Problem]) -> list[Problem]:
    """Those problems with which training must not begin."""
    return [problem for problem in problems if problem.refuses]


def _no_template(tokenizer: ChatTokenizer) -> Problem:
    family = family_for(tokenizer.folder)
    hint = f" It is of the family {family.name}: pass --chat-template {family.name}." if family.template else ""
    return Problem(
        "no-template",
        f"{tokenizer.folder} has no chat template, as base models often have none.{hint}",
        "Without one, training and serving would each make up a form of their own, and the adapter would be of no use.",
    )


def _check_template(tokenizer: ChatTokenizer) -> Iterator[Problem]:
    try:
        prompt = tokenizer.text(chat(_QUERY), prompt=True)
    except Exception as error:  # noqa: BLE001 - a template is a program, and raises what it likes
        yield Problem(
            "template-fails",
            f"The chat template of {tokenizer.folder} fails with a system message: {error}",
            "Every request would fail the same way when the adapter is served.",
        )
        return
    if SYSTEM not in prompt:
        yield Problem(
            "system-dropped",
            f"The chat template of {tokenizer.folder} drops the system message.",
            "The model would be asked without the words that tell it to write programs.",
        )


def _check_end(tokenizer: ChatTokenizer) -> Iterator[Problem]:
    rest = _after_answer(tokenizer)
    if rest is None:
        return
    token = tokenizer.token_at_start(rest)
    identity = tokenizer.id_of(token) if token else None
    if token is None or identity is None:
        yield Problem(
            "end-not-one-token",
            f"The chat template of {tokenizer.folder} ends the assistant's turn with {rest[:20]!r}, which is no single "
            "token. Add it to the tokenizer as a special token, or take another model.",
            "The model would learn to spell its end, generation would not stop there, and answers would run on.",
        )
    elif identity not in tokenizer.end_ids:
        known = ", ".join(repr(tokenizer.inner.decode([i])) for i in sorted(tokenizer.end_ids)) or "none"
        yield Problem(
            "wrong-eos",
            f"The chat template of {tokenizer.folder} ends the assistant's turn with {token!r} (id {identity}), but "
            f"generation stops at {known}. Put {identity} into eos_token_id of generation_config.json.",
            "The adapter would learn its answers and never stop after them: each evaluated answer would run into the "
            "token limit, and a good run would look like a bad one.",
        )


def _check_vocabulary(tokenizer: ChatTokenizer) -> Iterator[Problem]:
    size, rows = len(tokenizer.inner), tokenizer.rows
    if rows and size > rows:
        yield Problem(
            "vocabulary",
            f"The tokenizer of {tokenizer.folder} knows {size} tokens, but the model has only {rows}.",
            "Tokens beyond the last one read memory that is no embedding: the loss would mean nothing.",
        )
    pad = tokenizer.inner.pad_token_id
    if pad is not None and rows and pad >= rows:
        yield Problem(
            "pad",
            f"The pad token of {tokenizer.folder} has id {pad}, but the model has only {rows} tokens.",
            "Each padded batch would read memory that is no embedding.",
        )
    # Batches are padded with id 0, and the loss trains one of them after the end.
    zero = str(tokenizer.inner.convert_ids_to_tokens(0))
    if 0 not in {pad, *tokenizer.end_ids} and zero not in tokenizer.inner.all_special_tokens:
        yield Problem(
            "pad",
            f"Batches are padded with token 0, which is the word {zero!r} in {tokenizer.folder}.",
            "One of them is trained after each end of turn. Generation has stopped by then, so this is no more than a "
            "note.",
            refuses=False,
        )


_OF_MODEL: tuple[Callable[[ChatTokenizer], Iterator[Problem]], ...] = (_check_template, _check_end, _check_vocabulary)


def _after_answer(tokenizer: ChatTokenizer) -> str | None:
    try:
        whole = tokenizer.text([*chat(_QUERY), {"role": "assistant", "content": _ANSWER}])
    except Exception:  # noqa: BLE001 - told by _check_template
        return None
    before, found, rest = whole.rpartition(_ANSWER)
    return rest if found and before else ""


def _check_tools(tokenizer: ChatTokenizer, style: Style) -> list[Problem]:
    if style == "fenced":
        return []
    family = family_for(tokenizer.folder)
    if style not in family.styles:
        return [
            Problem(
                "no-tool-tokens",
                f"Models of the family {family.name} have no tokens around tool calls. Use --style fenced.",
                "The model would learn to write about tools instead of calling them: no gain at a tenth of the loss.",
            )
        ]
    broken = [token for token in family.tool_tokens if tokenizer.id_of(token) is None]
    if not broken:
        return []
    return [
        Problem(
            "tool-token-split",
            f"{' and '.join(broken)} are no single tokens in {tokenizer.folder}. Use --style fenced.",
            "A delimiter in pieces is learned as text: the server would never see a call in it.",
        )
    ]


def _check_system(chats: list[Messages]) -> list[Problem]:
    other = [messages for messages in chats if messages[0]["role"] != "system" or messages[0]["content"] != SYSTEM]
    if not other:
        return []
    first = other[0][0]["content"] if other[0][0]["role"] == "system" else "none"
    return [
        Problem(
            "system-prompt",
            f"{len(other)} of {len(chats)} examples have another system prompt ({first[:60]!r}) than the one at run "
            f"time ({SYSTEM!r}). Build the dataset again, or replace it in the data.",
            "A model answers the prompt that it was trained with: with another one much of the gain is lost.",
            count=len(other),
        )
    ]


def _check_examples(tokenizer: ChatTokenizer, chats: list[Messages], limit: int) -> list[Problem]:
    cut, long, longest = 0, 0, 0
    for messages in chats:
        whole, prompt = tokenizer.ids(messages), tokenizer.ids(messages[:-1], prompt=True)
        cut += whole[: len(prompt)] != prompt or len(whole) <= len(prompt)
        longest = max(longest, len(whole))
        long += bool(limit) and len(whole) > limit
    problems = []
    if cut:
        problems.append(
            Problem(
                "prompt-not-prefix",
                f"In {cut} of {len(chats)} examples the prompt is not how the whole chat begins, as "
                f"{tokenizer.folder}'s template writes them differently.",
                "The loss counts from where the prompt ends: it would train on parts of the question, or skip the "
                "beginning of the answer.",
                count=cut,
            )
        )
    if long:
        problems.append(
            Problem(
                "too-long",
                f"{long} of {len(chats)} examples are longer than max_seq_length ({limit}); the longest has {longest} "
                f"tokens. Pass --max-seq-length {longest}, or leave them out with punie-ls dataset filter.",
                "They would be cut off, and the model would learn answers without their end.",
                count=long,
            )
        )
    return problems
