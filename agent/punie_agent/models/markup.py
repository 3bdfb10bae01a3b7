"""The marks that families of models put around a tool call when a server leaves them in the text.

Each reader gets the place where its mark stands and gives a `Reading`, or None while it is not finished.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from punie_agent.models.json_calls import MAX_CALLS, call_of, calls_in, decode_at, load_object
from punie_agent.models.programs import as_actions, literal_calls, parse
from punie_agent.models.reading import Action, Known, Reading

Reader = Callable[..., Reading | None]

_PARAMETER = re.compile(
    r"<parameter(?:=|\s+name=)[\"']?(?P<key>[\w-]+)[\"']?[^>]*>\n?(?P<value>.*?)\n?"
    r"(?:</parameter>|(?=<parameter[=\s])|(?=</function>)|(?=</invoke>)|\Z)",
    re.DOTALL,
)
_PAIR = re.compile(r"<arg_key>(?P<key>.*?)</arg_key>\s*<arg_value>\n?(?P<value>.*?)\n?(?:</arg_value>|\Z)", re.DOTALL)
_FUNCTION = re.compile(r"<(?:function=|invoke\s+name=)[\"']?(?P<name>[\w.:-]+)[\"']?\s*>")
_MISTRAL = re.compile(r"\s*(?P<name>[\w.-]+)\s*(?:\[CALL_ID\]\s*\w+\s*)?(?:\[ARGS\])?\s*(?=\{)")
_DEEPSEEK_CALL = re.compile(
    r"<[|\uff5c]tool[\u2581_]call[\u2581_]begin[|\uff5c]>(?P<head>.*?)<[|\uff5c]tool[\u2581_]sep[|\uff5c]>(?P<rest>.*?)"
    r"(?:<[|\uff5c]tool[\u2581_]call[\u2581_]end[|\uff5c]>|(?=<[|\uff5c]tool[\u2581_]call)|\Z)",
    re.DOTALL,
)
_DEEPSEEK_END = re.compile(r"<[|\uff5c]tool[\u2581_]calls[\u2581_]end[|\uff5c]>")
_HEADER = r"(?P<header>(?:(?!<\|(?:start|channel|message)\|>).){0,300}?)"
_CHANNEL = re.compile(rf"(?:<\|start\|>[^<]{{0,300}})?(?:<\|channel\|>{_HEADER})?<\|message\|>", re.DOTALL)
_CHANNEL_END = re.compile(r"<\|(?:end|call|return)\|>|(?=<\|(?:start|channel)\|>)")
_GAP = re.compile(r"\s*[;,]?\s*(?=[\[{])")
_END_TOKEN = re.compile(r"<\|(?:eom_id|eot_id|im_end|end|endoftext)\|>")


def read_tagged(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """`<tool_call>…</tool_call>`, around JSON, `<function=…>`, or GLM's keys and values."""
    tag = re.compile(r"<(\w+)>").match(text, start)
    if tag is None:
        return Reading(start + 1, text=text[start])
    closing = f"</{tag[1]}>"
    end = text.find(closing, tag.end())
    if end < 0 and not final:
        return None
    following = text.find(tag[0], tag.end())
    stop = min(place for place in (end, following, len(text)) if place >= 0)
    inside = text[tag.end() : stop]
    actions = _tagged(inside, known)
    after = stop + len(closing) if stop == end else stop
    return Reading(after, actions) if actions else Reading(after, text=text[start:after])


def _tagged(inside: str, known: Known) -> tuple[Action, ...]:
    function = _FUNCTION.search(inside)
    if function:
        return _function(function["name"], inside[function.end() :], known)
    if "<arg_key>" in inside:
        name, arguments = (
            inside.partition("<arg_key>")[0],
            {m["key"].strip(): m["value"] for m in _PAIR.finditer(inside)},
        )
        action = call_of(name, _typed(arguments), known)
        return (action,) if action else ()
    return _json_calls(inside, known) or _pythonic(inside, known)


def _json_calls(text: str, known: Known) -> tuple[Action, ...]:
    """The calls of JSON values that stand one after the other, or of one that is nearly JSON."""
    found: list[Action] = []
    place = 0
    while len(found) < MAX_CALLS and (gap := _GAP.match(text, place)) and (decoded := decode_at(text, gap.end())):
        found.extend(calls_in(decoded[0], known))
        place = decoded[1]
    return tuple(found) if found else calls_in(load_object(text), known)


def _pythonic(inside: str, known: Known) -> tuple[Action, ...]:
    tree = parse(inside.strip())
    return literal_calls(tree, known) if tree else ()


