"""Templates of requests: what people ask for, in several phrasings, and the program or the words that answer it.

Those of tools lie next to the tools, one file for each module of them. Knows no project: slots are filled elsewhere.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import TemplateError
from punie_semantic.registry import TOOLS
from punie_semantic.template_rows import KINDS

FOLDER = Path(__file__).parent / "tools" / "templates"
WORKFLOWS, CONTRASTS, ANSWERS = "workflows", "contrasts", "answers"
CATEGORIES = ("single_tool", "field_access", "check_and_fix", "multi_step", "contrastive", "direct")

_SLOT = re.compile(r"\{([a-z_]+)\}")
_KEYS = frozenset(
    {"over", "category", "program", "answer", "phrasings", "held_out", "expect", "empty", "most", "verbatim"},
)


@dataclass(frozen=True)
class Template:
    """One request, and what answers it.

    Attributes:
        group: the tool that it is about; of other templates the name of their table.
        number: counts the templates of a group from 1.
        source: the file's stem.
        over: the kind of thing that it is about; the slots are those of the kind.
        category: what kind of request it is.
        program: the answer, with slots as expressions; empty where `answer` has it in words.
        answer: the answer in words.
        phrasings: ways to ask, for training.
        held_out: ways to ask that no training example has.
        expect: what the program must give to be kept, as text; empty when anything will do.
        empty: whether a program that gives nothing is kept too.
        most: how many things of the kind are taken at most; 0 for as many as are wanted.
        verbatim: whether a program says it, always in the same words.
        tools: the tools that the program calls, each once, in order.
    """

    group: str
    number: int
    source: str
    over: str
    category: str
    program: str
    answer: str
    phrasings: tuple[str, ...]
    held_out: tuple[str, ...]
    expect: str
    empty: bool
    most: int
    verbatim: bool
    tools: tuple[str, ...]

    @property
    def name(self) -> str:
        """Names the template among all."""
        return f"{self.source}.{self.group}.{self.number}"


def load_templates(folder: Path = FOLDER) -> tuple[Template, ...]:
    """All templates of a folder, by file and in their order there.

    Raises:
        TemplateError: names the file and the entry that is wrong.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise TemplateError(f"{folder} has no template files. Reinstall Punie.")
    return tuple(template for file in files for template in read_templates(file))


def read_templates(file: Path) -> list[Template]:
    """The templates of one file. Raises TemplateError."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateError(f"{file} cannot be read: {error}") from error
    found = []
    for group, entries in tables.items():
        _check_group(file, group, entries)
        for number, entry in enumerate(entries, start=1):
            found.append(_template(file, group, number, entry))
    return found


def fill(text: str, row: Mapping[str, Any], *, literals: bool = False) -> str:
    """A phrasing, or with `literals` a program, with the slots of a row in it; other braces stay as they are."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in row:
            return match[0]
        return literal(row[match[1]]) if literals else str(row[match[1]])

    return _SLOT.sub(value, text)


