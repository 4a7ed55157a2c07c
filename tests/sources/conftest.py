"""What stands beside the tests of the sources and is none itself."""

from __future__ import annotations

# Servers that tests start; they are found by the conftest that uses them.
collect_ignore_glob = ["fake/*.py"]
