"""The catalogue of phrases, read from the file beside this module, and how one is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import UsageError

FILE = Path(__file__).with_name("catalogue.yaml")


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Any]:
    """Return all phrases; a key holds a phrase, or phrases by the word they are for."""
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def phrase(key: str, word: str = "") -> str:
    """Return one phrase of the catalogue, unfilled.

    Raises
    ------
    UsageError
        When the catalogue has no such phrase.

    Examples
    --------
    >>> phrase("verb", "increase")
    'rose'
    """
    found = catalogue().get(key)
    if isinstance(found, dict):
        found = found.get(word)
    if not isinstance(found, str):
        raise UsageError(f"the catalogue has no phrase '{key} {word}'".rstrip(), where=FILE.name)
    return found


def phrases(key: str) -> dict[str, str]:
    """Return the phrases of one key by their words."""
    return {str(word): str(text) for word, text in catalogue()[key].items()}


def say(key: str, word: str = "", /, **values: object) -> str:
    """Return one phrase with its blanks filled in.

    Raises
    ------
    UsageError
        When a blank has no value, or a value is missing: nothing missing is ever voiced.

    Examples
    --------
    >>> say("source", source="Office for National Statistics")
    'Source: Office for National Statistics.'
    """
    absent = [name for name, value in values.items() if value is None or value != value]
    if absent:
        raise UsageError(f"the phrase '{key}' was given a missing {', '.join(absent)}")
    try:
        return phrase(key, word).strip().format(**values)
    except KeyError as error:
        raise UsageError(f"the phrase '{key}' lacks {error}", where=FILE.name) from error


def number_of(count: int, thing: str) -> str:
    """Return a count with its noun in the right number.

    Examples
    --------
    >>> number_of(1, "measure"), number_of(0, "measure"), number_of(1200, "figure")
    ('1 measure', '0 measures', '1,200 figures')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def listed(items: list[str]) -> str:
    """Join items as a sentence does; with semicolons where an item has an "and" of its own.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    >>> listed(["tea and cake", "beer"])
    'tea and cake; beer'
    """
    if len(items) > 1 and any(" and " in item or ", " in item for item in items):
        return "; ".join(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
