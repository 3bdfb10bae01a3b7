"""A day's work: many open documents, many changes, a large file. The relay stays small and forgets nothing."""

from __future__ import annotations

from pathlib import Path

from tests.faults.editor import start

DOCUMENTS = 300
CHANGES = 5_000
LARGE = "value = 1  # " + "x" * 87 + "\n"


async def test_after_many_changes_a_fresh_server_knows_each_text(workspace: Path) -> None:
    async with start(workspace) as editor:
        uris = [editor.new(f"name = {n}\n") for n in range(DOCUMENTS)]
        large = editor.new(LARGE * 20_000 + "name = 0\n")
        await editor.settled("workspace/executeCommand", {"command": "punie.fix"})
        before = editor.relay().memory_info().rss
        name = {"start": {"line": 20_000, "character": 7}, "end": {"line": 20_001, "character": 0}}
        for number in range(CHANGES):
            editor.change(large, number + 2, {"range": name, "text": f"1{number:05}\n"})
            if number % 100 == 0:
                await editor.written()
        for number, uri in enumerate(uris):
            editor.type(uri, f"name = 'unsaved {number}'\n")
        at = {"line": 20_000, "character": 1}
        params = {"textDocument": {"uri": large}, "position": at}
        assert await editor.settled("textDocument/hover", params)
        grown = editor.relay().memory_info().rss - before
        (await editor.running("ty")).kill()
        await editor.asked("workspace/diagnostic/refresh")

        found = (await editor.settled("textDocument/hover", params))["contents"]["value"]
        assert f"Literal[1{CHANGES - 1:05}]" in found
        for number in (0, 17, DOCUMENTS - 1):
            params = {"textDocument": {"uri": uris[number]}, "position": {"line": 0, "character": 1}}
            hover = await editor.settled("textDocument/hover", params)
            assert f'Literal["unsaved {number}"]' in hover["contents"]["value"]
        assert grown < 64_000_000
