"""What needs no look at the code: greetings, help, taking edits back, and saying what cannot be done."""

from __future__ import annotations

from punie_agent.planner.programs import program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import trouble

ADD_A_MODEL = (
    'Add a model for it: start one on your machine, then put `model = "local"` under `[tool.punie]` in your '
    "pyproject.toml (five lines, see docs/models.md)."
)
CANNOT = (
    "The builtin planner has no recipe for this request. It works by rules, without a language model. "
    f"{ADD_A_MODEL} Ask `what can you do` for what it understands."
)

_HELP = """\
I work by rules, on your machine, without a language model. I understand requests such as these:

- find: `find references to Cart.total`, `where is Cart defined?`, `who calls Cart.total?`, `subclasses of Cart`
- explain: `what does Cart.total do?`, `outline of src/app.py`, `explain rule F401`, `show the dependency graph`
- check: `check types in src`, `lint src`, `run the tests`, `why does the failing test fail?`, `which tests cover Cart?`
- edit: `rename Cart to Basket`, `move a.py to b.py`, `extract lines 12-19 of src/app.py into a function`, \
`add types to src/app.py`, `organise imports in src/app.py`, `fix all problems in src/app.py`, \
`write a docstring for Cart.total`

Every edit is re-checked with ty and ruff before you are offered it. docs/requests.md lists all. \
"""

_ROLLBACK = """
rollback(0)
{"done": True}
"""


def says(text: str) -> Step:
    """An answer that needs no program."""
    return Answer(text)


def _step_rollback(slots: Slots, results: Results) -> Step:
    if not results:
        return program(_ROLLBACK)
    applied = "What was applied to your files before is taken back with `punie.undo` or `punie-ls undo`."
    return trouble(results[-1]) or Answer(f"The edits that were not applied yet are dropped. {applied}")


RECIPES = (
    Recipe(
        name="help",
        does="What it understands",
        phrases=(
            "help [me]",
            "what (can|do) you [do|help with|offer|know|understand]",
            "what can i ask [you]",
            "how (can|do) (you help me|i use you|you work|i use this|i use punie)",
            "(who|what) are you",
            "what are your (features|commands|abilities|skills|capabilities)",
            "(show|list) [me] [your|the|all] (commands|features|capabilities|recipes)",
        ),
        example="what can you do?",
        step=lambda slots, results: says(f"{_HELP}For everything else: {ADD_A_MODEL}"),
        weight=1,
    ),
    Recipe(
        name="greeting",
        does="Says hello, and looks at nothing",
        phrases=(
            "(hello|hi|hey|hallo|moin|greetings|howdy) [there|punie|again|all|everyone]",
            "good (morning|afternoon|evening|day) [punie]",
            "how are you [doing|today]",
        ),
        example="hello",
        step=lambda slots, results: says(
            "Hello. Ask me about your code, for example `find references to NAME`, or `what can you do` for a list."
        ),
    ),
    Recipe(
        name="thanks",
        does="Takes thanks",
        phrases=(
            "(thanks|thx|cheers) [a lot|so much|very much|punie|again]",
            "thank you [a lot|so much|very much|punie|again]",
            "(great|nice|perfect|cool|awesome|ok|okay|good job|well done)",
            "(bye|goodbye|good bye|see you)",
        ),
        example="thanks",
        step=lambda slots, results: says("You are welcome."),
    ),
    Recipe(
        name="undo",
        does="How to take back what was applied",
        phrases=(
            "(undo|redo) [that|this|it|everything|the last] [edit|change|edits|changes]",
            "(take|take back|revert) [the] last (edit|change|fix)",
        ),
        example="undo that",
        step=lambda slots, results: says(
            "What Punie applied is taken back with the command `punie.undo` in the editor, or `punie-ls undo` in a "
            "terminal; `punie-ls history` lists it. Edits that were not applied yet go with `drop your edits`."
        ),
    ),
    Recipe(
        name="rollback",
        does="Drops the edits that were not applied yet",
        phrases=(
            "(rollback|roll back) [all|the|your|my] [edits|changes|everything]",
            (
                "(drop|discard|revert|forget|cancel|throw away) [all|the] [of] [your|the|these|those|my] "
                "[proposed|last] (edits|changes|proposal|proposals)"
            ),
        ),
        example="drop your edits",
        step=_step_rollback,
        edits=True,
    ),
)
