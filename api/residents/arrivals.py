"""Who joins, by ranges of numbers and by channels: what is far above the usual is told to staff, never dropped.

A range is 10,000 numbers that one operator hands out one after another: a box of SIM cards is of few of them. Who they
are is not kept with the residents, only how many joined on a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import suppression
from api.clock import MOROCCO
from api.db import insert
from api.pagination import PageRequest, PageRows, cut
from api.residents.models import Address, Newcomer, Resident
from api.security.crypto import Keyring
from api.suppression import FEWEST

DAYS = 28  # of which the usual is the mean; what is older is forgotten

_LAST = 4  # digits of a number that are left out of its range
_SHORTEST = 10  # characters of a number that has a range
_PURPOSE = "range"
_TIMES = 5  # the usual: from there on it is a burst
_HOURS = 7 * 24  # of which the usual of a channel is the mean


@dataclass(frozen=True, slots=True)
class Range:
    """How many joined from a range of numbers: on this day, and in the days before it."""

    digits: str  # +21260000, for +21260000 0000 to 9999
    today: int
    refused: int
    before: int


@dataclass(frozen=True, slots=True)
class Burst:
    """Far more newcomers than usual: `of` is a range or a channel, `usual` what is to be expected of that time."""

    of: str
    count: int
    usual: float
    refused: int = 0


def range_of(address: str) -> str | None:
    """The range that a number is of; None of an address that is no full number."""
    full = address.startswith("+") and address[1:].isdecimal() and len(address) >= _SHORTEST
    return address[:-_LAST] if full else None


def is_burst(count: int, usual: float) -> bool:
    """Whether so many newcomers are far above the usual: five times as many, and no fewer than a small group."""
    return count >= max(FEWEST, _TIMES * usual)


async def admit(session: AsyncSession, *, address: str, most: int, keyring: Keyring, now: datetime) -> bool:
    """Count one more who joins today from the range of this number; False where there are `most` already (0: no end).

    What has no range is always let in.
    """
    digits = range_of(address)
    if digits is None:
        return True
    key = {"blind": keyring.blind_index(_PURPOSE, digits), "day": _day(now)}
    row = {**key, "sealed": keyring.encipher(digits, purpose=_PURPOSE), "joined": 1, "refused": 0}
    made = (
        insert(session)(Newcomer)
        .values(row)
        .on_conflict_do_update(
            index_elements=("blind", "day"),
            set_={"joined": Newcomer.joined + 1},
            where=Newcomer.joined < most if most else None,
        )
    )
    if await session.scalar(made.returning(Newcomer.joined)) is not None:
        return True
    found = await session.get_one(Newcomer, (key["blind"], key["day"]), with_for_update=True, populate_existing=True)
    found.refused += 1
    await session.flush()
    return False


async def ranges(session: AsyncSession, *, keyring: Keyring, now: datetime) -> Sequence[Range]:
    """The ranges from which anybody joined lately, those of most newcomers first."""
    today = _day(now)
    rows = await session.scalars(select(Newcomer).where(Newcomer.day >= today - timedelta(days=DAYS)))
    found: dict[bytes, list[Newcomer]] = {}
    for row in rows:
        found.setdefault(row.blind, []).append(row)
    shown = [_range(each, today, keyring) for each in found.values()]
    return sorted(shown, key=_most)


async def listed(session: AsyncSession, *, keyring: Keyring, now: datetime, asked: PageRequest) -> PageRows[Range]:
    """The same, a page at a time."""
    found = await ranges(session, keyring=keyring, now=now)
    return cut("ranges", found, asked, key=_shown_first, kinds=(int, str))


async def bursts(session: AsyncSession, *, keyring: Keyring, now: datetime) -> list[Burst]:
    """The ranges of which far more join today than usual, and the channels of which far more do in this hour."""
    found = [
        Burst(each.digits, each.today, round(each.before / DAYS, 1), each.refused)
        for each in await ranges(session, keyring=keyring, now=now)
        if each.refused or is_burst(each.today, each.before / DAYS)
    ]
    for channel, count, before in await _channels(session, now):
        if is_burst(count, before / _HOURS):
            found.append(Burst(channel, count, round(before / _HOURS, 1)))
    return found


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Forget the days that are no part of the usual any more."""
    await session.execute(delete(Newcomer).where(Newcomer.day < _day(now) - timedelta(days=DAYS)))


async def _channels(session: AsyncSession, now: datetime) -> Sequence[tuple[str, int, int]]:
    """By channel, how many joined in the last hour, and in the week before it; who has two is counted on both."""
    hour = now - timedelta(hours=1)
    rows = await session.execute(
        select(
            Address.channel,
            func.count().filter(Resident.joined_at > hour),
            func.count().filter(Resident.joined_at <= hour),
        )
        .join(Resident, Resident.id == Address.resident_id)
        .where(Resident.joined_at > hour - timedelta(hours=_HOURS))
        .group_by(Address.channel)
        .order_by(Address.channel)
    )
    return [(channel, count, before) for channel, count, before in rows]


def _shown_first(found: Range) -> tuple[int, str]:
    """The same order of what is shown: a cursor says no more of a small group than the list does."""
    return -(suppression.shown(found.today) or 0) - (suppression.shown(found.before) or 0), found.digits


def _most(found: Range) -> tuple[int, str]:
    return -found.today - found.before, found.digits


def _range(rows: Sequence[Newcomer], today: date, keyring: Keyring) -> Range:
    now, before = [each for each in rows if each.day == today], [each for each in rows if each.day < today]
    return Range(
        keyring.decipher(rows[0].sealed, purpose=_PURPOSE),
        sum(each.joined for each in now),
        sum(each.refused for each in now),
        sum(each.joined for each in before),
    )


def _day(now: datetime) -> date:
    return now.astimezone(MOROCCO).date()
