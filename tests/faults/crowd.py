"""Two hundred residents who agreed to be asked, written straight into the database; and what their phones got."""

from __future__ import annotations

from dataclasses import dataclass

from api.crypto import Keyring
from api.residents import service as residents
from rehearsal.network import Network
from tests.world import KEYS, World

SMS, TELEGRAM = 120, 80


@dataclass(frozen=True)
class Resident:
    """One of them; `number` is that of their row."""

    number: int
    channel: str
    address: str

    def got(self, network: Network) -> int:
        """How many messages arrived: the network's own log, not Sawt's, is the judge."""
        if self.channel == "sms":
            return len(network.phone(self.address).inbox)
        return len(network.telegram_user(int(self.address)).messages)


async def gather(world: World) -> list[Resident]:
    """Write them, in three languages and on two channels."""
    addresses = [("sms", world.number()) for _ in range(SMS)]
    addresses += [("telegram", str(world.chat())) for _ in range(TELEGRAM)]
    found, keyring = [], Keyring.parse(KEYS)
    async with world.db.transaction() as session:
        for channel, address in addresses:
            resident, _ = await residents.meet(
                session, keyring=keyring, channel=channel, provider=channel, address=address, now=world.now()
            )
            resident.language, resident.state = ("ar", "fr", "zgh")[resident.id % 3], residents.ACTIVE
            found.append(Resident(resident.id, channel, address))
            if channel == "telegram":
                world.network.telegram_user(int(address)).profile.started = True
    return found
