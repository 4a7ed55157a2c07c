"""Build the committed snapshot from the publishers' figures, one small module a source."""
