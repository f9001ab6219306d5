"""Read and change the rules, and keep every process up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api import actors, audit
from api.errors import NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows, in_order
from api.rules.models import RuleChange
from api.rules.values import MEANINGS, Values
from api.runtime.wakeups import OUTBOX, wake
from api.text.fault_words import invalid

log = structlog.get_logger(__name__)
_ORDER = Order("rule changes", Key(RuleChange.id, down=True))

FIRST = actors.FIRST_START  # recorded as the actor for values stored at the first start


class Book:
    """The rules as one process knows them. A rule that is not in the database has its value from the start."""

    def __init__(self, started: Values | None = None) -> None:
        """Start with the values in `started`. They stay in force for rules that are not in the database."""
        self.values = self._started = started or Values()
        self._revision = (0, 0)

    async def renew(self, reader: AsyncSession | AsyncConnection) -> Values:
        """Read the changes of rules since the last call, if there are any; return the current values."""
        newest, count = (await reader.execute(select(func.max(RuleChange.id), func.count()))).one()
        revision = (newest or 0, count)  # both: of two concurrent changes, the lower id may commit last
        if revision != self._revision:
            stored = {change.name: change.value for change in await _newest(reader)}
            defaults = self._started.model_dump(mode="json")
            self.values = Values.model_validate({**defaults, **_valid(defaults, stored)})
            self._revision = revision
        return self.values


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its current value. `who` set it at the time `at`; both are None if nobody has set it."""

    name: str
    meaning: str
    value: Any
    who: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Change:
    name: str
    value: Any
    who: str
    at: datetime


async def listed(session: AsyncSession, book: Book, asked: PageRequest = FIRST_PAGE) -> PageRows[Rule]:
    """Return a page of the rules with their values, each with who set it last and when."""
    values = (await book.renew(session)).model_dump(mode="json")
    changes = {each.name: each for each in await _newest(session)}
    return in_order("rules", list(MEANINGS), asked).map(lambda name: _rule(name, values, changes))


async def change(session: AsyncSession, book: Book, name: str, value: Any, *, who: str, now: datetime) -> Rule:
    """Set a rule for every process, and record who set it. Raises NotFound or Invalid."""
    if name not in MEANINGS:
        raise NotFound(f"there is no rule {name}: choose from {', '.join(MEANINGS)}")
    before = (await book.renew(session)).model_dump(mode="json")
    try:
        values = Values.model_validate({**before, name: value}).model_dump(mode="json")
    except ValidationError as error:
        raise invalid(error, {name: "value"}) from None
    session.add(RuleChange(name=name, value=values[name], who=who, at=now))
    changed = {"old": before[name], "new": values[name]}
    await audit.note(session, who=who, act="rule set", subject=f"rule {name}", now=now, **changed)
    wake(session, OUTBOX)  # a larger budget or other hours may let deliveries go
    return Rule(name, MEANINGS[name], values[name], who, now)


async def history(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[RuleChange]:
    """Return a page of all changes of rules, the newest first."""
    return await _ORDER.read(session, select(RuleChange), asked)


async def settings_of(session: AsyncSession, name: str) -> Sequence[RuleChange]:
    """Return every value that a rule has had, with who set it, the newest first."""
    query = select(RuleChange).where(RuleChange.name == name).order_by(RuleChange.id.desc())
    return (await session.scalars(query)).all()


async def seed(session: AsyncSession, started: Values, *, now: datetime) -> list[str]:
    """Store the values from the settings at the first start; return the names of rules that differ from them.

    If a rule is already stored, it keeps its value.
    """
    stored = {each.name: each.value for each in await _newest(session)}
    settings: Mapping[str, Any] = started.model_dump(mode="json")
    session.add_all(
        RuleChange(name=name, value=value, who=FIRST, at=now) for name, value in settings.items() if name not in stored
    )
    await session.flush()
    return [name for name, value in stored.items() if name in settings and settings[name] != value]


def _valid(defaults: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored values that are valid."""
    valid = dict[str, Any]()
    for name, value in stored.items():
        try:
            Values.model_validate({**defaults, name: value})
        except ValidationError:
            # left out, so that one wrong value does not block the other rules
            log.error("rules.unreadable", rule=name)
        else:
            valid[name] = value
    return valid


async def _newest(reader: AsyncSession | AsyncConnection) -> list[_Change]:
    latest = select(func.max(RuleChange.id)).group_by(RuleChange.name)
    rows = await reader.execute(
        select(RuleChange.name, RuleChange.value, RuleChange.who, RuleChange.at).where(RuleChange.id.in_(latest))
    )
    return [_Change(*row) for row in rows if row.name in MEANINGS]


def _rule(name: str, values: Mapping[str, Any], changes: Mapping[str, _Change]) -> Rule:
    last = changes.get(name)
    return Rule(name, MEANINGS[name], values[name], last.who if last else None, last.at if last else None)
