"""What a withheld figure is, and whether a number that stands in a text is that figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from hwb_analysis.disclosure.leak_passage import Passage

# Not within a word, a date, a time, a path or a range.
NUMBER = re.compile(r"(?<![\w.,/:–-])[-−]?\d[\d,]*(?:\.\d+)?(?!\w|[.,/:–-]\d)")
# A long number is looked for in any surroundings but a longer word or number.
LONG = re.compile(
    r"(?<![\w.])(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+|\d{6,}|\d+(?=\.\d))(?:\.\d+)?(?!\w)"
)
TELLING_DIGITS = 6
FEWEST_DECIMALS, MOST_DECIMALS = 1, 6
# A fraction of small numbers is a figure of many tables: by its decimals it tells nothing.
COMMON_DENOMINATOR = 200
FEW_DIGITS = 2
FIRST_YEAR, LAST_YEAR = 1900, 2100
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DAY = re.compile(rf"\b\d{{1,2}} {MONTH}(?: \d{{4}})?|\b{MONTH} \d{{4}}", re.IGNORECASE)
TIME_HEADING = re.compile(r"period|year|date|start|end|from|since|when|newest|oldest|time")
# What pages count besides people: "3 of 7 districts".
COUNTED = re.compile(
    r"\s*(?:(?:of|or|to) (?:the )?\d|[a-z]* ?(?:areas?|bands?|charts?|commitments?|counties|"
    r"councils?|decimals?|decimal places|districts?|figures?|groups?|highest|indicators?|lists?|"
    r"lowest|measures?|months?|neighbours|notes?|parts?|periods?|places?|points?|priorit(?:y|ies)|"
    r"quarters?|questions?|rows?|sections?|series|sheets?|sources?|steps?|tables?|tests?|tenths?|"
    r"things?|times?|towns?|wards?|weeks?|words?|years?)\b)",
    re.IGNORECASE,
)
COUNT_HEADING = re.compile(
    r"(?:number of |[a-z]+ )?(?:age months|areas|bands|commitments|districts|groups|indicators|"
    r"measures|months|order|parts|periods|places|points|priorities|rank|rows|series|sources|steps|years)"
)
# What is said of a rule names the numbers that it protects, and the step of its rounding.
RULE = re.compile(
    r"rounded to \d+|\b\d+ to \d+ withheld|\bunder \d+ withheld|"
    r"withheld to protect small numbers \([^()]*\)|under disclosure control: [^.\n]*",
    re.IGNORECASE,
)
COUNTING = re.compile(r"(?:of|one of|figure|table|note|section|step|page|line|row|cell|level)\s*$")


@dataclass(frozen=True, slots=True)
class Secret:
    """A withheld figure: the words that name its row, and its number as it may be written.

    ``subject`` holds names of what the figure is of and ``area`` code and name of where:
    where they are not empty, one of each has to be named beside the number. ``others``
    are, by dimension, the labels that name another row; of ``needs``, where there are
    any, one has to be named. ``telling`` spellings are looked for without any words
    beside them. ``known`` spellings are those of published figures, with the labels of
    their rows; ``said`` ones stand in the description of the subject.
    """

    where: str
    area: tuple[str, ...]
    own: Mapping[str, str]
    others: Mapping[str, frozenset[str]]
    written: frozenset[str]
    telling: frozenset[str] = frozenset()
    subject: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    said: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Return the row and not the number, since a repr ends in logs."""
        return f"Secret({self.where})"


def spellings(number: float) -> frozenset[str]:
    """Return the ways a number may be written, without thousands separators.

    Examples
    --------
    >>> sorted(spellings(3.0))
    ['3', '3.0', '3.00']
    >>> sorted(spellings(12.345))
    ['12.3', '12.345', '12.35']
    """
    if number == int(number):
        return frozenset([f"{number:.0f}", f"{number:.1f}", f"{number:.2f}"])
    rounded = {
        f"{number + 1e-12:.{places}f}" for places in range(FEWEST_DECIMALS, MOST_DECIMALS + 1)
    }
    # A share of 1.02 is written 1.0, and never 1: that would be a count.
    short = {re.sub(r"(?<=\d)0+$", "", text) for text in rounded if float(text)}
    return frozenset({f"{text}0" if text.endswith(".") else text for text in short}) | {
        repr(float(number))
    }


def telling(number: float) -> frozenset[str]:
    """Return the spellings that nobody writes by chance: six digits and more.

    A simple fraction, such as a third in per cent, has none.

    Examples
    --------
    >>> sorted(telling(654321.0)), sorted(telling(100 / 3)), sorted(telling(3.0))
    (['654321', '654321.0', '654321.00'], [], [])
    >>> sorted(telling(12.3457891))
    ['12.345789', '12.3457891', '12.34579', '12.3458']
    """
    if number != int(number) and any(_simple(number / scale) for scale in (1, 100, 1000)):
        return frozenset()
    return frozenset(
        text
        for text in spellings(number)
        if len(re.sub(r"\D", "", f"{number:.0f}" if _whole(text) else text).strip("0"))
        >= TELLING_DIGITS
    )


