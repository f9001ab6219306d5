"""Residents written straight into the database, with their addresses."""

from __future__ import annotations

from datetime import datetime

from api.residents import service as residents
from api.residents.models import Address, Resident
from api.routing.roads import prefix_of
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
    commune: str | None = None,
    source: str | None = None,
) -> int:
    """A new resident; returns the id of their row."""
    async with world.db.transaction() as session:
        row = Resident(
            state=state,
            language=language,
            latin=latin,
            province=province,
            commune=commune,
            source=source,
            joined_at=joined or world.now(),
        )
        session.add(row)
        await session.flush()
        for channel in channels:
            text = world.number() if channel == "sms" else str(world.chat())
            session.add(address(row.id, channel, text))
        return row.id


def address(resident_id: int, channel: str, text: str) -> Address:
    """An address of a resident."""
    return Address(
        resident_id=resident_id,
        channel=channel,
        road={"sms": "twilio"}.get(channel, channel),
        prefix=prefix_of(text),
        blind_index=KEYRING.blind_index(channel, text),
        sealed=KEYRING.encipher(text, purpose="address"),
        state="active",
    )
