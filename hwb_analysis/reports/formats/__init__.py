"""Reports as PDF, Word document and accessible spreadsheet, all from the finished page."""
