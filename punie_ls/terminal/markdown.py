"""Answers as rich draws them: plain headings, code in the terminal's own colours, links with their address in view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, ListItem, Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.segment import Segment
from rich.syntax import Syntax
from rich.table import Table

from punie_ls.terminal.blocks import parser
from punie_ls.terminal.cleaning import clean

CODE_THEME = "ansi_dark"


class _Heading(Heading):
    LEVEL_ALIGN: ClassVar = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _CodeBlock(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = Syntax(str(self.text).rstrip(), self.lexer_name, theme=CODE_THEME, word_wrap=True)
        yield Padding(code, (0, 0, 0, 2))


class _ListItem(ListItem):
    def render_number(self, console: Console, options: ConsoleOptions, number: int, last_number: int) -> RenderResult:
        width = len(str(last_number)) + 3
        lines = console.render_lines(self.elements, options.update(width=options.max_width - width), style=self.style)
        style = console.get_style("markdown.item.number", default="none")
        for index, line in enumerate(lines):
            yield Segment("" if index else f"{number}.".rjust(width - 1) + " ", style)
            yield Segment(" " * width if index else "", style)
            yield from line
            yield Segment.line()


class _Table(TableElement):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                table.show_edge = False  # which are empty lines
            yield table


class AnswerMarkdown(Markdown):
    """Markdown that a model wrote, already `clean`: no HTML, no hidden links, and no character by its number."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _CodeBlock,
        "code_block": _CodeBlock,
        "list_item_open": _ListItem,
        "table_open": _Table,
    }

    def __init__(self, markup: str) -> None:
        super().__init__("", code_theme=CODE_THEME, hyperlinks=False)
        self.markup = markup
        self.parsed = parser().parse(markup)
        _clean(self.parsed)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Without the spaces that fill lines up, which would be copied along, and without empty lines around it."""
        drawn = super().__rich_console__(console, options)
        segments = [
            s for part in drawn for s in ([part] if isinstance(part, Segment) else console.render(part, options))
        ]
        lines = [_trimmed(line) for line in Segment.split_lines(segments)]
        while lines and not lines[0]:
            lines.pop(0)
        while lines and not lines[-1]:
            lines.pop()
        for line in lines:
            yield from line
            yield Segment.line()


def _trimmed(line: list[Segment]) -> list[Segment]:
    while line and not line[-1].text.strip() and not line[-1].control:
        line.pop()
    if line:
        text, style, control = line.pop()
        line.append(Segment(text.rstrip(" "), style, control))
    return line


def _clean(tokens: Iterable[Token]) -> None:
    """Characters may be written by their number, too, as `&#8238;`."""
    for token in tokens:
        token.content = clean(token.content)
        for name in ("href", "src"):
            if name in token.attrs:
                token.attrs[name] = clean(str(token.attrs[name]))
        _clean(token.children or ())
