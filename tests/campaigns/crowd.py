"""Residents written straight into the database: who they are, where they can be reached."""

from __future__ import annotations

from datetime import datetime

from api.residents import service as residents
from api.residents.models import Address, Resident
from tests.world import KEYRING, World


async def resident(
    world: World,
    *,
    language: str | None = "fr",
    province: str | None = "01.571",
    state: str = residents.ACTIVE,
    channels: tuple[str, ...] = ("sms",),
    latin: bool = False,
    joined: datetime | None = None,
) -> int:
    """Someone; returns the number of their row."""
    async with world.db.transaction() as session:
        found = Resident(
            state=state, language=language, latin=latin, province=province, joined_at=joined or world.now()
        )
        session.add(found)
        await session.flush()
        for channel in channels:
            address = world.number() if channel == "sms" else str(world.chat())
            session.add(
                Address(
                    resident_id=found.id,
                    channel=channel,
                    provider={"sms": "twilio"}.get(channel, channel),
                    blind_index=KEYRING.blind_index(channel, address),
                    sealed=KEYRING.encipher(address, purpose="address"),
                    state="active",
                )
            )
        return found.id
