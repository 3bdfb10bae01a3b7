"""Models of servers that speak OpenAI's protocol. Importing it takes most of a second: never on the event loop."""

from __future__ import annotations

import httpx2
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.vllm import VLLMProvider
from pydantic_ai.settings import ModelSettings

# Local servers know neither of these parts of OpenAI's protocol.
_PROFILE = OpenAIModelProfile(
    openai_supports_strict_tool_definition=False, openai_chat_supports_max_completion_tokens=False
)


class LocalProvider(VLLMProvider):
    """Any server that speaks OpenAI's protocol, with the profiles of open models."""

    @property
    def name(self) -> str:
        """The name in usage records."""
        return "local"


def chat_model(name: str, url: str, key: str, client: httpx2.AsyncClient, settings: ModelSettings) -> OpenAIChatModel:
    """A model as its server names it; requests are made once."""
    provider = LocalProvider(base_url=url, api_key=key or "none", http_client=client)
    provider.client.max_retries = 0
    return OpenAIChatModel(name, provider=provider, settings=settings, profile=_PROFILE)
