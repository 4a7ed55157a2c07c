#!/bin/sh
# Make or mend .venv from requirements.lock. The Makefile calls it; it may be run by hand.
#
#   PYTHON=python3.13   which Python to build on (3.11 or newer)
#   UV=                 empty: use pip even where uv is installed
#
# Why it is as it is: docs/decisions/0001-hashed-lock.md
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
STAMP=$VENV/.made
UV=${UV-uv}

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Wheels exist for 3.11 to 3.14; a newer Python is used only when it is asked for by name.
is_supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" && { command -v "$PYTHON"; return; }
        fail "Python 3.11 or newer is needed;" \
            "PYTHON=$PYTHON is $(version_of "$PYTHON" || echo 'not a Python that runs')."
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        is_supported "$candidate" && { command -v "$candidate"; return; }
    done
    fail "Python 3.11 to 3.14 is needed; python3 here is $(version_of python3 || echo missing).
  what to do: install one (Debian, Ubuntu: apt-get install python3 python3-venv;
              macOS: brew install python@3.13), or name it: make PYTHON=/path/to/python3.12"
}

has_uv() { [ -n "$UV" ] && command -v "$UV" >/dev/null 2>&1; }

# An environment is kept when its Python runs, is the wanted version and can be installed into.
is_usable() {
    [ -x "$VENV/bin/python" ] || return 1
    [ "$(version_of "$VENV/bin/python")" = "$(version_of "$python")" ] || return 1
    has_uv || "$VENV/bin/python" -m pip --version >/dev/null 2>&1
}

# Some systems ship Python without ensurepip, so a plain venv cannot be made with pip in it.
create() {
    rm -rf "$VENV"
    if has_uv; then
        "$UV" venv --quiet --python "$python" "$VENV" && return
    fi
    "$python" -c 'import ensurepip' 2>/dev/null && "$python" -m venv "$VENV" && return
    rm -rf "$VENV"
    say "this Python has no ensurepip; trying virtualenv"
    "$python" -m virtualenv --quiet "$VENV" 2>/dev/null && return
    fail "No virtual environment could be made: $python lacks ensurepip and virtualenv, and uv is not here.
  what to do, any one of: apt-get install python3-venv (Debian, Ubuntu);
              $python -m pip install --user virtualenv; install uv"
}

install_with_uv() {
    "$UV" pip install --quiet --python "$VENV/bin/python" --compile-bytecode \
        --require-hashes -r requirements.lock &&
        "$UV" pip install --quiet --python "$VENV/bin/python" \
            --no-deps --no-build-isolation -e .
}

# Compiling after the installation uses every core, which pip does not.
install_with_pip() {
    "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || "$VENV/bin/python" -m ensurepip -q
    set -- "$VENV/bin/python" -m pip -qq --disable-pip-version-check --no-input install
    "$@" --no-compile --require-hashes -r requirements.lock
    "$@" --no-deps --no-build-isolation -e .
    "$VENV/bin/python" -m compileall -qq -j 0 "$VENV/lib" || true
}

python=$(find_python) || exit 1
is_usable || { say "making $VENV with Python $(version_of "$python") ($python)" && create; }
rm -f "$STAMP"
say "installing the packages of requirements.lock, about a minute the first time"
if has_uv; then
    # uv does not read pip's settings, so behind a mirror only pip may get through.
    install_with_uv || { say "uv did not succeed; trying pip" && install_with_pip; }
else
    install_with_pip
fi
touch "$STAMP"
