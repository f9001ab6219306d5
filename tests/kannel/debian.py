"""Finding Kannel and its fakesmsc, installing them where that is ours to do, and saying so where there are none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

_PACKAGES = ("kannel", "kannel-extras")
_APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")
_SBIN, _TOOLS = Path("/usr/sbin"), Path("/usr/lib/kannel/test")  # where Debian puts them; /usr/sbin may not be on PATH


class Programs(NamedTuple):
    """The two boxes of a gateway, and what plays the message centre and its phones."""

    bearerbox: Path
    smsbox: Path
    fakesmsc: Path


def on_machine() -> Programs | None:
    """The Kannel of this machine."""
    found = Programs(_SBIN / "bearerbox", _SBIN / "smsbox", _TOOLS / "fakesmsc")
    return found if all(os.access(program, os.X_OK) for program in found) else None


def installed() -> Programs | None:
    """Debian's Kannel, installed now; None where that is not ours to do, or fails."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    # RUNLEVEL: Debian's scripts start no service in runlevel 1; tests start the boxes by themselves.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *_PACKAGES]):
        subprocess.run([*_APT, *words], env=quiet, capture_output=True, check=False)
    return on_machine()


def not_run(terminalreporter: Any) -> str:
    """A line for the end of a run whose tests with Kannel were skipped for want of it; else nothing."""
    skipped = terminalreporter.stats.get("skipped", [])
    ours = [report for report in skipped if report.nodeid.startswith("tests/kannel/")]
    return "There is no Kannel here: SMS were not tried through a real gateway." if ours else ""
