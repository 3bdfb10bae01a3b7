"""`textwrap` for programs. Words are broken at white space only, not at hyphens."""


def dedent(text: str) -> str:
    """Remove the white space that all lines begin with."""
    lines = [line if line.strip() else line.lstrip(" \t") for line in text.split("\n")]
    margin: str | None = None
    for line in lines:
        if line.strip():
            own = line[: len(line) - len(line.lstrip(" \t"))]
            if margin is None:
                margin = own
            while not own.startswith(margin):
                margin = margin[:-1]
    width = len(margin or "")
    return "\n".join([line[width:] if line.strip() else line for line in lines])


def indent(text: str, prefix: str) -> str:
    """Put a prefix before every line that is not blank."""
    return "".join([prefix + line if line.strip() else line for line in text.splitlines(keepends=True)])


def _chunks(text: str) -> list[str]:
    """Words and the blanks between them, last one first."""
    chunks: list[str] = []
    for char in text.expandtabs():
        blank = char in " \n\r\v\f"
        if chunks and (chunks[-1][0] == " ") == blank:
            chunks[-1] += " " if blank else char
        else:
            chunks.append(" " if blank else char)
    return chunks[::-1]


def wrap(
    text: str,
    width: int = 70,
    initial_indent: str = "",
    subsequent_indent: str = "",
    break_long_words: bool = True,
) -> list[str]:
    """The words of a text in lines of at most `width` characters."""
    if width <= 0:
        raise ValueError(f"invalid width {width!r} (must be > 0)")
    lines: list[str] = []
    chunks = _chunks(text)
    while chunks:
        start = subsequent_indent if lines else initial_indent
        room = width - len(start)
        if lines and chunks[-1][0] == " ":
            chunks.pop()
        line: list[str] = []
        size = 0
        while chunks and size + len(chunks[-1]) <= room:
            size += len(chunks[-1])
            line.append(chunks.pop())
        if chunks and len(chunks[-1]) > room:
            if break_long_words:
                head = room - size if room >= 1 else 1
                line.append(chunks[-1][:head])
                chunks[-1] = chunks[-1][head:]
            elif not line:
                line.append(chunks.pop())
        if line and not line[-1].strip():
            line.pop()
        if line:
            lines.append(start + "".join(line))
    return lines


def fill(text: str, width: int = 70, initial_indent: str = "", subsequent_indent: str = "") -> str:
    """`wrap` as one text."""
    return "\n".join(wrap(text, width, initial_indent, subsequent_indent))


def shorten(text: str, width: int, placeholder: str = " [...]") -> str:
    """As many words as fit, and a placeholder for the rest."""
    words = text.split()
    whole = " ".join(words)
    if len(whole) <= width:
        return whole
    while words:
        words.pop()
        line = " ".join(words) + placeholder
        if words and len(line) <= width:
            return line
    return placeholder.strip()
