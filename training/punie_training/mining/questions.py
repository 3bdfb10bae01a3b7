"""Questions about a project that its own files answer, each with the program or the words for it. Runs nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from punie_training.mining.facts import FileFacts, PytestCase, Section, Symbol
from punie_training.mining.phrasings import PHRASINGS, phrase

# Headings that are in every project, and say nothing without it.
_GENERAL = {
    *("about", "acknowledgements", "authors", "changelog", "changes", "contents", "contributing", "credits", "faq"),
    *("history", "index", "install", "installation", "introduction", "license", "licence", "links", "notes"),
    *("overview", "requirements", "resources", "support", "todo", "usage"),
}
MOST_LINES = 60


@dataclass(frozen=True)
class Candidate:
    """A question, and what should answer it.

    Attributes:
        kind: what it asks for, one of PHRASINGS.
        query: the question.
        template: the phrasing's name.
        file: where it comes from.
        program: the program that answers it; empty for words.
        words: the answer in words, where there is no program.
        expects: texts that the program's value must hold, as the syntax tree knows them: ty has to agree.
    """

    kind: str
    query: str
    template: str
    file: str
    program: str = ""
    words: str = ""
    expects: tuple[str, ...] = ()


def questions(project: str, files: Sequence[FileFacts]) -> list[Candidate]:
    """All questions about a project, in the order of its files. Names that stand for several things are left out."""
    known = _Known(files)
    found: list[Candidate] = []
    for facts in files:
        found += _about_code(facts, known)
        found += _about_tests(facts, known)
        found += [_concept(project, facts.file, section) for section in facts.sections if _is_special(section)]
    return list({candidate.query: candidate for candidate in found}.values())


class _Known:
    """What all files together say of a name."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        symbols = [symbol for facts in files for symbol in facts.symbols]
        self._times = Counter(symbol.qualified_name for symbol in symbols)
        self._names = Counter(symbol.name for symbol in symbols)
        self.called = {name for symbol in symbols for name in symbol.calls}
        self.bases = {base.rpartition(".")[2] for symbol in symbols for base in symbol.bases}
        self._tests = Counter(test.name for facts in files for test in facts.tests)
        self.tested = {name for facts in files for test in facts.tests for name in test.calls}

    def is_plain(self, symbol: Symbol) -> bool:
        """Whether the name says which one is meant, and is not private."""
        private = any(part.startswith("_") for part in symbol.qualified_name.split("."))
        return not private and self._times[symbol.qualified_name] == 1

    def is_one_test(self, name: str) -> bool:
        """Whether only one test has that name."""
        return self._tests[name] == 1

    def is_one(self, name: str) -> bool:
        """Whether only one definition has that name."""
        return self._names[name] == 1


def _about_code(facts: FileFacts, known: _Known) -> Iterator[Candidate]:
    plain = [symbol for symbol in facts.symbols if known.is_plain(symbol)]
    for symbol in plain:
        yield from _about_symbol(facts.file, symbol, known)
        if symbol.kind == "class":
            yield from _about_class(facts.file, symbol, known)
    if top := tuple(symbol.name for symbol in facts.symbols if symbol.kind != "method"):
        program = f"[symbol.qualified_name for symbol in document_symbols({_text(facts.file)}).symbols]"
        yield _candidate("contents", facts.file, facts.file, program, expects=top[:5])


def _about_symbol(file: str, symbol: Symbol, known: _Known) -> Iterator[Candidate]:
    name = symbol.qualified_name
    places = "[f'{place.file}:{place.line}' for place in found.locations]"
    program = f"found = goto_definition(symbol={_text(name)})\n{places}"
    yield _candidate("definition", name, file, program, expects=(f"{file}:{symbol.line}",))
    if symbol.summary:
        program = f"hover(symbol={_text(name)}).docstring"
        yield _candidate("purpose", name, file, program, expects=(symbol.summary.split(". ")[0][:40],))
    if symbol.parameters:
        yield _candidate("signature", name, file, f"hover(symbol={_text(name)}).type", expects=symbol.parameters)
    if symbol.name in known.called | known.tested and known.is_one(symbol.name):
        program = f"found = find_references(symbol={_text(name)}, include_declaration=False)\n{places}"
        yield _candidate("uses", name, file, program)
    if symbol.kind != "class" and symbol.name in known.called and known.is_one(symbol.name):
        program = f"[caller.qualified_name for caller in call_hierarchy(symbol={_text(name)}).entries]"
        yield _candidate("callers", name, file, program)


def _about_class(file: str, symbol: Symbol, known: _Known) -> Iterator[Candidate]:
    name = _text(symbol.qualified_name)
    if symbol.name in known.bases and known.is_one(symbol.name):
        program = f"[found.qualified_name for found in type_hierarchy(symbol={name}).entries]"
        yield _candidate("subclasses", symbol.qualified_name, file, program)
    if symbol.bases:
        program = f"[found.name for found in type_hierarchy(symbol={name}, direction='supertypes').entries]"
        last = tuple(base.rpartition(".")[2] for base in symbol.bases)
        yield _candidate("bases", symbol.qualified_name, file, program, expects=last)


def _about_tests(facts: FileFacts, known: _Known) -> Iterator[Candidate]:
    names = tuple(test.name for test in facts.tests)
    if names:
        path = _text(facts.file)
        program = f"[test.name for test in document_symbols({path}).symbols if test.name.startswith('test')]"
        yield _candidate("tests", facts.file, facts.file, program, expects=names[:5])
    for test in facts.tests:
        yield from _about_test(facts.file, test, known)


def _about_test(file: str, test: PytestCase, known: _Known) -> Iterator[Candidate]:
    if test.end_line - test.line < MOST_LINES and known.is_one_test(test.name):
        program = f"test = find_symbol({_text(test.name)}).symbols[0]\n" + _CODE
        yield _candidate("pattern", test.qualified_name, file, program, expects=(f"def {test.name}",))
    for name in test.raises:
        if "." not in name:
            program = f"found = search_text({_text(f'raises({name}')}, path={_text(file)})\n" + _MATCHES
            yield _candidate("raising", f"{name} in {file}", file, program, expects=(file,))
    for name in test.calls:
        if known.is_one(name) and not name.startswith("_"):
            program = (
                f"found = search_text({_text(name)}, path={_text(file)}, word=True)\n"
                "[f'{match.line}: {match.text}' for match in found.matches]"
            )
            yield _candidate("tested", f"{name} in {file}", file, program, expects=(name,))


_CODE = "read_file(test.file, test.line, test.end_line - test.line + 1).text"
_MATCHES = "[f'{match.file}:{match.line}' for match in found.matches]"


def _concept(project: str, file: str, section: Section) -> Candidate:
    subject = f"{section.title} in {project}"
    query, template = phrase("concept", subject)
    return Candidate("concept", query, template, file, words=section.text)


def _is_special(section: Section) -> bool:
    words = section.title.casefold().strip(" :.!?").split()
    return bool(words) and not (len(words) == 1 and words[0] in _GENERAL) and any(c.isalpha() for c in section.title)


def _candidate(kind: str, subject: str, file: str, program: str, *, expects: Iterable[str] = ()) -> Candidate:
    assert kind in PHRASINGS
    query, template = phrase(kind, subject)
    return Candidate(kind, query, template, file, program=program, expects=tuple(expects))


def _text(value: str) -> str:
    """A name or path as a program writes it."""
    return repr(value)