def read_function(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """`<function=NAME>` or `<invoke name="NAME">` with parameters, without anything around it."""
    head = _FUNCTION.match(text, start)
    if head is None:
        return Reading(start + 1, text=text[start]) if final or "\n" in text[start:] else None
    closing = "</function>" if text.startswith("<function", start) else "</invoke>"
    end = text.find(closing, head.end())
    if end < 0 and not final:
        return None
    stop = end if end >= 0 else len(text)
    after = re.compile(r"(?:</(?:function|invoke)>)?(?:\s*</tool_call>)?").match(text, stop)
    place = after.end() if after else stop
    actions = _function(head["name"], text[head.end() : stop], known)
    return Reading(place, actions) if actions else Reading(place, text=text[start:place])


def _function(name: str, inside: str, known: Known) -> tuple[Action, ...]:
    arguments = {match["key"]: match["value"] for match in _PARAMETER.finditer(inside)}
    if not arguments and inside.strip().startswith("{"):
        body = inside.partition("</function>")[0].strip()
        action = call_of(name, body, known)
    else:
        action = call_of(name, _typed(arguments), known)
    return (action,) if action else ()


def _typed(arguments: dict[str, str]) -> dict[str, Any]:
    """Numbers, flags, lists and objects as such; texts as they are."""
    typed: dict[str, Any] = {}
    for key, value in arguments.items():
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            read = {"True": True, "False": False, "None": None}.get(value.strip(), value)
        typed[key] = value if isinstance(read, str) or key in ("code", "program") else read
    return typed


def read_program_tag(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """`<run_code>…</run_code>` and the like, around a program."""
    name = text[start + 1 : text.index(">", start)]
    body, closing = start + len(name) + 2, f"</{name}>"
    end = text.find(closing, body)
    if end < 0:
        if not final:
            return None
        return Reading(body, text=text[start:body])
    inside = re.sub(r"^\s*```\w*\n|\n```\s*$", "", text[body:end])
    value = load_object(inside) if inside.lstrip().startswith("{") else None
    actions = calls_in(value, known) or as_actions(inside, known, sure=name == "run_code")
    after = end + len(closing)
    return Reading(after, actions) if actions else Reading(after, text=text[start:after])


def read_python_tag(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """Llama's `<|python_tag|>`: JSON, or Python up to the end."""
    body = start + len("<|python_tag|>")
    token = _END_TOKEN.search(text, body)
    if token is None and not final:
        return None
    inside = text[body : token.start() if token else len(text)].strip()
    calls = _json_calls(inside, known) if inside.startswith(("{", "[")) else ()
    actions = calls or as_actions(inside.replace("ipython.call", "run_code"), known, sure=True)
    return Reading(len(text), actions, text="" if actions else inside, closing=True)


def read_mistral(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """Mistral's `[TOOL_CALLS]`: a list of calls, or a name and its arguments, up to the end."""
    if not final:
        return None
    rest = text[start:]
    found: list[Action] = []
    for part in rest.split("[TOOL_CALLS]")[1 : MAX_CALLS + 1]:
        named = _MISTRAL.match(part)
        if named:
            decoded = decode_at(part, named.end())
            arguments = decoded[0] if decoded else load_object(part[named.end() :].removesuffix("</s>"))
            action = call_of(named["name"], arguments, known) if isinstance(arguments, dict) else None
            found.extend([action] if action else [])
        else:
            found.extend(_json_calls(part.replace("</s>", ""), known))
    return Reading(len(text), tuple(found), text="" if found else rest, closing=True)


def read_deepseek(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """DeepSeek's tokens around a name and its arguments."""
    closing = _DEEPSEEK_END.search(text, start)
    if closing is None and not final:
        return None
    end = closing.end() if closing else len(text)
    found: list[Action] = []
    for match in _DEEPSEEK_CALL.finditer(text[start:end]):
        head, rest = match["head"].strip(), match["rest"].strip()
        # V3 and R1 write `function`, the mark, the name, and fenced JSON; later ones the name, the mark, JSON.
        if head == "function":
            head, _, rest = rest.partition("\n")
        action = call_of(head, rest, known)
        found.extend([action] if action else [])
    return Reading(end, tuple(found), text="" if found else text[start:end])


def read_channel(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """Harmony's channels (gpt-oss): analysis is thought, commentary may be a call, final is the answer."""
    head = _CHANNEL.match(text, start)
    if head is None:
        if not final and len(text) - start < 400:
            return None
        # A mark without its message: only the mark is dropped.
        return Reading(text.index(">", start) + 1)
    closing = _CHANNEL_END.search(text, head.end())
    if closing is None and not final:
        return None
    inside = text[head.end() : closing.start() if closing else len(text)]
    end = closing.end() if closing else len(text)
    header = head["header"] or "final"
    to = re.search(r"to=([\w.]+)", header) or re.search(r"to=([\w.]+)", head[0])
    if to:
        value = call_of(to[1], inside.strip(), known)
        return Reading(end, (value,)) if value else Reading(end, text=inside)
    if header.strip().startswith("analysis"):
        return Reading(end, thought=inside)
    return Reading(end, text=inside)


def read_bracketed(text: str, start: int, known: Known, *, final: bool) -> Reading | None:
    """`[run_code(code="…")]`, or JSON, at the beginning of a line."""
    opening = re.compile(r"[ \t]*").match(text, start)
    place = opening.end() if opening else start
    pythonic = re.compile(r"\[\s*([A-Za-z_][\w.]*)\(").match(text, place)
    if pythonic and known.resolve(pythonic[1]):
        return _read_pythonic(text, start, place, known, final=final)
    decoded = decode_at(text, place)
    if decoded:
        actions = calls_in(decoded[0], known)
        # Several objects in a row are several calls; the next one is read on its own.
        return Reading(decoded[1], actions) if actions else Reading(decoded[1], text=text[start : decoded[1]])
    if not _may_be_call(text, place):
        return Reading(place + 1, text=text[start : place + 1])
    if not final:
        return None
    value = load_object(text[place:])
    actions = calls_in(value, known)
    return Reading(len(text), actions) if actions else Reading(place + 1, text=text[start : place + 1])


def _may_be_call(text: str, place: int) -> bool:
    """Whether an unfinished bracket may still become JSON with a call."""
    return bool(re.compile(r"[\[{]\s*(?:$|[\"'{\[]|[A-Za-z_][\w.]*$)").match(text, place))


def _read_pythonic(text: str, start: int, place: int, known: Known, *, final: bool) -> Reading | None:
    for index, match in enumerate(re.compile(r"\)\s*\]").finditer(text, place)):
        tree = parse(text[place : match.end()]) if index < MAX_CALLS else None
        if tree is not None:
            actions = literal_calls(tree, known)
            return Reading(match.end(), actions) if actions else Reading(match.end(), text=text[start : match.end()])
    if not final:
        return None
    return Reading(place + 1, text=text[start : place + 1])
