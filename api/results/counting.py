"""The ballots of a consultation counted in SQL: whole, and divided by groups of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import places, small
from api.consultations.models import Answer, Ballot
from api.consultations.numbers import APART, counts_in

NUMBER = "number"  # the groups of a consultation that counts those without a number apart
GROUPS: Mapping[str, ColumnElement[Any]] = {
    "province": func.coalesce(Ballot.province, ""),
    "language": Ballot.language.expression,
    "channel": Ballot.channel.expression,
    "answered by": case((Ballot.assisted, literal("an agent")), else_=literal("themselves")),
    NUMBER: case((Ballot.numbered, literal("with a number")), else_=literal("without")),
}


def groups_of(numbers: str) -> Mapping[str, ColumnElement[Any]]:
    """The ways in which the ballots of a consultation are divided, whose `numbers` says whether it asks for one."""
    return GROUPS if numbers == APART else {name: column for name, column in GROUPS.items() if name != NUMBER}


@dataclass(frozen=True, slots=True)
class Split:
    """Ballots divided one way, as by province: how many are in each group, how many of these answered a question, and
    how many of these hold a value. `unseen` are the groups that are hidden whatever was asked.
    """

    groups: dict[str, int]
    asked: dict[int, dict[str, int]]
    given: dict[tuple[int, str], dict[str, int]]
    unseen: frozenset[str]


async def split(session: AsyncSession, consultation_id: int, column: ColumnElement[Any]) -> Split:
    """The ballots divided by what this column says of them."""
    mine = counts_in(consultation_id)
    rows = await session.execute(select(column, func.count()).where(mine).group_by(column).order_by(column))
    groups = {_named(key): count for key, count in rows}
    answered = await session.execute(
        select(Answer.question_id, column, func.count(Ballot.id.distinct()))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(mine)
        .group_by(Answer.question_id, column)
    )
    asked: dict[int, dict[str, int]] = {}
    for question, key, count in answered:
        asked.setdefault(question, {})[_named(key)] = count
    return Split(groups, asked, await _answers(session, consultation_id, column), small.hidden(groups))


async def totals(session: AsyncSession, consultation_id: int) -> dict[tuple[int, str], tuple[int, int]]:
    """(question, value) → how many chose it, and the sum of the ranks they gave it."""
    rows = await session.execute(
        select(Answer.question_id, Answer.value, func.count(), func.sum(Answer.rank + 1))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(counts_in(consultation_id))
        .group_by(Answer.question_id, Answer.value)
    )
    return {(question, value): (count, int(ranks)) for question, value, count, ranks in rows}


async def _answers(
    session: AsyncSession, consultation_id: int, column: ColumnElement[Any]
) -> dict[tuple[int, str], dict[str, int]]:
    rows = await session.execute(
        select(Answer.question_id, Answer.value, column, func.count())
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(counts_in(consultation_id))
        .group_by(Answer.question_id, Answer.value, column)
    )
    found: dict[tuple[int, str], dict[str, int]] = {}
    for question, value, group, count in rows:
        found.setdefault((question, value), {})[_named(group)] = count
    return found


def _named(key: str) -> str:
    place = places.province(key)
    return place.fr if place is not None else key or "—"
