"""The demonstration's settings as a file, so that every other command of `sawt` can work on it: `sawt --demo today`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values, set_key

from api.errors import Invalid

FOLDER = Path("var")
_NAME = "demo.env"


def file_in(folder: Path) -> Path:
    """The file in the folder of a demonstration."""
    return folder / _NAME


def write(folder: Path, variables: Mapping[str, str]) -> None:
    """Write environment variables to a file that only its owner reads, in place of those before."""
    file = file_in(folder)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    for name, value in variables.items():
        set_key(file, name, value)


def use(folder: Path) -> None:
    """Let this process have the settings of the demonstration in this folder. Raises Invalid where there is none."""
    file = file_in(folder)
    if not file.is_file():
        raise Invalid(f"there is no demonstration in {folder}: start one with `sawt demo`")
    os.environ.update({name: value or "" for name, value in dotenv_values(file, interpolate=False).items()})
