"""Keep the demonstration's settings in a file, so that other commands can use its data: `sawt --demo today`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values, set_key

from api.errors import Invalid
from sawt.cli import login_file

FOLDER = Path("var")
IN_USE = "SAWT_DEMO"  # set while a command uses the demonstration
_NAME = "demo.env"


def file_in(folder: Path) -> Path:
    """Return the path of the settings file in the folder of a demonstration."""
    return folder / _NAME


def write(folder: Path, variables: Mapping[str, str]) -> None:
    """Write a new settings file with these environment variables. Only its owner can read it."""
    file = file_in(folder)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    for name, value in variables.items():
        set_key(file, name, value)


def use(folder: Path) -> None:
    """Load a demonstration's settings into this process. Raises Invalid if the folder contains no demonstration."""
    file = file_in(folder)
    if not file.is_file():
        raise Invalid(f"there is no demonstration in {folder}: start one with 'sawt demo'")
    for name in (login_file.TOKEN, login_file.URL):
        os.environ.pop(name, None)  # of another service
    os.environ.update({name: value or "" for name, value in dotenv_values(file, interpolate=False).items()})
    os.environ[login_file.FILE] = str(folder / "login.json")
    os.environ[login_file.URL] = os.environ.get("SAWT_PUBLIC_URL", "")
    os.environ[IN_USE] = "yes"
