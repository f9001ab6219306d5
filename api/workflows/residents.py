"""What happens to a whole person, across all domains: two become one or two again, or one is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import idempotency
from api.agents import service as agents
from api.consultations import voter_numbers
from api.consultations.ballots import casting, merge, used_addresses
from api.conversations import retention
from api.conversations.models import Conversation
from api.desk import service as desk
from api.meetings import seats
from api.meetings.merge import Seats
from api.outbox import service as outbox
from api.outbox.merge import Deliveries
from api.proposals.ideas import intake
from api.residents import arrivals, erasure, linking
from api.residents import merge as resident_merge
from api.residents import service as residents
from api.residents.models import Address, Merge, Resident
from api.security.crypto import Keyring

_BLANK: dict[str, Any] = {
    "step": "language", "consultation_id": None, "position": 0, "offered": (), "notes": {}, "misses": 0,
    "payload": None, "guess": None, "switch_offered": False, "repeated": {},
    "assisting": None, "trail": [], "trail_of": None, "aside_at": None, "signed_at": None,
}  # fmt: skip

# In the order of their locks: see docs/architecture.md.
PARTICIPANTS: tuple[resident_merge.MergeParticipant, ...] = (Seats(), merge.Ballots(), Deliveries())


async def join(
    session: AsyncSession,
    *,
    one: Resident,
    other: Resident,
    how: str,
    channel: str,
    keyring: Keyring,
    now: datetime,
) -> Resident:
    """Make two residents one; returns the one that stays. Raises Conflict where they are not two people.

    Where the one had stopped, what still waits for the other is cancelled: nobody would ever claim it, nor end it.
    """
    kept = await resident_merge.merge(
        session, one=one, other=other, participants=PARTICIPANTS, how=how, channel=channel, keyring=keyring, now=now
    )
    await voter_numbers.refresh(session, kept.id, now=now)
    if kept.state != residents.ACTIVE:
        await outbox.cancel_unsolicited(session, kept.id, now=now)
    return kept


async def part(session: AsyncSession, merge_id: int, *, who: str, keyring: Keyring, now: datetime) -> Merge:
    """Make two of them again, within a day. Raises NotFound, AlreadyDone or Conflict."""
    found = await resident_merge.unmerge(
        session, merge_id, participants=PARTICIPANTS, who=who, keyring=keyring, now=now
    )
    await voter_numbers.refresh(session, found.kept_id, found.gone_id, now=now)
    return found


async def erase(session: AsyncSession, resident: Resident, *, now: datetime) -> None:
    """Erase a person: addresses, conversations, follows, ideas as theirs, the wording of consents, what waits for them.

    Their letters to the staff go too, their seats at meetings, and the answers kept for repeated requests of staff.

    Ideas that are public or somebody else's too stay, without them. Ballots stay, nameless. A hash of each address
    stays as long as a consultation they took part in is open, so that nobody votes, is erased, and votes again:
    `forget` ends that.
    """
    await outbox.erase(session, resident.id, now=now)
    await intake.forget_author(session, resident.id)
    for domain in (seats, desk):
        await domain.forget(session, resident.id)
    theirs = select(Address.id).where(Address.resident_id == resident.id)
    await session.execute(update(Conversation).where(Conversation.address_id.in_(theirs)).values(**_BLANK))
    await erasure.erase(session, resident)
    await idempotency.blank(session)


async def hand_over(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """Erase whoever had an address, on their word; returns the emptied resident that has it now.

    Someone who is reached elsewhere too stays there, and only this address leaves them.
    """
    alone = await _leave(session, resident, address, now=now)
    await erase(session, alone, now=now)
    return alone


async def begin_anew(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """Give an address to a new resident, who is nobody's heir: no ballot and no consultation of before is theirs.

    Whoever had it is erased, unless they are reached elsewhere too.
    """
    alone = await _leave(session, resident, address, now=now)
    await outbox.erase(session, alone.id, now=now)
    await session.execute(update(Conversation).where(Conversation.address_id == address.id).values(**_BLANK))
    return alone


async def _leave(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """A new resident for an address that leaves this one, whose ballots stay where they are.

    The address is marked first: in a vote that is open, the new resident casts no second ballot from it.
    """
    await used_addresses.mark(session, resident_id=resident.id, address_id=address.id)
    alone = await erasure.detach(session, resident, address, now=now)
    if not await _is_elsewhere(session, resident, address):
        await erase(session, resident, now=now)
    return alone


async def _is_elsewhere(session: AsyncSession, resident: Resident, address: Address) -> bool:
    """Whether a resident is reached by another address too."""
    others = (
        Address.resident_id == resident.id,
        Address.id != address.id,
        Address.state.not_in((erasure.EMPTIED, erasure.REFUSED)),
    )
    return await session.scalar(select(Address.id).where(*others).limit(1)) is not None


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Destroy what was kept for a while and is needed no more.

    That is what undoes a merge, what conversations hold of consultations that closed, the hashes of the erased, and the
    wrong codes of agents and of linking that were tried, and how many joined long ago.
    """
    await agents.forget(session, now=now)
    await linking.forget_old(session, now=now)
    await arrivals.forget(session, now=now)
    await resident_merge.forget(session, now=now)
    await merge.forget(session, now=now)
    await retention.forget(session, now=now)
    erased = await erasure.lock_emptied(session)
    voting = await casting.residents_with_ballot(session, erased)
    released = await erasure.delete_hashes(session, set(erased) - set(voting) - await used_addresses.holders(session))
    await session.execute(delete(Conversation).where(Conversation.address_id.in_(released)))
