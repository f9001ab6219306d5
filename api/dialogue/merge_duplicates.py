"""Making one of the residents who have one number, and giving every stored number its one form."""

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
from api.outbox import states
from api.outbox.models import Delivery
from api.residents import erasure
from api.residents.duplicates import GONE, Odd, Survey, odd_ones
from api.residents.linking import PHONES
from api.residents.locks import lock
from api.residents.models import Address, Resident
from api.residents.number_repair import rewrite
from api.residents.service import ACTIVE, find_address
from api.security.crypto import Keyring
from api.workflows import residents

_TRIES = 3  # somebody may write from the number between our look and our lock
_JOINING = ("language", "consent", "province")  # steps of somebody who is asked what the other row knows already
_HOW = "number"


@dataclass(frozen=True, slots=True)
class Mending:
    """What mending takes: the keys, the country of numbers without one, who asked for it, and when."""

    keyring: Keyring
    region: str
    who: str
    now: datetime


async def mend(db: Database, given: Mending) -> Survey:
    """Merge all residents who have one number, and rewrite the numbers that only need their one form.

    Each address is a transaction of its own, so that the service goes on meanwhile and a second run goes on where a
    first one ended. Which ballot counts, and whose STOP, is said by `people.join`: the later, and the narrower.
    """
    done = Survey()
    async for batch in odd_ones(db, keyring=given.keyring, region=given.region, into=done):
        for odd in batch:
            await _settled(db, odd, given, done)
    return done


async def _settled(db: Database, odd: Odd, given: Mending, done: Survey) -> None:
    for tried in range(_TRIES):
        try:
            async with db.transaction() as session:
                did = await _settle(session, odd, given)
        except (Conflict, IntegrityError):
            if tried == _TRIES - 1:
                raise Unavailable from None
        else:
            done.residents += did == "merged"
            done.rewritten += did == "rewritten"
            return


async def _settle(session: AsyncSession, odd: Odd, given: Mending) -> str:
    """What became of one address. Raises Conflict if it changed hands meanwhile, IntegrityError as `rewrite`."""
    address = await session.get_one(Address, odd.id)
    holder = await find_address(session, keyring=given.keyring, channel=PHONES, address=odd.number)
    owners = {address.resident_id, *([holder.resident_id] if holder is not None else [])}
    locked = {each.id: each for each in await lock(session, *owners)}
    for each in filter(None, (address, holder)):
        await session.refresh(each)
        if each.resident_id not in locked:
            raise Conflict("an address went over to somebody else")
    if not address.sealed:  # erased meanwhile
        return "left"
    if holder is None:
        await rewrite(session, address, number=odd.number, keyring=given.keyring)
        return "rewritten"
    if holder.resident_id == address.resident_id:
        settled = address.state == GONE
        await _retire(session, address, holder)
        return "left" if settled else "rewritten"
    await _merge(session, address, holder, locked, odd.number, given)
    return "merged"


async def _merge(
    session: AsyncSession,
    address: Address,
    holder: Address,
    locked: dict[int, Resident],
    number: str,
    given: Mending,
) -> None:
    one, other = locked[holder.resident_id], locked[address.resident_id]
    if not holder.sealed:
        erasure.come_back(one, holder, written=number, keyring=given.keyring, now=given.now)
    kept = await residents.merge_residents(
        session, one=one, other=other, how=_HOW, channel=PHONES, keyring=given.keyring, now=given.now
    )
    await _retire(session, address, holder)
    talk = await session.get(Conversation, holder.id)
    if talk is None and kept.state == ACTIVE:  # it was written to, and never wrote
        session.add(store.begun(holder.id, now=given.now, step="home"))
    elif talk is not None and kept.state == ACTIVE and talk.step in _JOINING:
        talk.step, talk.offered = "home", []
    for each in (one, other):
        await audit.note(session, who=given.who, act="merge doubles", subject=f"resident {each.id}", now=given.now)


async def _retire(session: AsyncSession, address: Address, holder: Address) -> None:
    """Send nothing to an address any more: what waits for it goes to the one that has the number in its one form."""
    address.state = GONE
    await used_addresses.follow(session, address_id=address.id, to=holder.id)
    waits = (Delivery.address_id == address.id, Delivery.state == states.QUEUED)
    await session.execute(update(Delivery).where(*waits).values(address_id=holder.id))
    await session.flush()
