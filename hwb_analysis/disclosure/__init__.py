"""Disclosure control of unpublished figures: withhold small numbers and prove it holds.

:func:`protect` makes a frame that may be published, :func:`audit` attacks what was
published, :func:`find_leaks` searches a folder for what was withheld. The rules are data
(``rules.yaml``); method and limits are described in ``docs/methods/disclosure.md``.
"""

from __future__ import annotations

from hwb_analysis.disclosure.audit import AuditReport, audit
from hwb_analysis.disclosure.leaks import LeakReport, Secret, find_leaks, secrets_of
from hwb_analysis.disclosure.pieces import Relation, Structure
from hwb_analysis.disclosure.protect import Protected, ProtectionReport, protect
from hwb_analysis.disclosure.rules import Rule, read_rule, rules

__all__ = [
    "AuditReport",
    "LeakReport",
    "Protected",
    "ProtectionReport",
    "Relation",
    "Rule",
    "Secret",
    "Structure",
    "audit",
    "find_leaks",
    "protect",
    "read_rule",
    "rules",
    "secrets_of",
]
