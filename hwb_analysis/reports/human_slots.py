"""Which sections of a report people write, what each is to hold, and by whom.

The machine fills what figures can say. These sections hold what it cannot know; until
somebody writes one, the page shows a slot that says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

RECOMMENDATIONS = "recommendations"
ACTION_COLUMNS = ("Recommendation", "Owner", "Commitment", "Date")
LEAD, PARTNERS = "the lead officer of the priority", "the subgroup and its partners"
HEALTH = "the public health lead of the priority"
ENGAGEMENT = "whoever leads engagement for the priority, with Healthwatch"


@dataclass(frozen=True, slots=True)
class Slot:
    """One section that people write.

    ``expects`` ends the sentence "This section is to hold ..."; ``by`` says whose it is;
    ``kinds`` are the kinds of report that show it.
    """

    number: int
    name: str
    title: str
    expects: str
    by: str
    kinds: tuple[str, ...]

    @property
    def file(self) -> str:
        """Return the name of the section's file.

        Examples
        --------
        >>> PRIORITY_SLOTS[0].file
        '01-why-this-matters.md'
        """
        return f"{self.number:02d}-{self.name}.md"


PRIORITY_SLOTS = (
    Slot(
        1,
        "why-this-matters",
        "Why this matters",
        "what the subject is, what it costs people and services, national policy and "
        "guidance, and which of the strategy's measures it serves, by their ids",
        HEALTH,
        ("chapter",),
    ),
    Slot(
        2,
        "who-is-at-risk",
        "Who is at risk",
        "who is at greater risk, and how strong the evidence is: age, sex, ethnicity, "
        "deprivation, inclusion groups, long-term conditions, carers",
        HEALTH,
        ("chapter",),
    ),
    Slot(
        3,
        "services",
        "Services and their use",
        "what exists, how much of it, whom it reaches against who needs it, waiting, "
        "outcomes and spending",
        LEAD,
        ("chapter",),
    ),
    Slot(
        4,
        "what-people-say",
        "What people say",
        "engagement, surveys, Healthwatch and themes of complaints; quotations only with consent",
        ENGAGEMENT,
        ("chapter",),
    ),
    Slot(
        5,
        "what-works",
        "What works",
        "graded evidence of what helps, for whom and at what cost, with references",
        HEALTH,
        ("chapter",),
    ),
    Slot(
        6,
        "gaps",
        "Gaps and unmet need",
        "need that services do not meet, and for whom; figures that are missing are listed "
        "by the machine below",
        LEAD,
        ("chapter",),
    ),
    Slot(
        7,
        RECOMMENDATIONS,
        "Recommendations",
        "numbered recommendations, each with an owner, the id of the commitment that it "
        "serves, and a date",
        PARTNERS,
        ("chapter",),
    ),
    Slot(
        8,
        "challenges",
        "Challenges",
        "what stood in the way this year, what was done about it, and what help is needed",
        PARTNERS,
        ("annual",),
    ),
    Slot(
        9,
        "forward-plan",
        "Forward plan",
        "what will be done in the coming year, by whom and by when",
        PARTNERS,
        ("annual",),
    ),
    Slot(
        10,
        "case-studies",
        "Case studies",
        "one or two stories of people or places, with their consent and without details "
        "that would tell who they are",
        PARTNERS,
        ("annual",),
    ),
    Slot(
        11,
        "residents-voice",
        "Residents' voice",
        "whether residents see a change that matters to them, whom you asked and how",
        ENGAGEMENT,
        ("annual",),
    ),
    Slot(
        12,
        "equality",
        "Equality",
        "who gains and who is left out, by protected characteristic and for carers, people "
        "who were in care and armed forces families, and whether an equality impact "
        "assessment was made",
        LEAD,
        ("annual", "chapter"),
    ),
    Slot(
        13,
        "risks-and-decisions",
        "Risks, and decisions wanted",
        "the risks that the subgroup should know of, and what it is asked to decide",
        LEAD,
        ("highlight",),
    ),
)

# Named like the addresses of their reports.
BOARD, RESIDENTS = "board-annual", "residents"
BOARD_SLOTS = (
    Slot(
        1,
        "foreword",
        "Foreword",
        "a word from the chair: what the year was about",
        "the chair of the Board",
        (BOARD,),
    ),
    Slot(
        2,
        "looking-ahead",
        "Looking ahead",
        "what the Board will do next year, and what it asks of its partners",
        "the Board",
        (BOARD,),
    ),
)
RESIDENTS_SLOTS = (
    Slot(
        1,
        "have-your-say",
        "Have your say",
        "how people can tell the Board what they think, and whom to call or write to",
        "the council's engagement team",
        (RESIDENTS,),
    ),
)
VIEW_SLOTS = (
    Slot(
        1,
        "commentary",
        "Commentary",
        "what lies behind the figures, what is being done, and what is asked of the reader",
        "whoever answers for this report",
        ("view",),
    ),
)


def guidance(slot: Slot, about: str) -> str:
    """Return what a new file holds: a comment that tells the writer what to do.

    Examples
    --------
    >>> guidance(PRIORITY_SLOTS[0], "Sleep").splitlines()[0]
    '---'
    """
    lines = [
        "---",
        "author:",
        "date:",
        "---",
        "<!--",
        f"{slot.title}: {about}",
        "",
        f"Hold here: {slot.expects}.",
        f"To be written by: {slot.by}.",
        "",
        "Write below this comment, in plain Markdown: paragraphs, lists, headings (#), tables,",
        "links to https addresses. No pictures and no HTML. author and date above may stay empty;",
        "a date is written 2026-05-31. While nothing stands below, the page shows an empty slot.",
    ]
    if slot.name == RECOMMENDATIONS:
        heads = " | ".join(ACTION_COLUMNS)
        lines += [
            "",
            "One table, numbered by the machine; the commitment is its id:",
            "",
            f"| {heads} |",
            "| --- | --- | --- | --- |",
            "| What should happen | Who | id of a commitment | 2027-03-31 |",
        ]
    return "\n".join([*lines, "-->", ""])
