"""`fnmatch` for programs: names and patterns with * ? and [sets]; upper and lower case differ."""


def _in_set(char: str, inside: str) -> bool:
    wanted = not inside.startswith("!")
    body = inside if wanted else inside[1:]
    at, found = 0, False
    while at < len(body):
        if at + 2 < len(body) and body[at + 1] == "-":
            found = found or body[at] <= char <= body[at + 2]
            at += 3
        else:
            found = found or body[at] == char
            at += 1
    return found == wanted


def _tokens(pattern: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        close = pattern.find("]", at + (3 if pattern[at + 1 : at + 2] == "!" else 2)) if char == "[" else -1
        if close > 0:
            tokens.append(("set", pattern[at + 1 : close]))
            at = close + 1
        else:
            tokens.append(({"*": "any", "?": "one"}.get(char, "is"), char))
            at += 1
    return tokens


def fnmatchcase(name: str, pat: str) -> bool:
    """Whether a name matches a pattern."""
    tokens = _tokens(pat)
    at = token = 0
    star, mark = -1, 0
    while at < len(name):
        kind, text = tokens[token] if token < len(tokens) else ("end", "")
        if kind == "any":
            star, mark = token, at
            token += 1
        elif kind == "one" or (kind == "is" and text == name[at]) or (kind == "set" and _in_set(name[at], text)):
            at += 1
            token += 1
        elif star >= 0:
            mark += 1
            token, at = star + 1, mark
        else:
            return False
    return all(kind == "any" for kind, _ in tokens[token:])


def fnmatch(name: str, pat: str) -> bool:
    """Whether a name matches a pattern."""
    return fnmatchcase(name, pat)


def filter(names: list[str], pat: str) -> list[str]:
    """The names that match a pattern."""
    return [name for name in names if fnmatchcase(name, pat)]
