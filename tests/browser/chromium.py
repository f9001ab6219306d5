"""Finds Chromium, installs it if allowed, and reports if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium", "fonts-dejavu-core")  # the fonts: 1 MB, with Arabic and Tifinagh
_APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")


def on_path() -> str | None:
    """The Chromium or Chrome of this machine."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def installed() -> str | None:
    """Install Debian's Chromium; None if that is not allowed or fails."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *_PACKAGES]):
        subprocess.run([*_APT, *words], env=quiet, capture_output=True, check=False)
    return on_path()


def not_run(terminalreporter: Any) -> str:
    """The report's line if browser tests were skipped because there is no browser; otherwise None."""
    skipped = terminalreporter.stats.get("skipped", [])
    ours = [report for report in skipped if report.nodeid.startswith("tests/browser/")]
    return "There is no Chromium here: the page of phones was not tried in a browser." if ours else ""
