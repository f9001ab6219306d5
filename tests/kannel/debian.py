"""Finding programs of Debian's, such as Kannel, installing them where that is ours to do, and saying which are not."""

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
    install(*_PACKAGES)
    return on_machine()


def install(*packages: str) -> None:
    """Install packages of Debian's where that is ours to do, whether or not it goes well."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    # RUNLEVEL: Debian's scripts start no service in runlevel 1; tests start the boxes by themselves.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*_APT, *words], env=quiet, capture_output=True, check=False)


def not_run(terminalreporter: Any) -> str:
    """A line for the end of a run whose tests with Kannel were skipped for want of it; else nothing."""
    skipped = [report.nodeid for report in terminalreporter.stats.get("skipped", [])]
    words = {
        "tests/kannel/": "There is no Kannel here: SMS were not tried through a real gateway.",
        "tests/proxy/": "There is no Caddy here: no request went through a proxy.",
    }
    return "\n".join(line for folder, line in words.items() if any(each.startswith(folder) for each in skipped))
