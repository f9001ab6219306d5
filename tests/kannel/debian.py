"""Finds Debian's programs such as Kannel, installs them if allowed, and reports missing ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

_PACKAGES = ("kannel", "kannel-extras")
_APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")
_SBIN, _TOOLS = Path("/usr/sbin"), Path("/usr/lib/kannel/test")  # Debian's folders; /usr/sbin may not be on PATH


class Programs(NamedTuple):
    """The two boxes of a gateway, and the program that plays the message centre and its phones."""

    bearerbox: Path
    smsbox: Path
    fakesmsc: Path


def on_machine() -> Programs | None:
    """The Kannel of this machine."""
    programs = Programs(_SBIN / "bearerbox", _SBIN / "smsbox", _TOOLS / "fakesmsc")
    return programs if all(os.access(program, os.X_OK) for program in programs) else None


def installed() -> Programs | None:
    """Install Debian's Kannel; None if that is not allowed or fails."""
    install(*_PACKAGES)
    return on_machine()


def install(*packages: str) -> None:
    """Try to install Debian packages, if allowed."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    # RUNLEVEL: Debian's scripts start no service in runlevel 1; tests start the boxes themselves.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*_APT, *words], env=quiet, capture_output=True, check=False)


def not_run(terminalreporter: Any) -> str:
    """The report's line if tests were skipped because there is no Kannel; otherwise None."""
    skipped = [report.nodeid for report in terminalreporter.stats.get("skipped", [])]
    words = {
        "tests/kannel/": "There is no Kannel here: SMS were not tried through a real gateway.",
        "tests/proxy/": "There is no Caddy here: no request went through a proxy.",
    }
    return "\n".join(line for folder, line in words.items() if any(each.startswith(folder) for each in skipped))
