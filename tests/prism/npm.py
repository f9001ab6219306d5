"""Finding Prism, installing it where npm can, and saying so where there is none.

The lock holds a hash of every package and no registry's name. To pin anew, in this folder:
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
_PATIENCE = 180.0  # seconds; it takes ten


class Prism(NamedTuple):
    """What runs, and the program it runs."""

    node: str
    program: Path


def on_machine() -> Prism | None:
    """The Prism that an earlier run put into this person's cache, of exactly the versions pinned."""
    node, program = shutil.which("node"), _home() / _PROGRAM
    return Prism(node, program) if node and program.exists() else None


def installed() -> Prism | None:
    """The Prism pinned, installed now; None where there is no node or npm, or npm cannot."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    _home().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_home().parent) as folder:
        for file in (LOCK, _HERE / "package.json"):
            shutil.copy(file, folder)
        # npm cannot, or another run was quicker: what is there then is looked at below.
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            subprocess.run(_NPM, cwd=folder, capture_output=True, check=True, timeout=_PATIENCE)
            _home().mkdir(exist_ok=True)
            (Path(folder) / "node_modules").rename(_home() / "node_modules")
    return on_machine()


def not_run(terminalreporter: Any) -> str:
    """A line for the end of a run in which nothing was put before Prism, for want of it; else nothing."""
    skipped = terminalreporter.stats.get("skipped", [])
    ours = [report for report in skipped if report.nodeid.startswith("tests/prism/")]
    return "What we ask of Twilio did not pass Prism: it was held against its recording only." if ours else ""


def _home() -> Path:
    """A folder of its own for each set of versions, outside the tree."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "sawt-tests" / f"prism-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
