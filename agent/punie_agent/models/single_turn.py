"""What a trained model is asked, and how its one answer is read: the query within bounds, a whole program or words.

Such a model knows the tools by its weights: it gets the short prompt and the request, and answers a turn once.
"""

from __future__ import annotations

from pydantic_ai.messages import ModelMessage, ModelRequest, SystemPromptPart, TextPart, ToolCallPart, UserPromptPart

from punie_agent.exceptions import BrokenAnswer
from punie_agent.models.reading import RUN_CODE
from punie_agent.models.small_prompt import SYSTEM, program_in
from punie_agent.requests import parse_ask_request

# Of one answer, in tokens: programs are short, and one that gets this far does not end.
MOST_TOKENS = 1024
MOST_PROGRAM = 16_000
MOST_QUERY = 4_000
LEAST_QUERY = 200
# At least so many characters make a token in English text and Python.
_CHARACTERS_OF_TOKEN = 2
_CUT = " … "


def most_query(context_length: int | None) -> int:
    """The most characters of a query, for a model that takes so many tokens; the answer has its own share of them."""
    if context_length is None:
        return MOST_QUERY
    room = context_length - answer_tokens(context_length)
    return max(LEAST_QUERY, min(MOST_QUERY, room * _CHARACTERS_OF_TOKEN))


def answer_tokens(context_length: int | None) -> int:
    """The most tokens of an answer."""
    return MOST_TOKENS if context_length is None else max(64, min(MOST_TOKENS, context_length // 2))


def fitting_query(query: str, most: int) -> str:
    """A query within bounds: its beginning stays, which says what is asked, and the place in its last line."""
    query = query.strip()
    if len(query) <= most:
        return query
    words = parse_ask_request(query).text
    place = query[len(words) :].strip()
    tail = f"\n\n{place}" if place and len(place) < most // 2 else ""
    room = most - len(tail) - len(_CUT)
    head = words[:room]
    cut = max(head.rfind(" "), head.rfind("\n"))
    return f"{head[:cut] if cut > room // 2 else head}{_CUT.rstrip()}{tail}"


def request_of(query: str) -> list[ModelMessage]:
    """The messages of a request: the same in training, in evaluation and here."""
    return [ModelRequest(parts=[SystemPromptPart(SYSTEM), UserPromptPart(query)])]


def is_cut(text: str) -> bool:
    """Whether an answer that ran out of tokens ends within a program: one that is closed is whole all the same."""
    fences = [line.strip() for line in text.splitlines() if line.strip().startswith("```")]
    return len(fences) % 2 == 1


def read_answer(text: str, who: str, *, runs: bool) -> TextPart | ToolCallPart:
    """An answer as what it asks for: a program to run, or words. Raises BrokenAnswer for a program that is too long.

    Args:
        text: the answer.
        who: the model, for the message.
        runs: whether programs can be run.
    """
    program = program_in(text) if runs else None
    if program is None:
        return TextPart(text)
    if len(program) > MOST_PROGRAM:
        raise BrokenAnswer(
            f"{who} wrote a program of {len(program):,} characters, so it was not run: more than {MOST_PROGRAM:,} is "
            "no answer of a trained model. Ask again, or for less."
        )
    return ToolCallPart(RUN_CODE, {"code": program})
