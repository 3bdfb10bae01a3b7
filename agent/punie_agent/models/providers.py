"""Models of pydantic-ai's providers: their packages and keys are the user's to add, and a sentence says which."""

from __future__ import annotations

import asyncio
import os
import re

from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model, infer_model
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import ModelNotUsable
from punie_agent.models.choice import ModelChoice, Style
from punie_agent.models.failures import Endpoint
from punie_agent.models.limits import ModelOptions
from punie_agent.models.specs import Spec
from punie_agent.models.tolerant import TolerantModel
from punie_semantic.registry import TOOLS


async def open_provider(spec: Spec, options: ModelOptions, style: Style) -> ModelChoice:
    """A model of one of pydantic-ai's providers; entering it is left to the caller. Its package is imported only now.

    Raises:
        ModelNotUsable: a package or a key is missing, or there is no such model.
    """
    try:
        model = await asyncio.to_thread(infer_model, spec.text)
    except ImportError as error:
        raise ModelNotUsable(_missing_package(spec, error)) from error
    except (UserError, ValueError) as error:
        raise ModelNotUsable(_missing_key(spec, str(error))) from error
    settings = options.over(ModelSettings())
    hint = f"check the variable {_variable(spec.provider)}"
    length = options.context_length or _window(model)
    endpoint = Endpoint(
        spec.text, key=os.environ.get(_variable(spec.provider), ""), key_hint=hint, context_length=length
    )
    return ModelChoice(TolerantModel(model, endpoint, options, tools=TOOLS), spec.text, settings, style, length)


def _window(model: Model) -> int | None:
    try:
        return model.context_window
    except NotImplementedError:
        return None


def _missing_package(spec: Spec, error: ImportError) -> str:
    named = re.search(r"pip install [\"']?([\w.\[\],-]+)", str(error))
    package = named[1] if named else f"pydantic-ai-slim[{spec.provider}]"
    return f"{spec.text} needs a package that is not installed: pip install '{package}'."


def _missing_key(spec: Spec, said: str) -> str:
    variable = re.search(r"`([A-Z][A-Z0-9_]+)`", said)
    if variable:
        return f"{spec.text} needs an API key: set the variable {variable[1]}."
    near = re.search(r"Did you mean '([^']+)'", said)
    hint = f"do you mean {near[1]}?" if near else "a provider is named as in anthropic:NAME or openai:NAME."
    return f"There is no model {spec.text!r}; {hint}"


def _variable(provider: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', provider.partition('-')[0]).upper()}_API_KEY"
