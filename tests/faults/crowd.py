"""Residents who agreed to be asked, written straight into the database, and what their phones received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from api.residents import models as tables
from api.residents import service as residents
from api.routing.roads import prefix_of
from rehearsal.network import Network
from tests.world import KEYRING, World

SMS, TELEGRAM = 120, 80


@dataclass(frozen=True)
class Resident:
    """A resident; `number` is the id of their row."""

    number: int
    channel: str
    address: str

    def got(self, network: Network) -> int:
        """How many messages arrived, by the network's own log rather than Sawt's."""
        if self.channel == "sms":
            return len(network.phone(self.address).inbox)
        return len(network.telegram_user(int(self.address)).messages)


async def gather(world: World) -> list[Resident]:
    """Write residents in three languages and on two channels."""
    addresses = [("sms", world.number()) for _ in range(SMS)]
    return await settle(world, [*addresses, *(("telegram", str(world.chat())) for _ in range(TELEGRAM))])


async def settle(world: World, addresses: Sequence[tuple[str, str]]) -> list[Resident]:
    """Write a resident for each address, in a few statements."""
    now = world.now()
    people = [
        {"state": residents.ACTIVE, "language": ("ar", "fr", "zgh")[number % 3], "latin": False, "joined_at": now}
        for number in range(len(addresses))
    ]
    async with world.db.transaction() as session:
        statement = insert(tables.Resident).returning(tables.Resident.id, sort_by_parameter_order=True)
        numbers = (await session.scalars(statement, people)).all()
        crowd = [Resident(number, *address) for number, address in zip(numbers, addresses, strict=True)]
        await session.execute(insert(tables.Address), [_row(each) for each in crowd])
    for each in crowd:
        if each.channel == "telegram":
            world.network.telegram_user(int(each.address)).profile.started = True
    return crowd


def _row(resident: Resident) -> dict[str, Any]:
    channel, address = resident.channel, resident.address
    return {
        "resident_id": resident.number,
        "channel": channel,
        "road": channel,
        "prefix": prefix_of(address),
        "blind_index": KEYRING.blind_index(channel, address),
        "sealed": KEYRING.encipher(address, purpose="address"),
        "state": "active",
    }
