"""Messages and their corrections: list, correct and reset them, and load new corrections in every process."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.errors import Invalid, NotFound
from api.i18n import LANGUAGES, Catalogs
from api.messages.models import Correction
from api.pagination import FIRST_PAGE, PageRequest, PageRows, in_order


@dataclass(frozen=True, slots=True)
class Message:
    """A message in one language. `forms` is the text that residents read now, `original` the text in the catalog."""

    name: str
    language: str
    note: str
    segments: int
    forms: tuple[str, ...]
    original: tuple[str, ...]

    @property
    def corrected(self) -> bool:
        """Whether staff have changed the message."""
        return self.forms != self.original


def newest() -> Select[int]:
    """Return a query for the id of the newest correction. It can be part of another query."""
    return select(func.coalesce(func.max(Correction.id), 0))


async def renew(session: AsyncSession, catalogs: Catalogs, *, known: int | None = None) -> None:
    """Load the corrections that these catalogs do not have yet.

    `known` is the id of the newest correction, if the caller has already read it.
    """
    number = known if known is not None else await session.scalar(newest()) or 0
    if number <= catalogs.revision:
        return
    rows = await session.scalars(select(Correction).where(Correction.id <= number).order_by(Correction.id))
    latest = {(row.language, row.name): tuple(row.forms) for row in rows}
    catalogs.correct({key: forms for key, forms in latest.items() if forms}, revision=number)


async def listed(
    session: AsyncSession, catalogs: Catalogs, asked: PageRequest = FIRST_PAGE, *, name: str | None = None
) -> PageRows[Message]:
    """List every message in every language, as residents read it now. With `name`, list only that message.

    Raises Invalid if there is no message of that name.
    """
    await renew(session, catalogs)
    if name is not None and name not in catalogs.descriptions:
        raise Invalid(f"there is no message {name}", field="name")
    pairs = [(each, language) for each in catalogs.descriptions if name in (None, each) for language in LANGUAGES]
    return in_order("messages", pairs, asked).map(lambda each: _message(catalogs, *each))


async def get(session: AsyncSession, catalogs: Catalogs, *, name: str, language: str) -> Message:
    """Return a message in one language. Raises NotFound."""
    await renew(session, catalogs)
    if name not in catalogs.descriptions or language not in LANGUAGES:
        raise NotFound(f"there is no message {name} in {language}")
    return _message(catalogs, name, language)


async def correct(
    session: AsyncSession,
    catalogs: Catalogs,
    *,
    name: str,
    language: str,
    forms: Sequence[str],
    who: str,
    now: datetime,
) -> Message:
    """Correct a message and record who did it. From then on, every process uses the new text.

    Raises NotFound, or Invalid if a form is missing or empty, or if its placeholders differ from those of the catalog's
    text.
    """
    message = await get(session, catalogs, name=name, language=language)
    forms = tuple(form.strip() for form in forms)
    if len(forms) != len(message.original) or not all(forms):
        raise Invalid(
            f"{name} needs {len(message.original)} forms in {language}, and no form can be empty", field="forms"
        )
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n" for form in forms for letter in form):
        raise Invalid(f"{name} cannot contain control characters: no phone can show them", field="forms")
    expected = set().union(*(_values(form) for form in message.original))
    for form in forms:
        if _values(form) - expected or (len(forms) == 1 and _values(form) != expected):
            raise Invalid(
                f"{name} must contain the placeholders {_named(expected)}, not {_named(_values(form))}", field="forms"
            )
    await _add(session, name, language, list(forms), now)
    await _record(session, "changed", message, forms, who=who, now=now)
    return replace(message, forms=forms)


async def reset(
    session: AsyncSession, catalogs: Catalogs, *, name: str, language: str, who: str, now: datetime
) -> Message:
    """Restore the catalog's text of a message, and record who did it. Raises NotFound."""
    message = await get(session, catalogs, name=name, language=language)
    if message.corrected:
        await _add(session, name, language, [], now)
        await _record(session, "reset", message, message.original, who=who, now=now)
    return replace(message, forms=message.original)


async def _add(session: AsyncSession, name: str, language: str, forms: list[str], now: datetime) -> None:
    # This process's catalogs learn of it after the commit, by `renew`, like those of every other process.
    session.add(Correction(language=language, name=name, forms=forms, made_at=now))
    await session.flush()


async def _record(
    session: AsyncSession, act: str, message: Message, forms: Sequence[str], *, who: str, now: datetime
) -> None:
    subject, old = f"message {message.name} {message.language}", message.forms
    await audit.note(session, who=who, act=f"message {act}", subject=subject, now=now, old=old, new=forms)


def _message(catalogs: Catalogs, name: str, language: str) -> Message:
    described: dict[str, Any] = catalogs.descriptions[name]
    return Message(
        name=name,
        language=language,
        note=described["note"],
        segments=described["segments"],
        forms=catalogs.forms(language, name),
        original=catalogs.original(language, name),
    )


def _values(form: str) -> set[str]:
    return set(_fields(form))


def _fields(form: str) -> Iterator[str]:
    try:
        for _, field, spec, conversion in string.Formatter().parse(form):
            if field is not None:
                if not field.isidentifier() or spec or conversion:
                    raise Invalid("write placeholders as {name}, with nothing else between the braces", field="forms")
                yield field
    except ValueError:
        raise Invalid("a brace is not closed: write placeholders as {name}", field="forms") from None


def _named(values: set[str]) -> str:
    return ", ".join(f"{{{value}}}" for value in sorted(values)) or "none"
