"""Tool calls written as JSON, in the many shapes that models give them, and JSON that is nearly JSON.

Every repair is bounded and guesses nothing that was cut off: an unfinished string stays unreadable.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from punie_agent.models.reading import RUN_CODE, Action, Known, Program, ToolCall

MAX_TEXT = 400_000
MAX_CALLS = 32

_NAMES = ("name", "tool", "tool_name", "function_name", "function", "action", "recipient_name")
_ARGUMENTS = ("arguments", "parameters", "args", "kwargs", "input", "action_input", "tool_input")
_CODES = ("code", "program", "script", "source", "python", "python_code", "input", "content", "text", "command")
_DECODER = json.JSONDecoder(strict=False)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_ONLY_CODE = re.compile(r'^\s*\{\s*["\']?(?:code|program|script)["\']?\s*:\s*', re.IGNORECASE)
_BAD_ESCAPE = re.compile(r'\\(?![\\/"bfnrtu])')


def decode_at(text: str, start: int) -> tuple[Any, int] | None:
    """The JSON value at a place and its end; None when there is none."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None


def load_object(text: str) -> dict[str, Any] | None:
    """A JSON object, also when it is only nearly one; None when it cannot be read for certain."""
    text = _unfenced(text.strip())
    if not text or len(text) > MAX_TEXT:
        return None
    for candidate in _candidates(text):
        try:
            value = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, str):
            # Encoded twice.
            value = load_object(value) if value.lstrip().startswith("{") else None
        if isinstance(value, dict):
            return value
    return _python_literal(text) or _raw_code(text)


def _candidates(text: str) -> Iterator[str]:
    yield text
    decoded = decode_at(text, 0)
    if decoded and isinstance(decoded[0], dict):
        yield text[: decoded[1]]
    tidy = _TRAILING_COMMA.sub(r"\1", text)
    yield tidy
    yield _BAD_ESCAPE.sub(r"\\\\", tidy)
    # Only brackets are added, and only after a finished value.
    if tidy.rstrip()[-1:] in '"}]' or tidy.rstrip()[-1:].isalnum():
        for closing in ("}", "}}", "]}"):
            yield tidy + closing


def _unfenced(text: str) -> str:
    match = re.fullmatch(r"```(?:json)?\s*(.*?)\s*```", text, re.DOTALL)
    return match[1] if match else text


def _python_literal(text: str) -> dict[str, Any] | None:
    """A Python dict of plain values: single quotes, None, True, triple-quoted strings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None


def _raw_code(text: str) -> dict[str, Any] | None:
    """`{"code": "` with quotes inside that nobody escaped: everything up to the last quote is the code."""
    head = _ONLY_CODE.match(text)
    tail = re.search(r'("""|\'\'\'|["\'`])\s*\}+\s*$', text)
    if not head or not tail or tail.start() <= head.end():
        return None
    quote = tail[1]
    if not text.startswith(quote, head.end()):
        return None
    code = text[head.end() + len(quote) : tail.start()]
    if "\n" not in code:
        code = code.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\'", "'")
    return {"code": code}


def calls_in(value: Any, known: Known) -> tuple[Action, ...]:  # noqa: ANN401 - any JSON value
    """The tool calls that a JSON value states; nothing when it states something else."""
    if isinstance(value, list):
        found = [call for item in value[:MAX_CALLS] for call in calls_in(item, known)]
        return tuple(found) if len(found) == len(value) else ()
    if not isinstance(value, dict):
        return ()
    for key in ("tool_calls", "tool_uses", "calls"):
        if isinstance(value.get(key), list):
            return calls_in(value[key], known)
    if isinstance(value.get("function"), dict):
        return calls_in(value["function"], known)
    if isinstance(value.get("tool_call"), dict):
        return calls_in(value["tool_call"], known)
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    if name is None:
        code = value.get("code")
        return (Program(code),) if known.programs and len(value) == 1 and isinstance(code, str) else ()
    arguments = next((value[key] for key in _ARGUMENTS if key in value), None)
    if arguments is None:
        arguments = {key: item for key, item in value.items() if key not in (*_NAMES, "id", "type")}
    action = call_of(name, arguments, known)
    return (action,) if action else ()


def call_of(name: str, arguments: Any, known: Known) -> Action | None:  # noqa: ANN401 - any JSON value
    """One call by name; None when there is no such tool."""
    tool = known.resolve(name)
    if tool is None:
        return None
    if tool == RUN_CODE and known.programs:
        code = code_of(arguments)
        return Program(code) if code is not None else ToolCall(tool, arguments if isinstance(arguments, str) else {})
    if isinstance(arguments, str):
        arguments = load_object(arguments) if arguments.strip() else {}
    return ToolCall(tool, arguments if isinstance(arguments, dict) else {})


def code_of(arguments: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """The program among the arguments of a call that runs one."""
    if isinstance(arguments, str):
        read = load_object(arguments)
        if read is None:
            return None if arguments.lstrip().startswith("{") else arguments.strip() or None
        arguments = read
    if not isinstance(arguments, dict):
        return None
    texts = {key: item for key, item in arguments.items() if isinstance(item, str)}
    for key in _CODES:
        if key in texts:
            return texts[key]
    if len(texts) == 1:
        return next(iter(texts.values()))
    lines = arguments.get("code") or arguments.get("lines")
    return "\n".join(lines) if isinstance(lines, list) and all(isinstance(line, str) for line in lines) else None