def _whole(text: str) -> bool:
    return float(text) == int(float(text))


def _simple(number: float) -> bool:
    near = Fraction(number).limit_denominator(COMMON_DENOMINATOR)
    return abs(float(near) - number) < 1e-9 * max(1.0, abs(number))


def normal(text: str) -> str:
    """Return a text in lower case, with one kind of dash and of blank.

    Examples
    --------
    >>> normal("A–  01 of 2018\u00a0– 20")
    'a-01 of 2018-20'
    """
    dashes = re.sub(r"[‐‑‒–—−]", "-", text.lower().replace("\u00ad", ""))
    return re.sub(r"\s+", " ", re.sub(r"\s*-\s*", "-", dashes)).strip()


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text as they are compared.

    Examples
    --------
    >>> sorted(numbers_in("1,250 people, 12.5 % in 2023/24"))
    ['12.5', '1250']
    """
    return frozenset(plain_number(match[0]) for match in NUMBER.finditer(text))


def plain_number(text: str) -> str:
    """Return a number without separators and with a plain sign."""
    return re.sub(r"[,\u00a0\u2009\u202f]", "", text).replace("−", "-")


def tells(secret: Secret, passage: Passage, words: str, match: re.Match[str]) -> bool:
    """Say whether a number of a passage is the withheld figure.

    Parameters
    ----------
    secret
        One of whose spellings the number is.
    passage, words
        Where it stands; the words are its context in the form of :func:`normal`.
    match
        The number in the passage's text.
    """
    if not tied(secret, words, normal(passage.section)):
        return False
    if any(_inside(match, found) for found in RULE.finditer(passage.text)):
        return False
    number = plain_number(match[0])
    lone = passage.cell and _is_alone(passage.text)
    if _is_year(match[0]) and not (lone and not TIME_HEADING.search(passage.heading.lower())):
        return False
    # Further digits in a cell's own text are dates and names of its row.
    if not lone and (number in secret.said or _in_name(secret, passage.text, match)):
        return False
    return not any(_names(label, words) for label in secret.known.get(number, ()))


def doubtful(passage: Passage, match: re.Match[str]) -> bool:
    """Say whether a small number in running text seems to count something else.

    Examples
    --------
    >>> text = "One of 3 areas has 3 men."
    >>> one = Passage(text, text, "line 1")
    >>> [doubtful(one, found) for found in NUMBER.finditer(text)]
    [True, False]
    """
    if len(re.sub(r"\D", "", match[0])) > FEW_DIGITS:
        return False
    if passage.cell and _is_alone(passage.text):
        return bool(COUNT_HEADING.fullmatch(passage.heading.replace("_", " ").lower()))
    before, after = passage.text[: match.start()], passage.text[match.end() :]
    return bool(COUNTED.match(after) or COUNTING.search(before.lower()))


def _inside(match: re.Match[str], other: re.Match[str]) -> bool:
    return other.start() <= match.start() and match.end() <= other.end()


def _is_alone(text: str) -> bool:
    """Say whether a cell holds one figure with its unit and nothing else."""
    return len(NUMBER.findall(text)) == 1 and len(re.findall(r"[A-Za-z]{2,}", text)) <= FEW_DIGITS


def _is_year(text: str) -> bool:
    return text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR


def _in_name(secret: Secret, text: str, match: re.Match[str]) -> bool:
    """Say whether the number belongs to a day, or to a name of the row."""
    lowered = text.lower()
    spans = [found.span() for found in DAY.finditer(lowered)]
    names = (*secret.subject, *secret.area, *secret.own.values())
    for name in filter(None, names):
        spans += [found.span() for found in re.finditer(re.escape(name), lowered)]
    return any(start <= match.start() and match.end() <= end for start, end in spans)


def tied(secret: Secret, words: str, section: str = "") -> bool:
    """Say whether words name the row of a secret and contradict none of its labels."""
    around = f"{section} | {words}"
    if secret.subject and not any(_names(name, around) for name in secret.subject):
        return False
    if secret.area and not any(_names(area, words) for area in secret.area):
        return False
    if secret.needs and not any(_names(word, words) for word in secret.needs):
        return False
    for name, own in secret.own.items():
        if own and _names(own, words):
            continue
        # A row of everybody is named by default; any other label names another row.
        if any(_names(label, words) for label in secret.others[name]):
            return False
    return True


def _names(label: str, words: str) -> bool:
    """Say whether a label, in its normal form, stands in words as a whole."""
    wanted = normal(label)
    start = words.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if not (_joins(words[start - 1 : start]) or _joins(words[end : end + 1])):
            return True
        start = words.find(wanted, start + 1)
    return False


def _joins(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
