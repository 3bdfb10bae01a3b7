"""Under the grammar even a random model writes words, or a program of known calls; also over HTTP, and with a draft."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from punie_agent.models.small_prompt import chat
from punie_training.grammar.lark import answers
from punie_training.grammar.matching import refusal
from punie_training.mlx.environment import environment
from tests.tiny_models import make_tiny_model

GENERATE = """
import json, sys
from punie_training.mlx import blas
blas.load()
import mlx.core as mx
from mlx_lm import load, stream_generate
from mlx_lm.sample_utils import make_sampler
from punie_training.grammar.lark import answers
from punie_training.grammar.processor import ModelGrammar, grammar_tokenizer

job = json.loads(sys.argv[1])
model, tokenizer = load(job["base"])
draft = {"draft_model": load(job["draft"])[0], "num_draft_tokens": 3} if job["draft"] else {}
known = ModelGrammar(grammar_tokenizer(tokenizer), job["grammar"] or answers())
prompt = tokenizer.apply_chat_template(job["chat"], add_generation_prompt=True)
found = []
for seed in range(job["answers"]):
    mx.random.seed(seed)
    grammar = known.processor()
    processors = [grammar] if job["on"] else []
    parts = list(stream_generate(model, tokenizer, prompt, max_tokens=job["tokens"],
                                 sampler=make_sampler(temp=1.0), logits_processors=processors, **draft))
    text = "".join(part.text for part in parts)
    found.append({"text": text, "end": parts[-1].finish_reason, "steps": grammar.steps, "seconds": grammar.seconds})
print(json.dumps(found))
"""

# Only programs: a random model would otherwise write words.
PROGRAMS = answers().replace("start: WORDS | ", "start: ")


def generate(base: Path, *, on: bool, draft: Path | None = None, answers_: int = 4, tokens: int = 60) -> list[dict]:
    job = {
        "base": str(base),
        "draft": str(draft) if draft else "",
        "on": on,
        "answers": answers_,
        "tokens": tokens,
        "chat": chat("Check types"),
        "grammar": PROGRAMS,
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", GENERATE, json.dumps(job)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def keeps(text: str, end: str) -> bool:
    """Whether an answer keeps to the grammar, as far as it goes."""
    found = refusal(text, PROGRAMS)
    return found is None if end == "stop" else found is None or not found.after


def test_a_random_model_writes_programs_under_the_grammar(base: Path):
    free = generate(base, on=False)
    held = generate(base, on=True)

    assert not any(keeps(each["text"], each["end"]) for each in free)
    assert all(each["text"].startswith("```python\n") for each in held)
    assert all(keeps(each["text"], each["end"]) for each in held), held
    assert len({each["text"] for each in held}) > 1
    assert all(each["steps"] >= 10 for each in held)


def test_a_draft_model_keeps_to_the_grammar_too(base: Path, tmp_path: Path):
    draft = make_tiny_model(tmp_path / "draft", seed=7)

    held = generate(base, on=True, draft=draft)

    assert all(keeps(each["text"], each["end"]) for each in held), held


@contextmanager
def server(base: Path, grammar: str) -> Generator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**environment(), "PUNIE_GRAMMAR": grammar}
    command = [sys.executable, "-P", "-c", SERVE, "--model", str(base), "--port", str(port), "--log-level", "WARNING"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url, process)
            yield url
        finally:
            process.kill()


SERVE = """
from punie_training.mlx import blas
blas.load()
from punie_training.grammar.server_hook import install
install()
from mlx_lm import server
server.main()
"""


def wait_for(url: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def ask(url: str, options: object = None) -> tuple[int, str]:
    body = {"messages": chat("Check types"), "max_tokens": 40, "temperature": 1.0}
    if options is not None:
        body["chat_template_kwargs"] = options
    request = urllib.request.Request(
        f"{url}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            choice = json.load(response)["choices"][0]
            return response.status, choice["message"]["content"] or ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def is_answer(text: str) -> bool:
    found = refusal(text)
    return found is None or not found.after


def test_a_request_chooses_the_grammar(base: Path):
    with server(base, "") as url:
        free = [ask(url) for _ in range(3)]
        held = [ask(url, {"grammar": "codemode"}) for _ in range(3)]
        wrong = ask(url, {"grammar": "sql"})
        alive = ask(url)

    assert all(status == 200 for status, _ in [*free, *held, alive])
    assert all(is_answer(text) for _, text in held)
    assert wrong[0] == 400
    assert "there is no grammar 'sql'" in wrong[1]


def test_the_environment_chooses_it_for_all(base: Path):
    with server(base, "1") as url:
        held = [ask(url) for _ in range(3)]
        free = [ask(url, {"grammar": "off"}) for _ in range(3)]

    assert all(is_answer(text) for _, text in held)
    assert all(status == 200 for status, _ in free)


def test_our_server_installs_it(base: Path):
    """`punie_training.mlx.server` looks at the same variable."""
    from punie_training.grammar import server_hook
    from punie_training.mlx import server as ours

    assert ours.GRAMMAR_VARIABLE == server_hook.VARIABLE
    assert server_hook.__name__ == ours.GRAMMAR_MODULE


def test_another_mlx_lm_is_refused():
    program = """
from mlx_lm import server
from punie_training.grammar.server_hook import install
from punie_training.exceptions import ServingError
for change in ("del server._make_logits_processors", "server._make_logits_processors = lambda args, more: []"):
    exec(change)
    try:
        install()
    except ServingError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], env=environment(), capture_output=True, text=True, timeout=60
    )

    lines = done.stdout.splitlines()
    assert len(lines) == 2, done.stderr
    assert all("has another _make_logits_processors in its server than 0.32.2" in line for line in lines)
    assert all("or serve without PUNIE_GRAMMAR" in line for line in lines)
