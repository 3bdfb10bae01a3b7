"""Programs as models write them for Punie, by hand, and what they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FILES: dict[str, str | bytes] = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "import os\n\n"
        "from shop.prices import price\n"
        "\n\n"
        "class Cart:\n"
        '    """A cart."""\n'
        "\n"
        "    def __init__(self) -> None:\n"
        "        self.items: list[str] = []\n"
        "\n"
        "    def total(self):\n"
        "        return sum(price(item) for item in self.items)\n"
        "\n"
        "    def add(self, item: str) -> None:\n"
        "        self.items.append(item)\n"
    ),
    "shop/prices.py": (
        "import json\n\nPRICES = {'tea': 3, 'milk': 2}\n\n\ndef price(item: str) -> int:\n    return PRICES[item]\n"
    ),
    "shop/report.py": (
        "from shop.cart import Cart\n\n\n"
        "def report(cart: Cart) -> str:\n    # TODO: round\n    return 'Total: ' + cart.total()\n"
    ),
    "README.md": "# Shop\n\nTODO: write\n",
}


@dataclass(frozen=True)
class Sample:
    """A program, and its value; `refusal` is part of the message when it cannot run."""

    name: str
    code: str
    value: Any = None
    refusal: str = ""


SAMPLES = (
    Sample("count", "len(list_files('*.py').files)", 4),
    Sample(
        "fixable findings by file",
        "by_file = {}\nfor v in ruff_check('.').violations:\n    if v.fixable:\n"
        "        by_file.setdefault(v.file, []).append(v.code)\nby_file",
        {"shop/cart.py": ["F401"], "shop/prices.py": ["F401"]},
    ),
    Sample(
        "defaultdict",
        "from collections import defaultdict\nby_code = defaultdict(int)\nfor v in ruff_check().violations:\n"
        "    by_code[v.code] += 1\ndict(by_code)",
        {"F401": 2},
    ),
    Sample(
        "Counter",
        "from collections import Counter\nCounter([v.code for v in ruff_check().violations]).most_common(1)",
        [["F401", 2]],
    ),
    Sample(
        "next with a generator and a default",
        "first = next((s for s in document_symbols('shop/cart.py').symbols if s.kind == 'class'), None)\n"
        "first.name if first else ''",
        "Cart",
    ),
    Sample("next alone", "next(f for f in list_files().files if f.endswith('.md'))", "README.md"),
    Sample(
        "sorted by a field",
        "[m.file for m in sorted(search_text('TODO').matches, key=lambda m: m.line, reverse=True)]",
        ["shop/report.py", "README.md"],
    ),
    Sample(
        "sorted by a tool",
        "sorted(['shop/report.py', 'shop/cart.py'], key=lambda f: read_file(f).total_lines)",
        ["shop/report.py", "shop/cart.py"],
    ),
    Sample(
        "max by a function that calls a tool",
        "def size(path):\n    return read_file(path).total_lines\n\nmax(list_files('*.py').files, key=size)",
        "shop/cart.py",
    ),
    Sample("map with a tool", "list(map(lambda f: read_file(f).total_lines, ['README.md']))", [3]),
    Sample(
        "filter with a tool",
        "list(filter(lambda f: ruff_check(f).violations, list_files('*.py').files))",
        ["shop/cart.py", "shop/prices.py"],
    ),
    Sample("any with a tool", "any(not ruff_check(f).success for f in list_files('*.py').files)", True),
    Sample(
        "try and except with a builtin error",
        "try:\n    text = read_file('gone.py').text\nexcept FileNotFoundError:\n    text = 'none'\n"
        "except RuntimeError as e:\n"
        "    text = 'missing' if 'does not exist' in str(e) else str(e)\ntext",
        "missing",
    ),
    Sample(
        "edit, verify, roll back",
        "start = checkpoint()\nedit_file('shop/cart.py', 'import os\\n', '')\nreport = verify_edits(start)\n"
        "if report.state != 'clean':\n    rollback(start)\n(report.state, len(report.fixed))",
        ["clean", 1],
    ),
    Sample(
        "a dataclass",
        "from dataclasses import dataclass\n\n@dataclass\nclass Found:\n    file: str\n    line: int\n\n"
        "[Found(m.file, m.line) for m in search_text('TODO').matches][0].line",
        3,
    ),
    Sample("regular expressions", "import re\nre.findall(r'class (\\w+)', read_file('shop/cart.py').text)", ["Cart"]),
    Sample(
        "a regular expression that may not match",
        "import re\nm = re.search(r'def (\\w+)', read_file('shop/prices.py').text)\nm.group(1) if m else ''",
        "price",
    ),
    Sample("json", "import json\njson.loads(json.dumps({'n': [1, 2]}))['n']", [1, 2]),
    Sample("a path's parts", "from pathlib import Path\n[Path(f).stem for f in list_files('*.md').files]", ["README"]),
    Sample("os.path", "import os\nsorted({os.path.dirname(f) for f in list_files('*.py').files})", ["shop"]),
    Sample(
        "dedent",
        "from textwrap import dedent\ndedent('''\n    def f():\n        pass\n''').strip()",
        "def f():\n    pass",
    ),
    Sample(
        "difflib",
        "import difflib\na = read_file('README.md').text.splitlines(keepends=True)\n"
        "b = [line.replace('TODO', 'DONE') for line in a]\n"
        "[d for d in difflib.unified_diff(a, b) if d.startswith('+')][1]",
        "+TODO: write\n".replace("TODO", "DONE"),
    ),
    Sample("close matches", "import difflib\ndifflib.get_close_matches('pric', ['price', 'report'])", ["price"]),
    Sample("itemgetter", "from operator import itemgetter\nsorted([('b', 2), ('a', 1)], key=itemgetter(1))[0][0]", "a"),
    Sample(
        "attrgetter",
        "from operator import attrgetter\nmax(search_text('TODO').matches, key=attrgetter('line')).line",
        5,
    ),
    Sample(
        "attrgetter with the line",
        "from operator import attrgetter\nmin(document_symbols('shop/prices.py').symbols, key=attrgetter('line')).name",
        "PRICES",
    ),
    Sample("string", "import string\n'x' in string.ascii_letters", True),
    Sample("statistics", "import statistics\nstatistics.mean([read_file(f).total_lines for f in ['README.md']])", 3),
    Sample(
        "fnmatch", "from fnmatch import fnmatch\n[f for f in list_files().files if fnmatch(f, '*.md')]", ["README.md"]
    ),
    Sample("del of an item", "d = {f: 1 for f in list_files('*.md').files}\ndel d['README.md']\nd", {}),
    Sample("del of a slice", "lines = ['a', 'b', 'c']\ndel lines[1:]\nlines", ["a"]),
    Sample(
        "a function with annotations",
        "from collections.abc import Iterable\n\ndef codes(paths: Iterable[str]) -> list[str]:\n"
        "    return [v.code for p in paths for v in ruff_check(p).violations]\n\ncodes(['shop/cart.py'])",
        ["F401"],
    ),
    Sample(
        "future annotations", "from __future__ import annotations\n\ndef f(x: int) -> int:\n    return x\n\nf(1)", 1
    ),
    Sample(
        "a main function",
        "def main():\n    return len(list_files('*.md').files)\n\nif __name__ == '__main__':\n    n = main()\nn",
        1,
    ),
    Sample(
        "gather",
        "import asyncio\nfound = await asyncio.gather(*[read_file(f) for f in list_of] )\n"
        "sum(f.total_lines for f in found)".replace("list_of", "['README.md', 'shop/cart.py']"),
        19,
    ),
    Sample(
        "await in a loop",
        "files = (await list_files('*.md')).files\ntexts = []\nfor f in files:\n"
        "    texts.append((await read_file(f)).text)\nlen(texts)",
        1,
    ),
    Sample(
        "asyncio.run",
        "import asyncio\n\nasync def main():\n"
        "    a, b = await asyncio.gather(ruff_check('shop/cart.py'), ruff_check('shop/report.py'))\n"
        "    return a.success, b.success\n\nasyncio.run(main())",
        [False, True],
    ),
    Sample(
        "a coroutine for each file",
        "import asyncio\n\nasync def lines(path):\n    return path, (await read_file(path)).total_lines\n\n"
        "dict(await asyncio.gather(*map(lines, ['README.md'])))",
        {"README.md": 3},
    ),
    Sample(
        "create_task",
        "import asyncio\ntask = asyncio.create_task(read_file('README.md'))\n(await task).total_lines",
        3,
    ),
    Sample(
        "rename, then look at the diff",
        "r = rename_symbol('cost', symbol='price', path='shop/prices.py')\nsorted(r.files)",
        ["shop/cart.py", "shop/prices.py"],
    ),
    Sample(
        "all fixes of one rule",
        "for v in ruff_check().violations:\n    if v.code == 'F401':\n        ruff_fix(v.file, 'F401')\n"
        "ruff_check().violation_count",
        0,
    ),
    Sample(
        "type errors with their lines",
        "[(e.file, e.line) for e in typecheck().errors if e.severity == 'error']",
        [],
    ),
    Sample(
        "match",
        "match diagnostics('shop/cart.py').problems:\n    case []:\n        what = 'none'\n"
        "    case [only]:\n        what = only.code\n"
        "    case _:\n        what = 'many'\nwhat",
        "F401",
    ),
    Sample("a while loop with a walrus", "n = 0\nwhile (n := n + 1) < 5:\n    pass\nn", 5),
    Sample("f-strings", "f\"{len(list_files('*.py').files):>3} files, {1/3:.2f}\"", "  4 files, 0.33"),
    Sample(
        "print a table",
        "for f in list_files('*.md').files:\n    print(f'{f:<12}', read_file(f).total_lines, sep='|')",
        None,
    ),
    Sample(
        "groupby",
        "from itertools import groupby\nms = sorted(ruff_check().violations, key=lambda v: v.file)\n"
        "{f: len(list(g)) for f, g in groupby(ms, key=lambda v: v.file)}",
        {"shop/cart.py": 1, "shop/prices.py": 1},
    ),
    Sample(
        "partial",
        "from functools import partial\nlook = partial(search_text, path='README.md')\nlook('TODO').matches[0].line",
        3,
    ),
    Sample(
        "a tool as a value",
        "tools = {'ruff': ruff_check, 'ty': typecheck}\n"
        "{k: t('README.md' if 0 else 'shop').state for k, t in tools.items()}",
        {"ruff": "errors", "ty": "clean"},
    ),
    Sample(
        "suppress",
        "from contextlib import suppress\nwith suppress(RuntimeError):\n    read_file('gone.py')\n'went on'",
        "went on",
    ),
    Sample("tool_help", "'rename_file' in tool_help('rename_file')", True),
    Sample(
        "ask before a tool is used",
        "print(tool_help('import_path_of'))\nimport_path_of('shop/cart.py', 'Cart').statement",
        "from shop.cart import Cart",
    ),
    Sample(
        "an exception of one's own",
        "class Stop(Exception):\n    pass\n\ntry:\n    raise Stop('x')\nexcept Stop:\n    n = 1\nn",
        refusal="Classes cannot inherit here",
    ),
    Sample(
        "a generator function",
        "def lines(p):\n    for line in read_file(p).text.splitlines():\n        yield line\n\n"
        "list(lines('README.md'))",
        refusal="`yield` is not available here",
    ),
    Sample("ast", "import ast\nast.parse(read_file('shop/cart.py').text)", refusal="Use document_symbols(path)"),
    Sample("open", "with open('README.md') as f:\n    text = f.read()\ntext", refusal="use read_file(path).text"),
    Sample("subprocess", "import subprocess\nsubprocess.run(['ruff', 'check'])", refusal="use run_command([...])"),
    Sample(
        "an Enum",
        "from enum import Enum\n\nclass Kind(Enum):\n    A = 1\nKind.A",
        refusal="Classes cannot inherit here",
    ),
)
