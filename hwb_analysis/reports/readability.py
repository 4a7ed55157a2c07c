"""How easily a text is read: grades of two published formulas, as reading ages.

* Flesch and Kincaid: ``0.39 words/sentences + 11.8 syllables/words - 15.59``
* SMOG: ``1.0430 sqrt(30 long/sentences) + 3.1291``, long words having three syllables or more

A grade is a year of school in the United States; five added make an age. Syllables are
counted by rule, which errs by a few in a hundred. A low age is no proof of plain English.

Sources: Kincaid and others 1975; McLaughlin 1969.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt

from hwb_analysis.errors import StatisticsError

AGE_AT_GRADE_0 = 5
LONG = 3
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^aeioutd]ed|[^laeiouy]e)$")


@dataclass(frozen=True, slots=True)
class Readability:
    """Counts of a text and the ages that the formulas give."""

    sentences: int
    words: int
    syllables: int
    long_words: int

    @property
    def flesch_kincaid_age(self) -> float:
        """Age by Flesch and Kincaid."""
        grade = 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59
        return grade + AGE_AT_GRADE_0

    @property
    def smog_age(self) -> float:
        """Age by SMOG; of short texts an approximation."""
        return 1.0430 * sqrt(30 * self.long_words / self.sentences) + 3.1291 + AGE_AT_GRADE_0


def readability(text: str) -> Readability:
    """Return the counts of a text.

    Raises
    ------
    StatisticsError
        When there is no word in it.

    Examples
    --------
    >>> found = readability("The cat sat on the mat. It was happy.")
    >>> found.sentences, found.words, found.syllables
    (2, 9, 10)
    """
    words = _WORD.findall(text)
    if not words:
        raise StatisticsError("a text with words was expected", remedy="give at least a sentence")
    counts = [syllables(word) for word in words]
    sentences = max(1, len(_SENTENCE.findall(text.strip() + " ")))
    return Readability(sentences, len(words), sum(counts), sum(c >= LONG for c in counts))


def syllables(word: str) -> int:
    """Return the syllables of a word, by rule.

    Examples
    --------
    >>> [syllables(w) for w in ("cat", "measure", "people", "moved", "wanted", "area")]
    [1, 2, 2, 1, 2, 2]
    """
    total = 0
    for piece in re.split(r"['\N{RIGHT SINGLE QUOTATION MARK}-]", word.lower()):
        count = len(_VOWELS.findall(piece))
        if count > 1 and _SILENT.search(piece):
            count -= 1
        total += count
    return max(1, total)
