"""Errors that a reader can act on: what was expected, what came, where, and what to do.

Every class carries the exit code that the command line ends with, so that a
scheduler knows why a job failed without reading its log.
"""

from __future__ import annotations


class HwbError(Exception):
    """Base of all errors raised on purpose by this package.

    Parameters
    ----------
    message
        What was expected and what came, in one sentence.
    where
        File, line, key or row the message speaks of.
    remedy
        What the reader can do about it.

    Examples
    --------
    >>> print(RegistryError("unknown direction 'up'", where="line 7", remedy="use increase"))
    unknown direction 'up'
      where: line 7
      what to do: use increase
    """

    exit_code = 1

    def __init__(
        self, message: str, *, where: str | None = None, remedy: str | None = None
    ) -> None:
        self.message = message
        self.where = where
        self.remedy = remedy
        super().__init__(message)

    def __str__(self) -> str:
        """Return the message with its place and its remedy, each on a line of its own."""
        lines = [self.message]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.remedy:
            lines.append(f"  what to do: {self.remedy}")
        return "\n".join(lines)


class UsageError(HwbError):
    """The command or call named something that does not exist."""

    exit_code = 2


class ParameterError(HwbError):
    """A notebook parameter is unknown, missing or outside its allowed values."""

    exit_code = 10


class RegistryError(HwbError):
    """The strategy registry breaks one of its own rules."""

    exit_code = 10


class DataContractError(HwbError):
    """A frame or a snapshot file breaks the data contract."""

    exit_code = 11


class SourceError(HwbError):
    """A source of data cannot be reached or read."""

    exit_code = 12


class DisclosureError(HwbError):
    """A disclosure rule would be broken."""

    exit_code = 13


class NotebookError(HwbError):
    """One or more notebooks failed or timed out."""

    exit_code = 14


class AccessibilityError(HwbError):
    """An output would not be accessible."""

    exit_code = 15


class LockedError(HwbError):
    """Another run holds the lock."""

    exit_code = 16


class OutputError(HwbError):
    """The output folder cannot be written."""

    exit_code = 17


class StatisticsError(HwbError):
    """A statistic was asked of figures that cannot bear it."""

    exit_code = 11


# A longer list hides the message that it should help with.
LISTED = 20


class Interrupted(BaseException):
    """The system asked the process to end; no error, so no handler of errors stops it."""

    exit_code = 143


def did_you_mean(wanted: str, known: list[str]) -> str:
    """Return a remedy that names the nearest known word, and lists all when they are few.

    Examples
    --------
    >>> did_you_mean("school-redines", ["school-readiness", "end-of-life"])
    "did you mean 'school-readiness'? known: end-of-life, school-readiness"
    """
    from difflib import get_close_matches

    near = get_close_matches(wanted, known, n=1)
    few = len(known) <= LISTED
    listing = "known: " + ", ".join(sorted(known)) if few else f"{len(known)} are known"
    return f"did you mean '{near[0]}'? {listing}" if near else listing
