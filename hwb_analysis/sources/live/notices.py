"""What a person should know of an answer that is good enough to use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One remark: its kind in a word, what it speaks of, and what was seen and done.

    Kinds: ``columns``, ``boundaries``, ``codes``, ``words``, ``duplicates``, ``correction``,
    ``definition``, ``retried``.
    """

    kind: str
    subject: str
    text: str

    def line(self) -> str:
        """Return the remark on one line.

        Examples
        --------
        >>> Notice("columns", "fingertips:1", "a new column 'X' is not read").line()
        "fingertips:1: a new column 'X' is not read"
        """
        return f"{self.subject}: {self.text}"
