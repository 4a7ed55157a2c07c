#!/bin/sh
# Resolve requirements.lock from pyproject.toml for every supported Python and system.
# Kept versions stay unless a bound moved; `tools/lock.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."

command -v uv >/dev/null || { echo "uv is needed: pip install uv" >&2; exit 1; }
UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile pyproject.toml \
    --extra dev --extra reports --extra live --extra distributed \
    --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --quiet \
    --output-file requirements.lock "$@"
