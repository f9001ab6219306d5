"""The rules in force: reading them, changing one, keeping every process up to date."""

from __future__ import annotations

from collections.abc import Mapping
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

FIRST = actors.FIRST_START  # who set a rule, if nobody of the staff did


class Book:
    """The rules as one process knows them: what the database says, else the values it was made with."""

    def __init__(self, started: Values | None = None) -> None:
        """`started` holds where the database says nothing."""
        self.values = self._started = started or Values()
        self._revision = (0, 0)

    async def renew(self, reader: AsyncSession | AsyncConnection) -> Values:
        """Learn what was changed since; returns the values in force."""
        newest, count = (await reader.execute(select(func.max(RuleChange.id), func.count()))).one()
        revision = (newest or 0, count)  # both: of two that are set at once, the lower number may come later
        if revision != self._revision:
            said = {change.name: change.value for change in await _newest(reader)}
            kept = self._started.model_dump(mode="json")
            self.values = Values.model_validate({**kept, **_readable(kept, said)})
            self._revision = revision
        return self.values


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it stands; `who` and `at` are missing if nobody has set it."""

    name: str
    meaning: str
    value: Any
    who: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Said:
    name: str
    value: Any
    who: str
    at: datetime


async def listed(session: AsyncSession, book: Book, asked: PageRequest = FIRST_PAGE) -> PageRows[Rule]:
    """The rules with their values, and who set each last."""
    values = (await book.renew(session)).model_dump(mode="json")
    said = {each.name: each for each in await _newest(session)}
    return in_order("rules", list(MEANINGS), asked).map(lambda name: _rule(name, values, said))


async def change(session: AsyncSession, book: Book, name: str, value: Any, *, who: str, now: datetime) -> Rule:
    """Set a rule, for every process at once; it is recorded. Raises NotFound, or Invalid in words."""
    if name not in MEANINGS:
        raise NotFound(f"there is no rule {name}; there are {', '.join(MEANINGS)}")
    before = (await book.renew(session)).model_dump(mode="json")
    try:
        values = Values.model_validate({**before, name: value}).model_dump(mode="json")
    except ValidationError as error:
        raise invalid(error, {name: "value"}) from None
    session.add(RuleChange(name=name, value=values[name], who=who, at=now))
    await audit.note(session, who=who, act="rule set", subject=f"rule {name}", now=now)
    wake(session, OUTBOX)  # money or hours may be there now
    return Rule(name, MEANINGS[name], values[name], who, now)


async def history(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[RuleChange]:
    """What was set, by whom, the newest first."""
    return await _ORDER.read(session, select(RuleChange), asked)


async def seed(session: AsyncSession, started: Values, *, now: datetime) -> list[str]:
    """Keep the values of the settings at the first start; returns the rules of which the settings say otherwise."""
    said = {each.name: each.value for each in await _newest(session)}
    given: Mapping[str, Any] = started.model_dump(mode="json")
    session.add_all(
        RuleChange(name=name, value=value, who=FIRST, at=now) for name, value in given.items() if name not in said
    )
    await session.flush()
    return [name for name, value in said.items() if name in given and given[name] != value]


def _readable(kept: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """The rules whose stored values are well formed: one that is not must not keep the others from being read, or set.

    Its value at the start holds in its place, and the log says so.
    """
    found = dict[str, Any]()
    for name, value in said.items():
        try:
            Values.model_validate({**kept, name: value})
        except ValidationError:
            log.error("rules.unreadable", rule=name)
        else:
            found[name] = value
    return found


async def _newest(reader: AsyncSession | AsyncConnection) -> list[_Said]:
    latest = select(func.max(RuleChange.id)).group_by(RuleChange.name)
    rows = await reader.execute(
        select(RuleChange.name, RuleChange.value, RuleChange.who, RuleChange.at).where(RuleChange.id.in_(latest))
    )
    return [_Said(*row) for row in rows if row.name in MEANINGS]


def _rule(name: str, values: Mapping[str, Any], said: Mapping[str, _Said]) -> Rule:
    last = said.get(name)
    return Rule(name, MEANINGS[name], values[name], last.who if last else None, last.at if last else None)
