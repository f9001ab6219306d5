"""Addresses that were stored as a provider wrote them, before each number had one form: given that form."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.residents.locks import lock
from api.residents.models import Address
from api.residents.service import find_address
from api.routing.roads import prefix_of
from api.security.crypto import Keyring


async def rewrite(session: AsyncSession, address: Address, *, number: str, keyring: Keyring) -> None:
    """Store an address under this number. Raises IntegrityError if another row has it.

    Of an erased address only the hash was left, and only the hash changes.
    """
    address.blind_index = keyring.blind_index(address.channel, number)
    if address.sealed:
        address.sealed, address.prefix = keyring.encipher(number, purpose="address"), prefix_of(number)
    await session.flush()


async def adopt(session: AsyncSession, *, channel: str, written: str, number: str, keyring: Keyring) -> bool:
    """Whether somebody is known by this other writing of their number; it is stored as the number from now on.

    So whoever said STOP, or voted, before numbers had one form is known again by their next message.
    """
    known = await find_address(session, keyring=keyring, channel=channel, address=written)
    if known is None:
        return False
    await lock(session, known.resident_id)
    await rewrite(session, known, number=number, keyring=keyring)
    return True
