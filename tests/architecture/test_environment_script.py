"""The script that makes .venv says plainly what is missing, and leaves nothing half made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOO_OLD = '#!/bin/sh\n[ "${2#*print}" = "$2" ] && exit 1\necho 3.9\n'
BARE = (
    "#!/bin/sh\n"
    'case "$*" in *version_info*) exec PYTHON "$@" ;; esac\n'
    "exit 1  # neither ensurepip nor virtualenv\n"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "environment.sh", tmp_path / "tools")
    (tmp_path / "requirements.lock").touch()
    return tmp_path


def _run(checkout: Path, script: str) -> subprocess.CompletedProcess[str]:
    python = checkout / "python"
    python.write_text(script.replace("PYTHON", sys.executable))
    python.chmod(0o755)
    return subprocess.run(
        ["sh", "tools/environment.sh"],
        cwd=checkout,
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python), "UV": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_refused_by_its_version(checkout: Path) -> None:
    done = _run(checkout, TOO_OLD)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "is 3.9" in done.stderr


def test_a_name_that_is_no_python_is_refused(checkout: Path) -> None:
    done = _run(checkout, "#!/bin/sh\nexit 1\n")
    assert done.returncode == 1
    assert "not a Python that runs" in done.stderr


def test_without_ensurepip_virtualenv_and_uv_it_says_what_to_install(checkout: Path) -> None:
    done = _run(checkout, BARE)
    assert done.returncode == 1
    for remedy in ("python3-venv", "virtualenv", "uv"):
        assert remedy in done.stderr
    assert not (checkout / ".venv").exists()