def literal(value: Any) -> str:  # noqa: ANN401 - text, a number, or a list of them
    """A slot's value as Python: text in double quotes where that is possible."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item) for item in value)}]"
    text = repr(value)
    if isinstance(value, str) and text.startswith("'") and '"' not in value:
        return f'"{text[1:-1]}"'
    return text


def _check_group(file: Path, group: str, entries: Any) -> None:  # noqa: ANN401 - whatever TOML holds
    place = f"{file.name}: {group}"
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise TemplateError(f"{place} is no list of tables. Write [[{group}]].")
    if file.stem == CONTRASTS:
        if len(entries) != 2 or len({len(e.get("phrasings", ())) for e in entries}) != 1:
            raise TemplateError(f"{place} needs two entries with as many phrasings each: they are told side by side.")
    elif file.stem not in (WORKFLOWS, ANSWERS):
        tool = TOOLS.get(group)
        if tool is None:
            raise TemplateError(f"{place} is no tool. Name a tool of the registry, or put it into {WORKFLOWS}.toml.")
        home = tool.function.__module__.rpartition(".")[2]
        if home != file.stem:
            raise TemplateError(f"{place} is a tool of {home}. Move it to {home}.toml.")


def _template(file: Path, group: str, number: int, entry: Mapping[str, Any]) -> Template:
    place = f"{file.name}: {group}, entry {number}"
    if unknown := sorted(set(entry) - _KEYS):
        raise TemplateError(f"{place}: unknown key {unknown[0]}. Known: {', '.join(sorted(_KEYS))}.")
    over = str(entry.get("over", "once"))
    if over not in KINDS:
        raise TemplateError(f"{place}: unknown kind {over!r}. Known: {', '.join(KINDS)}.")
    program, answer = str(entry.get("program", "")).strip(), str(entry.get("answer", "")).strip()
    if bool(program) == bool(answer):
        raise TemplateError(f"{place}: needs either a program or an answer.")
    phrasings, held_out = _texts(place, entry, "phrasings"), _texts(place, entry, "held_out")
    _check_slots(place, over, [program, *phrasings, *held_out])
    if both := {_plain(text) for text in phrasings} & {_plain(text) for text in held_out}:
        raise TemplateError(f"{place}: {sorted(both)[0]!r} is both in phrasings and held out.")
    tools = _tools(place, program, over)
    if file.stem not in (WORKFLOWS, CONTRASTS, ANSWERS) and group not in tools:
        raise TemplateError(f"{place}: the program does not call {group}.")
    return Template(
        group=group,
        number=number,
        source=file.stem,
        over=over,
        category=_category(place, file, entry, number, answer),
        program=program,
        answer=answer,
        phrasings=phrasings,
        held_out=held_out,
        expect=str(entry.get("expect", "")),
        empty=bool(entry.get("empty", False)),
        most=int(entry.get("most", 0)),
        verbatim=bool(entry.get("verbatim", False)),
        tools=tools,
    )


def _texts(place: str, entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = entry.get(key)
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t.strip() for t in texts):
        raise TemplateError(f"{place}: {key} needs a list of texts, at least one.")
    if len({_plain(text) for text in texts}) != len(texts):
        raise TemplateError(f"{place}: {key} says something twice.")
    return tuple(texts)


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" .?!").split())


def _check_slots(place: str, over: str, texts: Iterable[str]) -> None:
    every = {slot for slots in KINDS.values() for slot in slots}
    for slot in dict.fromkeys(name for text in texts for name in _SLOT.findall(text)):
        if slot not in KINDS[over]:
            known = ", ".join(KINDS[over]) or "none"
            what = "is not a slot" if slot in every else "is an unknown slot"
            raise TemplateError(f"{place}: {{{slot}}} {what} of kind {over!r}, which has: {known}.")


def _tools(place: str, program: str, over: str) -> tuple[str, ...]:
    """The tools that a program calls. Raises TemplateError for what does not parse."""
    text = fill(program, dict.fromkeys(KINDS[over], "x"), literals=True)
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise TemplateError(f"{place}: the program does not parse: {error}") from error
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    names = (node.func.id for node in calls if isinstance(node.func, ast.Name))
    return tuple(dict.fromkeys(name for name in names if name in TOOLS))


def _category(place: str, file: Path, entry: Mapping[str, Any], number: int, answer: str) -> str:
    """What the entry says, or what follows from where it stands."""
    usual = {WORKFLOWS: "multi_step", CONTRASTS: "contrastive", ANSWERS: "direct"}
    default = usual.get(file.stem) or ("single_tool" if number == 1 else "field_access")
    category = str(entry.get("category", default))
    if category not in CATEGORIES or (category == "direct") != bool(answer):
        raise TemplateError(f"{place}: {category!r} is no category for it. Known: {', '.join(CATEGORIES)}.")
    return category
