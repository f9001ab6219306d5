"""What becomes of ballots when two residents become one: one of them counts, the other rests for a day."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import partial_answers
from api.consultations.models import Answer, Ballot, Consultation, Participation, Superseded
from api.consultations.participation import BEGUN, FINISHED
from api.consultations.vault_keys import secrecy
from api.db import table_of
from api.residents.merge import UNDO, MergePair
from api.security.crypto import voter_token
from api.security.seals import seals_of

_PURPOSE = "ballot"
_STEPS = ("asked", BEGUN, FINISHED)
_ANSWERS = table_of(Answer)
_APART = ("voter", "cast_on", "changed_at", "agent")  # what JSON has no word for; nobody typed for a resident
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Ballots:
    """The share of consultations in merging two residents: see `api/residents/merge.py`."""

    name = "ballots"

    async def join(self, session: AsyncSession, pair: MergePair) -> Any:
        """Leave one ballot in every open consultation. Of closed ones nobody knows whose a ballot is.

        A complete ballot is never replaced by an unfinished one; of two that are alike in this, the later counts.
        """
        counts = {}  # whose ballot counts now, by consultation, where the one who goes had one
        async for consultation, keeps, goes in _open(session, pair):
            await partial_answers.drop(session, keeps, goes)
            mine, theirs = await _ballot(session, consultation, keeps), await _ballot(session, consultation, goes)
            if theirs is None:
                continue
            if mine is not None:
                await _rest(session, consultation, min(mine, theirs, key=_weight), now=pair.now)
            if mine is None or _weight(mine) <= _weight(theirs):
                theirs.voter = keeps
                counts[str(consultation.id)] = "theirs"
            else:
                counts[str(consultation.id)] = "mine"
            await session.flush()
        return {"counts": counts, "came": await _furthest(session, pair.kept, pair.gone)}

    async def part(self, session: AsyncSession, pair: MergePair, noted: Any) -> None:
        """Give both their ballots again, and how far they had come, in what is still open: what closed was levelled."""
        came = dict(noted["came"])
        async for consultation, keeps, goes in _open(session, pair):
            if consultation.id in came:
                theirs = (Participation.consultation_id == consultation.id, Participation.resident_id == pair.kept)
                await session.execute(update(Participation).where(*theirs).values(state=came[consultation.id]))
            counts = noted["counts"].get(str(consultation.id))
            live = await _ballot(session, consultation, keeps)
            resting = await _resting(session, consultation, keeps if counts == "theirs" else goes)
            if live is not None and counts == "theirs":
                live.voter = goes
                await session.flush()
            if resting is not None and counts is not None:
                await _wake(session, resting)


async def settled(session: AsyncSession, pair: MergePair) -> Sequence[str]:
    """The receipts that count where the merge of these pair, in this very moment, laid another ballot aside."""
    found = []
    async for consultation, keeps, goes in _open(session, pair):
        laid_aside = (Superseded.voter.in_((keeps, goes)), Superseded.kept_until == pair.now + UNDO)
        resting = select(Superseded.receipt).where(Superseded.consultation_id == consultation.id, *laid_aside)
        live = await _ballot(session, consultation, keeps)
        if live is not None and await session.scalar(resting.limit(1)) is not None:
            found.append(live.receipt)
    return found


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Destroy the ballots that rest for longer than a day; their receipts stay."""
    await session.execute(
        update(Superseded).where(Superseded.kept_until <= now).values(sealed=None, voter=None, kept_until=None)
    )


async def _open(session: AsyncSession, pair: MergePair) -> AsyncIterator[tuple[Consultation, bytes, bytes]]:
    """The consultations whose secret is known, each with both tokens; closing waits for us."""
    for each in await secrecy.held(session, locked=True):
        secret = secrecy.known_secret_of(session, each)
        if secret is not None:
            yield each, voter_token(secret, pair.kept), voter_token(secret, pair.gone)


async def _ballot(session: AsyncSession, consultation: Consultation, voter: bytes) -> Ballot | None:
    found: Ballot | None = await session.scalar(
        select(Ballot)
        .where(Ballot.consultation_id == consultation.id, Ballot.voter == voter)
        .execution_options(populate_existing=True)
    )
    return found


async def _resting(session: AsyncSession, consultation: Consultation, voter: bytes) -> Superseded | None:
    found: Superseded | None = await session.scalar(
        select(Superseded)
        .where(Superseded.consultation_id == consultation.id, Superseded.voter == voter, Superseded.sealed.is_not(None))
        .order_by(Superseded.kept_until.desc())
        .limit(1)
    )
    return found


async def _furthest(session: AsyncSession, kept: int, gone: int) -> list[list[Any]]:
    """Let the one who stays have come as far as either; returns how far they had come themselves."""
    found = await session.scalars(select(Participation).where(Participation.resident_id.in_((kept, gone))))
    by: dict[int, dict[int, Participation]] = {}
    for each in found:
        by.setdefault(each.consultation_id, {})[each.resident_id] = each
    before = []
    for consultation_id, both in by.items():
        if len(both) == 2 and _STEPS.index(both[gone].state) > _STEPS.index(both[kept].state):
            before.append([consultation_id, both[kept].state])
            both[kept].state = both[gone].state
    await session.flush()
    return before


async def _rest(session: AsyncSession, consultation: Consultation, ballot: Ballot, *, now: datetime) -> None:
    held = (await session.execute(select(_ANSWERS).where(_ANSWERS.c.ballot_id == ballot.id))).mappings().all()
    facts = {each.key: getattr(ballot, each.key) for each in Ballot.__table__.c if each.key not in _APART}
    day, moment = _age(ballot)
    given = {"ballot": facts, "day": day.isoformat(), "at": moment.isoformat(), "answers": [dict(row) for row in held]}
    session.add(
        Superseded(
            consultation_id=ballot.consultation_id,
            receipt=ballot.receipt,
            voter=ballot.voter,
            sealed=secrecy.seal(session, consultation, json.dumps(given), purpose=_PURPOSE),
            kept_until=now + UNDO,
        )
    )
    await session.execute(delete(_ANSWERS).where(_ANSWERS.c.ballot_id == ballot.id))
    await session.delete(ballot)
    await session.flush()


async def _wake(session: AsyncSession, resting: Superseded) -> None:
    given = json.loads(seals_of(session).decipher(resting.sealed or b"", purpose=_PURPOSE))
    dates = {"cast_on": date.fromisoformat(given["day"]), "changed_at": datetime.fromisoformat(given["at"])}
    session.add(Ballot(**given["ballot"], **dates, voter=resting.voter))
    await session.delete(resting)
    await session.flush()
    if given["answers"]:
        await session.execute(insert(_ANSWERS), given["answers"])


def _age(ballot: Ballot) -> tuple[date, datetime]:
    return ballot.cast_on, ballot.changed_at or _EVER


def _weight(ballot: Ballot) -> tuple[bool, date, datetime]:
    """Which of two ballots counts: the one that weighs more."""
    return (ballot.complete, *_age(ballot))
