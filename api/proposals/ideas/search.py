"""Ideas found again: by number, by what they are about, by what resembles them, with what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, String, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import NotFound
from api.pagination import FIRST_PAGE, Asked, Found, Order, waiting_first
from api.proposals import transitions
from api.proposals.models import Idea, IdeaAuthor, IdeaStep
from api.residents.models import Resident
from api.residents.service import MERGED
from api.security import rights
from api.security.row_scope import scoped

_ALIKE = 60  # of 100: below, two texts share words only by chance
_COMPARED = 300  # ideas of a theme, and of a province
_READ = 1000  # letters of each that are compared
_ORDER = Order("ideas", *waiting_first(Idea.state == transitions.RECEIVED, Idea.id))


class Alike(NamedTuple):
    """An idea that resembles another one; `share` is out of 100."""

    idea: Idea
    share: int


async def get(session: AsyncSession, number: int) -> Idea:
    """The idea of this number. Raises NotFound."""
    found = await session.get(Idea, number) if 0 < number < 2**31 else None
    if found is None:
        raise NotFound(f"there is no idea {number}")
    rights.within(found.province)
    return found


async def locked(session: AsyncSession, number: int) -> Idea:
    """The idea of this number, nobody else changing it until this transaction ends. Raises NotFound."""
    await get(session, number)
    return (await session.scalars(_fresh().where(Idea.id == number))).one()


async def locked_of(session: AsyncSession, *proposal_ids: int) -> Sequence[Idea]:
    """The ideas of these proposals, locked, in the order of their numbers."""
    return (await session.scalars(_fresh().where(Idea.proposal_id.in_(proposal_ids)).order_by(Idea.id))).all()


async def may_ask(session: AsyncSession, idea: Idea, resident_id: int) -> bool:
    """Whether a resident may hear of an idea: everybody of a published one, only its authors of another."""
    if idea.public is not None:
        return True
    mine = select(IdeaAuthor.idea_id).where(IdeaAuthor.idea_id == idea.id, IdeaAuthor.resident_id == resident_id)
    return bool(await session.scalar(select(exists(mine))))


async def listed(
    session: AsyncSession,
    *,
    state: str | None = None,
    theme: str | None = None,
    province: str | None = None,
    flagged: bool = False,
    asked: Asked = FIRST_PAGE,
) -> Found[Idea]:
    """Ideas: those nobody has read first, the oldest of them first; then the others, the newest first."""
    wanted = scoped(select(Idea), Idea.province)
    for column, value in ((Idea.state, state), (Idea.theme, theme), (Idea.province, province)):
        wanted = wanted.where(column == value) if value is not None else wanted
    if flagged:
        wanted = wanted.where(cast(Idea.flags, String) != "[]")
    return await _ORDER.read(session, wanted, asked)


async def alike(session: AsyncSession, idea: Idea, *, most: int = 5) -> list[Alike]:
    """The ideas whose words resemble this one's most, of those it could be merged into or takes up.

    Looked for among the newest of its theme and of its province, so that it costs the same however many ideas there
    are.
    """
    keys = await _newest(session, idea, Idea.theme == idea.theme) | await _newest(
        session, idea, Idea.province == idea.province
    )
    near = process.extract(idea.key[:_READ], keys, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE, limit=most)
    return [Alike(await session.get_one(Idea, number), round(share)) for _, share, number in near]


async def authors(session: AsyncSession, number: int) -> int:
    """How many residents an idea is from; two who became one are one."""
    people = select(func.count()).join_from(IdeaAuthor, Resident, Resident.id == IdeaAuthor.resident_id)
    return await session.scalar(people.where(IdeaAuthor.idea_id == number, Resident.state != MERGED)) or 0


async def merged(session: AsyncSession, number: int) -> list[int]:
    """The numbers of the ideas that were merged into this one."""
    return list(await session.scalars(select(Idea.id).where(Idea.merged_into == number).order_by(Idea.id)))


async def history(session: AsyncSession, number: int) -> Sequence[IdeaStep]:
    """What was done with an idea, the oldest first."""
    return (await session.scalars(select(IdeaStep).where(IdeaStep.idea_id == number).order_by(IdeaStep.id))).all()


async def _newest(session: AsyncSession, idea: Idea, near: ColumnElement[bool]) -> dict[int, str]:
    """The texts to compare an idea with, by number; a province that is none is the whole Region's."""
    others = select(Idea.id, func.substr(Idea.key, 1, _READ)).where(near, Idea.id != idea.id)
    others = scoped(others.where(Idea.state.not_in((transitions.MERGED, transitions.DECLINED))), Idea.province)
    rows = await session.execute(others.order_by(Idea.id.desc()).limit(_COMPARED))
    return dict(iter(rows))


def _fresh() -> Select[Idea]:
    return select(Idea).with_for_update().execution_options(populate_existing=True)
