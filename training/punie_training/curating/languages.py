"""The natural language of a query; says that it does not know where there is too little to tell by."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from punie_training.exceptions import DatasetError, MissingExtra

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNKNOWN = "unknown"
# Those that people write to Punie in. With more to choose from, short English is taken for Latin or Malagasy.
LANGUAGES = ("cs", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh")
LEAST_WORDS = 4
LEAST_LETTERS = 16
LEAST_IDEOGRAPHS = 4
LEAST_CONFIDENCE = 0.7

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\[redacted:[a-z-]+\]|https?://\S+", re.DOTALL)
# Paths, dotted and snake_case names, CamelCase, calls, and words with digits are no words of a language.
_NAME = re.compile(r"\S*[_/\\.(){}\[\]=<>@#\d]+\w\S*|\S*\(\)\S*|\b\w*[a-z][A-Z]\w*\b|\S*\d\S*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def language_of(text: str) -> str:
    """The language's ISO 639-1 code, one of LANGUAGES, or `unknown`.

    Names, paths and code are left out first. What is left must have some words, and the guess must be a clear one.

    Raises:
        MissingExtra: py3langid is not installed.
    """
    prose = _NAME.sub(" ", _CODE.sub(" ", text))
    ideographs = len(_IDEOGRAPH.findall(prose))
    words = _WORD.findall(prose)
    short = len(words) < LEAST_WORDS or sum(map(len, words)) < LEAST_LETTERS
    if short and ideographs < LEAST_IDEOGRAPHS:
        return UNKNOWN
    code, confidence = _identifier().classify(" ".join(prose.split()))
    return code if confidence >= LEAST_CONFIDENCE else UNKNOWN


def check_language(code: str) -> str:
    """The code again. Raises DatasetError when it is not one of LANGUAGES."""
    if code not in LANGUAGES:
        raise DatasetError(f"{code!r} is no language that is looked for. Pass one of {', '.join(LANGUAGES)}.")
    return code


@cache
def _identifier() -> LanguageIdentifier:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError as error:
        raise MissingExtra("py3langid") from error
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
