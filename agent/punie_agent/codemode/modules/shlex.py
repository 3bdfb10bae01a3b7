"""`shlex` for programs: command lines as lists, for `run_command`."""

_SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_"


def split(s: str) -> list[str]:
    """The words of a command line, as a shell reads them."""
    words: list[str] = []
    word, inside, started = "", "", False
    at = 0
    while at < len(s):
        char = s[at]
        following = s[at + 1 : at + 2]
        if inside == "'" and char != "'":
            word += char
        elif char == "\\" and (not inside or following in ('"', "\\")):
            if not following:
                raise ValueError("No escaped character")
            word += following
            started = True
            at += 1
        elif inside and char == inside:
            inside = ""
        elif not inside and char in ("'", '"'):
            inside, started = char, True
        elif not inside and char.isspace():
            if started:
                words.append(word)
            word, started = "", False
        else:
            word += char
            started = True
        at += 1
    if inside:
        raise ValueError("No closing quotation")
    return [*words, word] if started else words


def quote(s: str) -> str:
    """A word as a shell reads it back."""
    if s and all(char in _SAFE for char in s):
        return s
    return "'" + s.replace("'", "'\"'\"'") + "'"


def join(split_command: list[str]) -> str:
    """A list as a command line."""
    return " ".join([quote(word) for word in split_command])
