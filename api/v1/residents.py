"""Residents over the JSON API: find, look, erase, undo what made two of them one; every act is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path

from api import audit, suppression
from api.pagination import Page
from api.residents import arrivals, merge
from api.residents.models import Merge
from api.security.rights import Permission
from api.v1.resident_schemas import (
    ActOut,
    AddressOut,
    ConsentOut,
    FindIn,
    MergeOut,
    Number,
    RangeOut,
    ResidentOut,
    SeatOut,
)
from api.web.deps import READS, Actor, KeyringDep, Now, Region, Session, requires, staff_router
from api.web.paging import Paged
from api.web.refusals import refused
from api.workflows import resident_admin
from api.workflows.resident_admin import File

router = staff_router("/residents", "residents", needs=requires(Permission.ANSWER, Permission.AUDIT))


@router.get("/merges")
async def merges(session: Session, now: Now, asked: Paged) -> Page[MergeOut]:
    """What was made one, the newest first."""
    return (await merge.log(session, asked)).page(lambda each: _merge(each, now))


@router.post("/merges/{number}/undo", dependencies=[requires(Permission.ANSWER, fresh=True)])
async def undo(
    number: Annotated[int, Path(ge=1, lt=2**63)], who: Actor, session: Session, keyring: KeyringDep, now: Now
) -> MergeOut:
    """Make two residents of one again, each with their own addresses and ballots; within a day."""
    return _merge(await resident_admin.part(session, number, who=who, keyring=keyring, now=now), now)


@router.get("/ranges")
async def ranges(session: Session, keyring: KeyringDep, now: Now, asked: Paged) -> Page[RangeOut]:
    """From which ranges of numbers people joined in four weeks, those of most newcomers first."""
    return (await arrivals.listed(session, keyring=keyring, now=now, asked=asked)).page(_range)


@router.get("/acts", dependencies=[requires(Permission.AUDIT)])
async def acts(session: Session, asked: Paged, resident: Number | None = None) -> Page[ActOut]:
    """The record of what staff did with residents, the newest first."""
    subject = f"resident {resident}" if resident is not None else None
    found = await audit.listed(session, asked, subject=subject)
    return found.page(
        lambda each: ActOut(at=each.at, who=each.who, act=each.act, subject=each.subject, about=each.about)
    )


@router.post("/find", dependencies=[READS, requires(Permission.ANSWER, local=True)], responses=refused(404))
async def find(
    given: FindIn, who: Actor, session: Session, keyring: KeyringDep, region: Region, now: Now
) -> ResidentOut:
    """Whoever is reached at this number or chat, and all that is known of them."""
    found = await resident_admin.find(
        session, channel=given.channel, address=given.address, who=who, keyring=keyring, now=now, region=region
    )
    return out(found)


@router.get("/{number}", dependencies=[requires(Permission.ANSWER, local=True)])
async def show(number: Number, who: Actor, session: Session, keyring: KeyringDep, now: Now) -> ResidentOut:
    """All that is known of a resident."""
    return out(await resident_admin.show(session, number, who=who, keyring=keyring, now=now))


@router.post("/{number}/erase", dependencies=[requires(Permission.ANSWER, fresh=True, local=True)])
async def erase(number: Number, who: Actor, session: Session, now: Now) -> dict[str, str]:
    """Erase a resident for good; their ballots stay, nameless, and their published ideas without them."""
    return {"state": (await resident_admin.erase(session, number, who=who, now=now)).state}


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
        addresses=[
            AddressOut(channel=channel, masked=masked, state=state) for channel, masked, state in found.addresses
        ],
        consent=None if consent is None else ConsentOut(granted=consent.granted, given_at=consent.given_at),
        consultations=[code for code, _ in held.consultations],
        follows=held.follows,
        ideas=list(held.ideas),
        seats=[SeatOut(meeting=code, starts_at=starts, state=state) for code, starts, state in held.seats],
        letters=list(held.letters),
        assisting=held.assisting,
    )


def _range(found: arrivals.Range) -> RangeOut:
    return RangeOut(
        range=found.digits,
        today=suppression.shown(found.today),
        refused=suppression.shown(found.refused),
        before=suppression.shown(found.before),
    )


def _merge(found: Merge, now: datetime) -> MergeOut:
    return MergeOut(
        number=found.id,
        stays=found.kept_id,
        went=found.gone_id,
        how=found.how,
        channel=found.channel,
        merged_at=found.merged_at,
        can_be_undone=merge.can_be_undone(found, now=now),
        undone_at=found.undone_at,
        undone_by=found.undone_by,
    )
