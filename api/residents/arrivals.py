"""Count new residents by number range and by channel, to limit them and to show unusual numbers to staff.

A range is 10,000 numbers that an operator sells in sequence, so the SIM cards of one box come from few ranges. Only
daily counts are stored, never who joined.
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

DAYS = 28  # the period that a range's average is taken over; older days are deleted

_LAST = 4  # digits left out of a range
_SHORTEST = 10  # characters of the shortest number that has a range
_PURPOSE = "range"
_TIMES = 5  # a burst is at least this many times the average
_HOURS = 7 * 24  # the period that a channel's hourly average is taken over


@dataclass(frozen=True, slots=True)
class Range:
    """The number of people who joined from a range of phone numbers: today, and in the last `DAYS` days before."""

    digits: str  # +21260000, for +21260000 0000 to 9999
    today: int
    refused: int
    before: int


@dataclass(frozen=True, slots=True)
class Burst:
    """A number range or channel with far more newcomers than the `usual` number for this time."""

    of: str  # the range or the channel
    count: int
    usual: float
    refused: int = 0


def range_of(address: str) -> str | None:
    """Return the range of a phone number; None if the address is not a full phone number."""
    full = address.startswith("+") and address[1:].isdecimal() and len(address) >= _SHORTEST
    return address[:-_LAST] if full else None


def is_burst(count: int, usual: float) -> bool:
    """Return whether so many newcomers are a burst, compared with the usual number."""
    return count >= max(FEWEST, _TIMES * usual)


async def admit(session: AsyncSession, *, address: str, most: int, keyring: Keyring, now: datetime) -> bool:
    """Count a person who joins today in their number's range. Return False if that range is full for today.

    If `most` people joined from a range today, it is full; a `most` of 0 means no limit. An address without a range is
    always admitted.
    """
    digits = range_of(address)
    if digits is None:
        return True
    key = {"blind": keyring.blind_index(_PURPOSE, digits), "day": _day(now)}
    row = {**key, "sealed": keyring.encipher(digits, purpose=_PURPOSE), "joined": 1, "refused": 0}
    statement = (
        insert(session)(Newcomer)
        .values(row)
        .on_conflict_do_update(
            index_elements=("blind", "day"),
            set_={"joined": Newcomer.joined + 1},
            where=Newcomer.joined < most if most else None,
        )
    )
    if await session.scalar(statement.returning(Newcomer.joined)) is not None:
        return True
    newcomer = await session.get_one(Newcomer, (key["blind"], key["day"]), with_for_update=True, populate_existing=True)
    newcomer.refused += 1
    await session.flush()
    return False


async def ranges(session: AsyncSession, *, keyring: Keyring, now: datetime) -> Sequence[Range]:
    """List the ranges from which people joined lately, those with the most newcomers first."""
    today = _day(now)
    rows = await session.scalars(select(Newcomer).where(Newcomer.day >= today - timedelta(days=DAYS)))
    by_range: dict[bytes, list[Newcomer]] = {}
    for row in rows:
        by_range.setdefault(row.blind, []).append(row)
    shown = [_range(each, today, keyring) for each in by_range.values()]
    return sorted(shown, key=_most)


async def listed(session: AsyncSession, *, keyring: Keyring, now: datetime, asked: PageRequest) -> PageRows[Range]:
    """Return one page of the ranges from which people joined within the last `DAYS` days."""
    return cut("ranges", await ranges(session, keyring=keyring, now=now), asked, key=_shown_first, kinds=(int, str))


async def bursts(session: AsyncSession, *, keyring: Keyring, now: datetime) -> list[Burst]:
    """List the ranges with a burst of newcomers today, and the channels with a burst in the last hour."""
    result = [
        Burst(each.digits, each.today, round(each.before / DAYS, 1), each.refused)
        for each in await ranges(session, keyring=keyring, now=now)
        if each.refused or is_burst(each.today, each.before / DAYS)
    ]
    for channel, count, before in await _channels(session, now):
        if is_burst(count, before / _HOURS):
            result.append(Burst(channel, count, round(before / _HOURS, 1)))
    return result


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Delete daily counts that are too old to be part of an average."""
    await session.execute(delete(Newcomer).where(Newcomer.day < _day(now) - timedelta(days=DAYS)))


async def _channels(session: AsyncSession, now: datetime) -> Sequence[tuple[str, int, int]]:
    """Return how many people joined each channel in the last hour, and in the week before."""
    hour = now - timedelta(hours=1)
    # a person on two channels counts twice
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


def _shown_first(each: Range) -> tuple[int, str]:
    """Return the sort key of a range: its counts as staff see them."""
    # a page's cursor contains this key, so small counts are hidden
    return -(suppression.shown(each.today) or 0) - (suppression.shown(each.before) or 0), each.digits


def _most(each: Range) -> tuple[int, str]:
    return -each.today - each.before, each.digits


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
