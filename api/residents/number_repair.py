"""Rewrite addresses that were stored as a provider wrote them, before all numbers were stored in one form (E.164)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.residents.locks import lock
from api.residents.models import Address
from api.residents.service import find_address
from api.routing.roads import prefix_of
from api.security.crypto import Keyring


async def rewrite(session: AsyncSession, address: Address, *, number: str, keyring: Keyring) -> None:
    """Store an address under this number. Raises IntegrityError if another row has the number.

    Only the hash of an erased address exists, so only the hash changes.
    """
    address.blind_index = keyring.blind_index(address.channel, number)
    if address.sealed:
        address.sealed, address.prefix = keyring.encipher(number, purpose="address"), prefix_of(number)
    await session.flush()


async def adopt(session: AsyncSession, *, channel: str, written: str, number: str, keyring: Keyring) -> bool:
    """Change the address stored as `written` to `number`; return False if there is no such address.

    So people who said STOP or voted before numbers had one form are recognised.
    """
    address = await find_address(session, keyring=keyring, channel=channel, address=written)
    if address is None:
        return False
    await lock(session, address.resident_id)
    await rewrite(session, address, number=number, keyring=keyring)
    return True
