"""The page that tells another authority how to write its registry knows every field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from hwb_analysis.strategy import model, words
from hwb_analysis.vocabulary import Direction, MeasureType, Polarity, SeriesUse

PAGE = (Path(__file__).parents[2] / "docs" / "registry.md").read_text(encoding="utf-8")
MARKED = set(re.findall(r"`([^`]+)`", PAGE))
MODELS = [
    m
    for m in vars(model).values()
    if isinstance(m, type) and issubclass(m, model.Frozen) and m is not model.Frozen
]


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_every_field_is_explained_and_marked_when_required(kind: type[BaseModel]):
    for name, field in kind.model_fields.items():
        # The key of an indicator is the word in front of it.
        if kind is model.Indicator and name == "key":
            continue
        assert name in MARKED, f"{kind.__name__}.{name} is not on the page"
        if field.is_required():
            assert f"`{name}`*" in PAGE, f"{kind.__name__}.{name} is not marked as required"


@pytest.mark.parametrize(
    "closed",
    [
        Direction,
        MeasureType,
        Polarity,
        SeriesUse,
        words.ValueType,
        words.BenchmarkMethod,
        words.TargetKind,
        words.Confidence,
    ],
)
def test_every_word_of_the_closed_lists_is_named(closed):
    for word in closed:
        assert word.value in PAGE
