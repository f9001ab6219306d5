"""Residents over the JSON API: find, look, erase, undo what made two of them one; every act is written down."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import audit, phones
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.dialogue import files
from api.dialogue.file_schemas import (
    ActOut,
    AddressOut,
    By,
    ConsentOut,
    FindIn,
    MergeOut,
    Number,
    ResidentOut,
    SeatOut,
    Who,
)
from api.dialogue.files import File
from api.residents import merging
from api.residents.models import Merge

Limit = Annotated[int, Query(ge=1, le=500)]


def router(db: Database, keyring: Keyring, clock: Clock, region: str = phones.HOME) -> APIRouter:
    """The routes below /residents; `region` is the country of numbers that are written without one."""
    routes = APIRouter(prefix="/residents", tags=["residents"])
    _records(routes, db, keyring, clock)

    @routes.post("/find")
    async def find(given: FindIn) -> ResidentOut:
        """Whoever is reached at this number or chat, and all that is known of them."""
        async with db.transaction() as session:
            found = await files.find(
                session, channel=given.channel, address=given.address, who=given.who, keyring=keyring, now=clock(),
                region=region,
            )  # fmt: skip
            return out(found)

    @routes.get("/{number}")
    async def show(number: Number, who: Annotated[Who, Query()]) -> ResidentOut:
        """All that is known of a resident."""
        async with db.transaction() as session:
            return out(await files.show(session, number, who=who, keyring=keyring, now=clock()))

    @routes.post("/{number}/erase")
    async def erase(number: Number, given: By) -> dict[str, str]:
        """Erase a resident for good; their ballots stay, nameless, and their published ideas without them."""
        async with db.transaction() as session:
            return {"state": (await files.erase(session, number, who=given.who, now=clock())).state}

    return routes


def _records(routes: APIRouter, db: Database, keyring: Keyring, clock: Clock) -> None:
    @routes.get("/merges")
    async def merges(limit: Limit = 50) -> list[MergeOut]:
        """What was made one, the newest first."""
        async with db.transaction() as session:
            return [_merge(each, clock) for each in await merging.log(session, limit=limit)]

    @routes.post("/merges/{number}/undo")
    async def undo(number: Annotated[int, Path(ge=1, lt=2**63)], given: By) -> MergeOut:
        """Make two residents of one again, each with their own addresses and ballots; within a day."""
        async with db.transaction() as session:
            return _merge(await files.part(session, number, who=given.who, keyring=keyring, now=clock()), clock)

    @routes.get("/acts")
    async def acts(resident: Number | None = None, limit: Limit = 100) -> list[ActOut]:
        """The record of what staff did with residents, the newest first."""
        subject = f"resident {resident}" if resident is not None else None
        async with db.transaction() as session:
            found = await audit.listed(session, subject=subject, limit=limit)
            return [ActOut(at=each.at, who=each.who, act=each.act, subject=each.subject) for each in found]


def out(found: File) -> ResidentOut:
    """A file as it is read."""
    person, held = found.resident, found.held
    consent = held.consent
    return ResidentOut(
        number=person.id,
        state=person.state,
        language=person.language,
        latin=person.latin,
        province=person.province,
        since=held.since,
        addresses=[AddressOut(channel=channel, masked=masked) for channel, masked in found.addresses],
        consent=None if consent is None else ConsentOut(granted=consent.granted, given_at=consent.given_at),
        consultations=[code for code, _ in held.consultations],
        follows=held.follows,
        ideas=list(held.ideas),
        seats=[SeatOut(meeting=code, starts_at=starts, state=state) for code, starts, state in held.seats],
        letters=list(held.letters),
        assisting=held.assisting,
    )


def _merge(found: Merge, clock: Clock) -> MergeOut:
    return MergeOut(
        number=found.id,
        stays=found.kept_id,
        went=found.gone_id,
        how=found.how,
        channel=found.channel,
        merged_at=found.merged_at,
        can_be_undone=merging.can_be_undone(found, now=clock()),
        undone_at=found.undone_at,
        undone_by=found.undone_by,
    )
