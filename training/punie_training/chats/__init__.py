"""Chats as a model's own template renders them, and the checks that spare a whole experiment.

Knows tokenizers and datasets; neither models' weights nor training.
"""

from __future__ import annotations

from punie_training.chats.checking import Problem, check_chat, refusals
from punie_training.chats.families import FAMILIES, ChatFamily, Style, family_for, family_named
from punie_training.chats.rendering import render
from punie_training.chats.templated import with_template

__all__ = [
    "FAMILIES",
    "ChatFamily",
    "Problem",
    "Style",
    "check_chat",
    "family_for",
    "family_named",
    "refusals",
    "render",
    "with_template",
]
