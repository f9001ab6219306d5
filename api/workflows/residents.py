"""Merge two residents, undo a merge, erase a resident, or give an address to a new resident, in all domains."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import idempotency
from api.actors import Action
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


async def merge_residents(
    session: AsyncSession,
    *,
    one: Resident,
    other: Resident,
    how: str,
    channel: str,
    keyring: Keyring,
    now: datetime,
) -> Resident:
    """Merge two residents and return the one that stays.

    Raises Conflict if the two are the same, or if either is already merged or erased.
    """
    remaining = await resident_merge.merge(
        session, one=one, other=other, participants=PARTICIPANTS, how=how, channel=channel, keyring=keyring, now=now
    )
    await voter_numbers.refresh(session, remaining.id, now=now)
    # a STOP of either now applies to both
    if remaining.state != residents.ACTIVE:
        await outbox.cancel_unsolicited(session, remaining.id, now=now)
    return remaining


async def undo_merge(session: AsyncSession, merge_id: int, *, action: Action, keyring: Keyring) -> Merge:
    """Undo a merge of two residents within a day. Raises NotFound, AlreadyDone, or Conflict if it is too late."""
    by, now = action.actor, action.at
    row = await resident_merge.unmerge(session, merge_id, participants=PARTICIPANTS, who=by, keyring=keyring, now=now)
    await voter_numbers.refresh(session, row.kept_id, row.gone_id, now=now)
    return row


async def erase(session: AsyncSession, resident: Resident, *, now: datetime) -> None:
    """Erase a resident: addresses, conversations, follows, authorship, consent texts, letters, seats, deliveries.

    Ideas that are published or have other authors stay, without this author. Ballots stay; nothing links them to a
    resident. A hash of each address stays until `forget` deletes it, so that nobody can vote twice.
    """
    await outbox.erase(session, resident.id, now=now)
    await intake.forget_author(session, resident.id)
    for domain in (seats, desk):
        await domain.forget(session, resident.id)
    addresses = select(Address.id).where(Address.resident_id == resident.id)
    await session.execute(update(Conversation).where(Conversation.address_id.in_(addresses)).values(**_BLANK))
    await erasure.erase(session, resident)
    # stored responses to staff may contain data of this resident
    await idempotency.blank(session)


async def hand_over(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """Take an address from its previous owner and return the new, empty resident who now has it.

    If the previous owner has no other address, they are erased.
    """
    newcomer = await _leave(session, resident, address, now=now)
    await erase(session, newcomer, now=now)
    return newcomer


async def give_to_newcomer(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """Give an address to a new resident, who gets no ballots of the previous owner.

    If the previous owner has no other address, they are erased.
    """
    newcomer = await _leave(session, resident, address, now=now)
    await outbox.erase(session, newcomer.id, now=now)
    await session.execute(update(Conversation).where(Conversation.address_id == address.id).values(**_BLANK))
    return newcomer


async def _leave(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """Move an address to a new resident and return them. Ballots stay with the old resident."""
    # the new resident cannot cast a second ballot from this address in an open vote
    await used_addresses.mark(session, resident_id=resident.id, address_id=address.id)
    newcomer = await erasure.detach(session, resident, address, now=now)
    if not await _has_another_address(session, resident, address):
        await erase(session, resident, now=now)
    return newcomer


async def _has_another_address(session: AsyncSession, resident: Resident, address: Address) -> bool:
    """Return whether a resident has an address besides this one."""
    others = (
        Address.resident_id == resident.id,
        Address.id != address.id,
        Address.state.not_in((erasure.EMPTIED, erasure.REFUSED)),
    )
    return await session.scalar(select(Address.id).where(*others).limit(1)) is not None


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Delete data whose retention time is over."""
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
