"""The argument of commands that names a consultation."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from api.errors import NotFound


def _code(value: str | None) -> str | None:
    """Return the code. Raises NotFound if it has characters that no code has, such as those that separate a path."""
    if value is not None and not re.fullmatch(r"[\w-]+", value):
        raise NotFound(f"there is no consultation {value}")
    return value


_CODE: Any = {"callback": _code}
Code = Annotated[str, typer.Argument(help="the consultation's code", **_CODE)]
CodeOrNewest = Annotated[str | None, typer.Argument(help="the consultation's code; the newest by default", **_CODE)]
