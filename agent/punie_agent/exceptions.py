"""Errors of the agent.

AgentError
├── ProgramError    a program did not type-check, failed, or broke a limit; the message is for the model
└── ModelError      the model could not answer
"""

from __future__ import annotations


class AgentError(Exception):
    """Base of the agent's errors."""


class ProgramError(AgentError):
    """A program did not type-check, failed, or broke a limit. `output` is what it printed before."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


class ModelError(AgentError):
    """The model could not answer."""
