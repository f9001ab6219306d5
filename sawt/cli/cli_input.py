"""What staff give a command, on its line, as a file or on its input: read, and checked, with what is wrong in words."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from api import actors
from api.clock import MOROCCO
from api.errors import Invalid
from api.text import encodings
from api.text.fault_words import faults
from sawt.cli.printing import ask

M = TypeVar("M", bound=BaseModel)

_TABLE = re.compile(r"\[+[\w.-]+\]")  # the head of a table in TOML


def _named(given: str | None) -> str | None:
    if given is None:
        return None
    who = given.strip()
    if not 1 <= len(who) <= actors.LONGEST:
        raise Invalid(f"--as: a name has 1 to {actors.LONGEST} letters, this one has {len(who)}")
    try:
        return actors.readable(who)
    except ValueError as error:
        raise Invalid(f"--as: {error}") from None


def _moroccan(given: datetime | None) -> datetime | None:
    """In Morocco's zone, where it was given without one."""
    return given.replace(tzinfo=MOROCCO) if given is not None and given.tzinfo is None else given


_AT = {"help": "Moroccan time: 2026-12-01T10:00", "callback": _moroccan}
At = Annotated[datetime, typer.Argument(**_AT)]
MaybeAt = Annotated[datetime | None, typer.Option(**_AT)]
To = Annotated[str, typer.Option(help="a mobile number: +212 and nine digits")]
OnChannel = Annotated[
    Literal["sms", "telegram"] | None, typer.Option(help="Telegram where its owner has it, else SMS, by default")
]
InLanguage = Annotated[Literal["ar", "fr", "zgh"] | None, typer.Option(help="all three by default")]
_WHO: Any = typer.Option("--as", help="who does this; it is recorded", callback=_named)
As = Annotated[str, _WHO]
MaybeAs = Annotated[str | None, _WHO]


def written(file: Path) -> str:
    """The text of a file as editors save it; - stands for standard input. Raises Invalid if it cannot be read."""
    data = binary(file)
    try:
        return encodings.decode(data)
    except Invalid as error:
        raise Invalid(f"cannot read {file}: {error}") from None


def binary(file: Path) -> bytes:
    """The bytes of a file; - stands for standard input. Raises Invalid where it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Invalid(f"cannot read {file}: {error.strerror}") from None


def parsed(kind: type[M], text: str) -> M:
    """The text, JSON or TOML, as this form. Raises Invalid, naming each field that is wrong."""
    return well_formed(lambda: kind.model_validate_json(_json(text)))


def _json(text: str) -> str:
    """JSON as it is; TOML as JSON, its local times being Moroccan ones."""
    if text.lstrip()[:1] in ("{", "[") and not _TABLE.match(text.lstrip()):
        return text
    try:
        return json.dumps(tomllib.loads(text), default=str)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"neither JSON nor TOML: {error}") from None


def well_formed(make: Callable[[], M]) -> M:
    """What is made of what was given. Raises Invalid, naming each field that is wrong."""
    try:
        return make()
    except ValidationError as error:
        raise Invalid(faults(error)) from None


def agreed(question: str, *, yes: bool = False) -> None:
    """Ask before what cannot be taken back, unless --yes was given. Raises Invalid where nobody can answer."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Invalid("nobody is there to say yes: use --yes")
    ask(question)
