"""Finds Prism, installs it with npm, and reports if there is none.

The lock file contains a hash of every package and no registry's name. To update it, run in this folder:
`npm install --package-lock-only --omit-lockfile-registry-resolved`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

_HERE = Path(__file__).parent
LOCK = _HERE / "package-lock.json"
_PROGRAM = Path("node_modules", "@stoplight", "prism-cli", "dist", "index.js")
_NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000")
_PATIENCE = 180.0  # seconds; usually ten


class Prism(NamedTuple):
    """The Node.js executable, and the program it runs."""

    node: str
    program: Path


def on_machine() -> Prism | None:
    """The pinned Prism that an earlier run put into the user's cache."""
    node, program = shutil.which("node"), _home() / _PROGRAM
    return Prism(node, program) if node and program.exists() else None


def installed() -> Prism | None:
    """Install the pinned Prism; None without node or npm, or if npm fails."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    _home().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_home().parent) as folder:
        for file in (LOCK, _HERE / "package.json"):
            shutil.copy(file, folder)
        # npm failed, or another run was faster: the check below decides.
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            subprocess.run(_NPM, cwd=folder, capture_output=True, check=True, timeout=_PATIENCE)
            _home().mkdir(exist_ok=True)
            (Path(folder) / "node_modules").rename(_home() / "node_modules")
    return on_machine()


def not_run(terminalreporter: Any) -> str:
    """The report's line if requests did not pass Prism because there is none; otherwise None."""
    skipped = terminalreporter.stats.get("skipped", [])
    ours = [report for report in skipped if report.nodeid.startswith("tests/prism/")]
    return "Prism did not check our Twilio requests: they were only compared with its recording." if ours else ""


def _home() -> Path:
    """A folder for each set of versions, outside the repository."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "sawt-tests" / f"prism-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
