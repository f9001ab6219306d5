"""Convert old addresses to E.164. Older releases stored phone numbers as the provider wrote them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.residents.locks import lock
from api.residents.models import Address
from api.residents.service import find_address
from api.routing.roads import prefix_of
from api.security.crypto import Keyring


async def rewrite(session: AsyncSession, address: Address, *, number: str, keyring: Keyring) -> None:
    """Store a number as an address. Raises IntegrityError if another row already has the number.

    Of an erased address only the hash exists, so only the hash changes.
    """
    address.blind_index = keyring.blind_index(address.channel, number)
    if address.sealed:
        address.sealed, address.prefix = keyring.encipher(number, purpose="address"), prefix_of(number)
    await session.flush()


async def adopt(session: AsyncSession, *, channel: str, written: str, number: str, keyring: Keyring) -> bool:
    """Change the address stored as `written` to `number`; return False if there is no such address.

    This recognises people who sent STOP or voted before all numbers were stored in one form.
    """
    address = await find_address(session, keyring=keyring, channel=channel, address=written)
    if address is None:
        return False
    await lock(session, address.resident_id)
    await rewrite(session, address, number=number, keyring=keyring)
    return True
