"""Merge the ballots of two residents who turn out to be one person, so that only one ballot counts.

The other ballot is set aside: it is stored encrypted for a day, in case the merge is undone. `MergePair` calls the
resident who remains `kept`, and the one who is removed `gone`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import partial_answers
from api.consultations.models import Answer, Ballot, Consultation, Participation, ParticipationState, Superseded
from api.consultations.vault_keys import secrecy
from api.db import table_of
from api.residents.merge import UNDO, MergePair
from api.security.crypto import voter_token
from api.security.seals import seals_of

_PURPOSE = "ballot"
_PROGRESS = tuple(state.value for state in ParticipationState)  # in the order in which people reach these states
_ANSWERS = table_of(Answer)
_APART = (
    "voter",
    "cast_on",
    "changed_at",
    "agent",
)  # columns that the JSON copy leaves out: JSON cannot represent them, and a resident's own ballot has no agent
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Ballots:
    """The part of merging two residents that handles ballots (a `MergeParticipant` of `api/residents/merge.py`)."""

    name = "ballots"

    async def join(self, session: AsyncSession, pair: MergePair) -> Any:
        """Leave one ballot of the two residents in every open consultation; return what `part` needs to undo this.

        A complete ballot is never replaced by an incomplete one. Otherwise the later ballot counts. Closed
        consultations stay as they are, because nobody knows which ballot belongs to whom.
        """
        counts = {}  # by consultation, if the removed resident had a ballot: whose ballot counts
        async for consultation, keeps, goes in _open(session, pair):
            await partial_answers.drop(session, keeps, goes)
            own, other = await _ballot(session, consultation, keeps), await _ballot(session, consultation, goes)
            if other is None:
                continue
            if own is not None:
                await _set_aside(session, consultation, min(own, other, key=_weight), now=pair.now)
            if own is None or _weight(own) <= _weight(other):
                other.voter = keeps
                counts[str(consultation.id)] = "theirs"
            else:
                counts[str(consultation.id)] = "mine"
            await session.flush()
        return {"counts": counts, "came": await _furthest(session, pair.kept, pair.gone)}

    async def part(self, session: AsyncSession, pair: MergePair, noted: Any) -> None:
        """Undo a merge in open consultations: restore both ballots and the earlier progress."""
        progress = dict(noted["came"])
        async for consultation, keeps, goes in _open(session, pair):
            if consultation.id in progress:
                key = (Participation.consultation_id == consultation.id, Participation.resident_id == pair.kept)
                await session.execute(update(Participation).where(*key).values(state=progress[consultation.id]))
            counts = noted["counts"].get(str(consultation.id))
            counting = await _ballot(session, consultation, keeps)
            resting = await _resting(session, consultation, keeps if counts == "theirs" else goes)
            if counting is not None and counts == "theirs":
                counting.voter = goes
                await session.flush()
            if resting is not None and counts is not None:
                await _restore(session, resting)


async def settled_receipts(session: AsyncSession, pair: MergePair) -> Sequence[str]:
    """Return the receipts of the ballots that now count, in consultations where both residents had a ballot.

    There is at most one for each open consultation.
    """
    receipts = []
    async for consultation, keeps, goes in _open(session, pair):
        laid_aside = (Superseded.voter.in_((keeps, goes)), Superseded.kept_until == pair.now + UNDO)
        resting = select(Superseded.receipt).where(Superseded.consultation_id == consultation.id, *laid_aside)
        counting = await _ballot(session, consultation, keeps)
        if counting is not None and await session.scalar(resting.limit(1)) is not None:
            receipts.append(counting.receipt)
    return receipts


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Destroy the ballots that were set aside at least a day ago. Their receipts stay."""
    await session.execute(
        update(Superseded).where(Superseded.kept_until <= now).values(sealed=None, voter=None, kept_until=None)
    )


async def _open(session: AsyncSession, pair: MergePair) -> AsyncIterator[tuple[Consultation, bytes, bytes]]:
    """Yield each open consultation whose secret is known, with the voter tokens of both residents."""
    # locked, so they cannot close before this transaction ends
    for each in await secrecy.with_secret(session, locked=True):
        secret = secrecy.known_secret_of(session, each)
        if secret is not None:
            yield each, voter_token(secret, pair.kept), voter_token(secret, pair.gone)


async def _ballot(session: AsyncSession, consultation: Consultation, voter: bytes) -> Ballot | None:
    ballot: Ballot | None = await session.scalar(
        select(Ballot)
        .where(Ballot.consultation_id == consultation.id, Ballot.voter == voter)
        .execution_options(populate_existing=True)
    )
    return ballot


async def _resting(session: AsyncSession, consultation: Consultation, voter: bytes) -> Superseded | None:
    superseded: Superseded | None = await session.scalar(
        select(Superseded)
        .where(Superseded.consultation_id == consultation.id, Superseded.voter == voter, Superseded.sealed.is_not(None))
        .order_by(Superseded.kept_until.desc())
        .limit(1)
    )
    return superseded


async def _furthest(session: AsyncSession, kept_id: int, gone_id: int) -> list[list[Any]]:
    """Give the remaining resident the removed resident's progress where it is further; return what changed."""
    rows = await session.scalars(select(Participation).where(Participation.resident_id.in_((kept_id, gone_id))))
    by_consultation: dict[int, dict[int, Participation]] = {}
    for each in rows:
        by_consultation.setdefault(each.consultation_id, {})[each.resident_id] = each
    before = []
    for consultation_id, both in by_consultation.items():
        if len(both) == 2 and _PROGRESS.index(both[gone_id].state) > _PROGRESS.index(both[kept_id].state):
            # the earlier state, to undo this
            before.append([consultation_id, both[kept_id].state])
            both[kept_id].state = both[gone_id].state
    await session.flush()
    return before


async def _set_aside(session: AsyncSession, consultation: Consultation, ballot: Ballot, *, now: datetime) -> None:
    answers = (await session.execute(select(_ANSWERS).where(_ANSWERS.c.ballot_id == ballot.id))).mappings().all()
    facts = {each.key: getattr(ballot, each.key) for each in Ballot.__table__.c if each.key not in _APART}
    day, moment = _age(ballot)
    payload = {
        "ballot": facts,
        "day": day.isoformat(),
        "at": moment.isoformat(),
        "answers": [dict(row) for row in answers],
    }
    session.add(
        Superseded(
            consultation_id=ballot.consultation_id,
            receipt=ballot.receipt,
            voter=ballot.voter,
            sealed=secrecy.seal(session, consultation, json.dumps(payload), purpose=_PURPOSE),
            kept_until=now + UNDO,
        )
    )
    await session.execute(delete(_ANSWERS).where(_ANSWERS.c.ballot_id == ballot.id))
    await session.delete(ballot)
    await session.flush()


async def _restore(session: AsyncSession, resting: Superseded) -> None:
    payload = json.loads(seals_of(session).decipher(resting.sealed or b"", purpose=_PURPOSE))
    dates = {"cast_on": date.fromisoformat(payload["day"]), "changed_at": datetime.fromisoformat(payload["at"])}
    session.add(Ballot(**payload["ballot"], **dates, voter=resting.voter))
    await session.delete(resting)
    await session.flush()
    if payload["answers"]:
        await session.execute(insert(_ANSWERS), payload["answers"])


def _age(ballot: Ballot) -> tuple[date, datetime]:
    return ballot.cast_on, ballot.changed_at or _EVER


def _weight(ballot: Ballot) -> tuple[bool, date, datetime]:
    """Return a sort key for a person's two ballots: the one with the greater key counts."""
    return (ballot.complete, *_age(ballot))
