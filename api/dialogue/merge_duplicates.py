"""Merges residents stored under two forms of one number, and rewrites every stored number in its standard form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations.ballots import used_addresses
from api.conversations.models import Conversation
from api.db import Database
from api.dialogue import store
from api.errors import Conflict, Unavailable
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.residents import erasure
from api.residents.duplicates import GONE, Misformatted, Survey, bad_forms
from api.residents.linking import PHONES
from api.residents.locks import lock
from api.residents.models import Address, Resident
from api.residents.number_repair import rewrite
from api.residents.service import ACTIVE, find_address
from api.security.crypto import Keyring
from api.workflows import residents

_TRIES = 3  # a message from the number may change the rows before we lock them
_JOINING = ("language", "consent", "province")  # steps that ask what the other resident has already answered
_HOW = "number"


@dataclass(frozen=True, slots=True)
class Mending:
    """One run of the merge: the keys, the country of numbers without a prefix, who asked for the run, and when."""

    keyring: Keyring
    region: str
    who: str
    now: datetime


async def mend(db: Database, run: Mending) -> Survey:
    """Merge residents who have the same number, and rewrite numbers that are not stored in their standard form.

    Each address is handled in its own transaction. So the service keeps running, and a second run continues an
    interrupted one. If both residents voted, the later ballot counts. If their consents differ, the stricter one
    counts.
    """
    survey = Survey()
    async for batch in bad_forms(db, keyring=run.keyring, region=run.region, into=survey):
        for odd in batch:
            await _settle_with_retries(db, odd, run, survey)
    return survey


async def _settle_with_retries(db: Database, odd: Misformatted, run: Mending, survey: Survey) -> None:
    for attempt in range(_TRIES):
        try:
            async with db.transaction() as session:
                result = await _settle(session, odd, run)
        except (Conflict, IntegrityError):
            if attempt == _TRIES - 1:
                raise Unavailable from None
        else:
            survey.residents += result == "merged"
            survey.rewritten += result == "rewritten"
            return


async def _settle(session: AsyncSession, odd: Misformatted, run: Mending) -> str:
    """Mend one address, and return "merged", "rewritten" or "left" (unchanged). Raises Conflict or IntegrityError."""
    address = await session.get_one(Address, odd.id)
    holder = await find_address(session, keyring=run.keyring, channel=PHONES, address=odd.number)
    owners = {address.resident_id, *([holder.resident_id] if holder is not None else [])}
    locked = {each.id: each for each in await lock(session, *owners)}
    for each in filter(None, (address, holder)):
        await session.refresh(each)
        if each.resident_id not in locked:
            raise Conflict("the address has another owner now")
    if not address.sealed:  # erased in the meantime
        return "left"
    if holder is None:
        # IntegrityError: somebody else has just stored the number
        await rewrite(session, address, number=odd.number, keyring=run.keyring)
        return "rewritten"
    if holder.resident_id == address.resident_id:
        settled = address.state == GONE
        await _retire(session, address, holder)
        return "left" if settled else "rewritten"
    await _merge(session, address, holder, locked, odd.number, run)
    return "merged"


async def _merge(
    session: AsyncSession,
    address: Address,
    holder: Address,
    locked: dict[int, Resident],
    number: str,
    run: Mending,
) -> None:
    one, other = locked[holder.resident_id], locked[address.resident_id]
    if not holder.sealed:
        erasure.readmit(one, holder, written=number, keyring=run.keyring, now=run.now)
    resident = await residents.merge_residents(
        session, one=one, other=other, how=_HOW, channel=PHONES, keyring=run.keyring, now=run.now
    )
    await _retire(session, address, holder)
    conversation = await session.get(Conversation, holder.id)
    if conversation is None and resident.state == ACTIVE:  # we wrote to this address, but it never wrote to us
        session.add(store.new_conversation(holder.id, now=run.now, step="home"))
    elif conversation is not None and resident.state == ACTIVE and conversation.step in _JOINING:
        conversation.step, conversation.offered = "home", ()
    for each in (one, other):
        await audit.note(session, who=run.who, act="merge doubles", subject=f"resident {each.id}", now=run.now)


async def _retire(session: AsyncSession, address: Address, holder: Address) -> None:
    """Stop sending to `address`, and send its queued messages to `holder` instead."""
    # `holder` has the same number in its standard form
    address.state = GONE
    await used_addresses.copy_marks(session, address_id=address.id, to=holder.id)
    waits = (Delivery.address_id == address.id, Delivery.state == DeliveryState.QUEUED)
    await session.execute(update(Delivery).where(*waits).values(address_id=holder.id))
    await session.flush()
