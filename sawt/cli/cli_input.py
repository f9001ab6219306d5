"""Read and check a command's input: arguments, files and standard input."""

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

_TABLE = re.compile(r"\[+[\w.-]+\]")  # a table's header in TOML, which also starts with a bracket


def _actor(value: str | None) -> str | None:
    if value is None:
        return None
    who = value.strip()
    if not 1 <= len(who) <= actors.LONGEST:
        raise Invalid(f"--as: a name has 1 to {actors.LONGEST} letters, not {len(who)}")
    try:
        return actors.readable(who)
    except ValueError as error:
        raise Invalid(f"--as: {error}") from None


def _moroccan(moment: datetime | None) -> datetime | None:
    """Return the moment unchanged if it has a time zone; otherwise, add Morocco's."""
    return moment.replace(tzinfo=MOROCCO) if moment is not None and moment.tzinfo is None else moment


_AT = {"help": "Moroccan time: 2026-12-01T10:00", "callback": _moroccan}
At = Annotated[datetime, typer.Argument(**_AT)]
MaybeAt = Annotated[datetime | None, typer.Option(**_AT)]
To = Annotated[str, typer.Option(help="a mobile number: +212 and nine digits")]
OnChannel = Annotated[
    Literal["sms", "telegram"] | None, typer.Option(help="by default Telegram if its owner uses it, else SMS")
]
InLanguage = Annotated[Literal["ar", "fr", "zgh"] | None, typer.Option(help="all three by default")]
_WHO: Any = typer.Option("--as", help="your name, for the record", callback=_actor)
As = Annotated[str, _WHO]


def read_text(file: Path) -> str:
    """Return the text of a file in any usual encoding; - means standard input. Raises Invalid if it cannot be read."""
    data = read_bytes(file)
    try:
        return encodings.decode(data)
    except Invalid as error:
        raise Invalid(f"cannot read {file}: {error}") from None


def read_bytes(file: Path) -> bytes:
    """Return the bytes of a file; - means standard input. Raises Invalid if the file cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Invalid(f"cannot read {file}: {error.strerror}") from None


def parsed(kind: type[M], text: str) -> M:
    """Return a model made from JSON or TOML. Raises Invalid, naming each wrong field."""
    return validated(lambda: kind.model_validate_json(_json(text)))


def _json(text: str) -> str:
    """Return JSON unchanged, and TOML converted to JSON. TOML times without an offset are taken as Moroccan."""
    if text.lstrip()[:1] in ("{", "[") and not _TABLE.match(text.lstrip()):
        return text
    try:
        return json.dumps(tomllib.loads(text), default=str)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"neither JSON nor TOML: {error}") from None


def validated(make: Callable[[], M]) -> M:
    """Return the model that `make` builds. Raises Invalid, naming each wrong field."""
    try:
        return make()
    except ValidationError as error:
        raise Invalid(faults(error)) from None


def confirm(question: str, *, yes: bool = False) -> None:
    """Ask for confirmation, unless `yes` is true. The answer "no" ends the command.

    Raises Invalid if no one is there to answer.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Invalid("not a terminal: pass --yes to confirm")
    ask(question)
