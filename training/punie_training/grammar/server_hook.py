"""The grammar inside `mlx_lm.server`: a private function of the pinned version is replaced, and checked first.

A request chooses by `chat_template_kwargs: {"grammar": "codemode"}` or `"off"`; PUNIE_GRAMMAR=1 chooses for the rest.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import logging
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from punie_training.exceptions import MissingExtra, ServingError
from punie_training.grammar.lark import answers
from punie_training.grammar.processor import ModelGrammar, grammar_tokenizer

VARIABLE = "PUNIE_GRAMMAR"
CHOICE = "grammar"
CODE_MODE = "codemode"
OFF = "off"
MADE_FOR = "0.32.2"

logger = logging.getLogger(__name__)


def install() -> None:
    """Make this process's `mlx_lm.server` obey the grammar; to be called before its `main`.

    Raises:
        ServingError: the functions that it replaces are not there, or not as they were in the pinned version.
    """
    try:
        from mlx_lm import server
    except ImportError as error:
        raise MissingExtra("mlx-lm") from error
    _check(server)
    grammar = answers()
    current: dict[str, ModelGrammar] = {}
    # Assigned through a name without types: a checker knows the functions as they are.
    private: Any = server
    private.ModelProvider._load = _remembering(server.ModelProvider._load, current, grammar)
    private._make_logits_processors = _constraining(server._make_logits_processors, current)
    private.APIHandler.validate_model_parameters = _checking(server.APIHandler.validate_model_parameters)


def problem(options: object) -> str:
    """What is wrong with a request's `chat_template_kwargs`, as far as they choose a grammar; else empty."""
    if options is None:
        return ""
    if not isinstance(options, dict):
        return "chat_template_kwargs must be an object"
    choice = options.get(CHOICE, OFF)
    return "" if choice in (CODE_MODE, OFF) else f'there is no grammar {choice!r}: "{CODE_MODE}" or "{OFF}"'


def wanted(options: object, environment: str) -> bool:
    """Whether a request is held to the grammar: by its own choice, else by the value of PUNIE_GRAMMAR."""
    choice = options.get(CHOICE) if isinstance(options, dict) else None
    return environment == "1" if choice is None else choice == CODE_MODE


def _check(server: ModuleType) -> None:
    for owner, name, parameters in (
        ("", "_make_logits_processors", ["args"]),
        ("ModelProvider", "_load", ["self", "model_path", "adapter_path", "draft_model_path"]),
        ("APIHandler", "validate_model_parameters", ["self"]),
    ):
        place = getattr(server, owner, None) if owner else server
        function = getattr(place, name, None)
        if function is None or list(inspect.signature(function).parameters) != parameters:
            version = importlib.metadata.version("mlx-lm")
            raise ServingError(
                f"mlx-lm {version} has another {name} in its server than {MADE_FOR}, so the grammar cannot be used."
                f" Install mlx-lm=={MADE_FOR}, or serve without {VARIABLE}."
            )


def _remembering(load: Callable[..., None], current: dict[str, ModelGrammar], grammar: str) -> Callable[..., None]:
    """A `_load` that keeps the grammar for the new model's tokenizer."""

    def remembered(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - mlx-lm's own
        load(self, *args, **kwargs)
        current["grammar"] = ModelGrammar(grammar_tokenizer(self.tokenizer), grammar)

    # The check of a second installation sees the same signature.
    remembered.__signature__ = inspect.signature(load)  # ty: ignore[missing-attribute] - functions have it
    return remembered


def _constraining(make: Callable[[Any], list[Any]], current: dict[str, ModelGrammar]) -> Callable[[Any], list[Any]]:
    """A `_make_logits_processors` that adds the grammar's, behind mlx-lm's own."""

    def made(args: Any) -> list[Any]:  # noqa: ANN401 - mlx-lm's GenerationArguments
        processors = list(make(args) or [])
        if wanted(getattr(args, "chat_template_kwargs", None), os.environ.get(VARIABLE, "").strip()):
            processors.append(current["grammar"].processor())
        return processors

    made.__signature__ = inspect.signature(make)  # ty: ignore[missing-attribute] - functions have it
    return made


def _checking(check: Callable[[Any], None]) -> Callable[[Any], None]:
    """A `validate_model_parameters` that refuses an unknown grammar, before the request reaches the model."""

    def checked(self: Any) -> None:  # noqa: ANN401 - mlx-lm's APIHandler
        check(self)
        if wrong := problem(self.chat_template_kwargs):
            raise ValueError(wrong)

    checked.__signature__ = inspect.signature(check)  # ty: ignore[missing-attribute] - functions have it
    return checked
