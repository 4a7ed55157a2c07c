"""Reports as PDF, Word document and accessible spreadsheet, all from the finished page."""

from __future__ import annotations

from hwb_analysis.reports.formats.write import FORMATS, check, write_formats

__all__ = ["FORMATS", "check", "write_formats"]
