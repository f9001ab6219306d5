"""Find ideas by number, theme, province or similarity, and read their authors and history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, String, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import NotFound
from api.pagination import FIRST_PAGE, Order, PageRequest, PageRows, waiting_first
from api.proposals import transitions
from api.proposals.models import Idea, IdeaAuthor, IdeaStep
from api.residents.models import Resident
from api.residents.service import MERGED
from api.security import rights
from api.security.row_scope import scoped

_ALIKE = 60  # out of 100; less similar texts share words only by chance
_COMPARED = 300  # ideas compared per theme, and per province
_READ = 1000  # characters of each idea that are compared
_ORDER = Order("ideas", *waiting_first(Idea.state == transitions.RECEIVED, Idea.id))


class Similar(NamedTuple):
    """An idea similar to another one; `share` is the similarity out of 100."""

    idea: Idea
    share: int


async def get(session: AsyncSession, number: int) -> Idea:
    """Return the idea with this number. Raises NotFound."""
    idea = await session.get(Idea, number) if 0 < number < 2**31 else None
    if idea is None:
        raise NotFound(f"there is no idea {number}")
    rights.within(idea.province)
    return idea


async def lock(session: AsyncSession, number: int) -> Idea:
    """Lock the idea with this number until the transaction ends; return it refreshed. Raises NotFound."""
    await get(session, number)
    return (await session.scalars(_fresh().where(Idea.id == number))).one()


async def lock_ideas_of(session: AsyncSession, *proposal_ids: int) -> Sequence[Idea]:
    """Lock the ideas of these proposals and return them, sorted by number."""
    return (await session.scalars(_fresh().where(Idea.proposal_id.in_(proposal_ids)).order_by(Idea.id))).all()


async def may_ask(session: AsyncSession, idea: Idea, resident_id: int) -> bool:
    """Return whether a resident may ask for an idea's status: the idea is published, or the resident is an author."""
    if idea.public is not None:
        return True
    own = select(IdeaAuthor.idea_id).where(IdeaAuthor.idea_id == idea.id, IdeaAuthor.resident_id == resident_id)
    return bool(await session.scalar(select(exists(own))))


async def listed(
    session: AsyncSession,
    *,
    state: str | None = None,
    theme: str | None = None,
    province: str | None = None,
    flagged: bool = False,
    asked: PageRequest = FIRST_PAGE,
) -> PageRows[Idea]:
    """List ideas: first unread ones, the oldest first; then all others, the newest first."""
    statement = scoped(select(Idea), Idea.province)
    for column, value in ((Idea.state, state), (Idea.theme, theme), (Idea.province, province)):
        statement = statement.where(column == value) if value is not None else statement
    if flagged:
        statement = statement.where(cast(Idea.flags, String) != "[]")
    return await _ORDER.read(session, statement, asked)


async def similar(session: AsyncSession, idea: Idea, *, most: int = 5) -> list[Similar]:
    """Return up to `most` similar ideas that can still be merged with this one, the most similar first.

    Only the newest ideas of the same theme and province are compared.
    """
    keys = await _newest(session, idea, Idea.theme == idea.theme) | await _newest(
        session, idea, Idea.province == idea.province
    )
    matches = process.extract(idea.key[:_READ], keys, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE, limit=most)
    return [Similar(await session.get_one(Idea, number), round(share)) for _, share, number in matches]


async def authors(session: AsyncSession, number: int) -> int:
    """Count the authors of an idea; merged residents count once."""
    people = select(func.count()).join_from(IdeaAuthor, Resident, Resident.id == IdeaAuthor.resident_id)
    return await session.scalar(people.where(IdeaAuthor.idea_id == number, Resident.state != MERGED)) or 0


async def merged(session: AsyncSession, number: int) -> list[int]:
    """Return the numbers of the ideas that were merged into this one."""
    return list(await session.scalars(select(Idea.id).where(Idea.merged_into == number).order_by(Idea.id)))


async def history(session: AsyncSession, number: int) -> Sequence[IdeaStep]:
    """Return the steps that were taken with an idea, the oldest first."""
    return (await session.scalars(select(IdeaStep).where(IdeaStep.idea_id == number).order_by(IdeaStep.id))).all()


async def _newest(session: AsyncSession, idea: Idea, near: ColumnElement[bool]) -> dict[int, str]:
    """Return the normalised texts of the newest ideas that meet a condition, by number."""
    others = select(Idea.id, func.substr(Idea.key, 1, _READ)).where(near, Idea.id != idea.id)
    others = scoped(others.where(Idea.state.not_in((transitions.MERGED, transitions.DECLINED))), Idea.province)
    rows = await session.execute(others.order_by(Idea.id.desc()).limit(_COMPARED))
    return dict(iter(rows))


def _fresh() -> Select[Idea]:
    return select(Idea).with_for_update().execution_options(populate_existing=True)
