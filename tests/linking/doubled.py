"""Addresses as they were stored before each number had one form."""

from __future__ import annotations

from api.residents import service as residents
from api.residents.number_repair import rewrite
from tests.ballots import KEYRING
from tests.world import World


async def stored_as(world: World, number: str, written: str) -> None:
    """Store the address of this number as a provider once spelled it."""
    async with world.db.transaction() as session:
        address = await residents.find_address(session, keyring=KEYRING, channel="sms", address=number)
        assert address is not None
        await rewrite(session, address, number=written, keyring=KEYRING)
