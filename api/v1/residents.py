"""Residents over the JSON API: find, show and erase them, undo merges, list staff actions. Each action is recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path

from api import audit, suppression
from api.pagination import Page
from api.residents import arrivals, merge
from api.residents.models import Merge
from api.security.rights import Permission
from api.web.deps import READS, REASONED, ActionDep, KeyringDep, Now, Region, Session, requires, staff_router
from api.web.paging import PageDep
from api.web.refusals import refused
from api.workflows import resident_admin, unmasking
from api.workflows.resident_admin import File
from api.workflows.resident_schemas import (
    ActOut,
    AddressOut,
    ConsentOut,
    FindIn,
    MergeOut,
    Number,
    RangeOut,
    ResidentOut,
    SeatOut,
    UnmaskedOut,
    UnmaskIn,
    UnmaskingOut,
)

router = staff_router("/residents", "residents", needs=requires(Permission.ANSWER, Permission.AUDIT))


@router.get("/merges")
async def list_merges(session: Session, now: Now, page: PageDep) -> Page[MergeOut]:
    """List merges of two residents, the newest first."""
    return (await merge.log(session, page)).page(lambda row: _merge_out(row, now))


@router.post("/merges/{number}/undo", dependencies=[requires(Permission.ANSWER, fresh=True), REASONED])
async def undo_merge(
    number: Annotated[int, Path(ge=1, lt=2**63)], action: ActionDep, session: Session, keyring: KeyringDep
) -> MergeOut:
    """Undo a merge of two residents, within a day. Both get their own addresses and ballots back."""
    return _merge_out(await resident_admin.undo_merge(session, number, action=action, keyring=keyring), action.at)


@router.get("/ranges")
async def list_number_ranges(session: Session, keyring: KeyringDep, now: Now, page: PageDep) -> Page[RangeOut]:
    """List the ranges of phone numbers from which people joined in the last four weeks, the busiest first."""
    return (await arrivals.listed(session, keyring=keyring, now=now, asked=page)).page(_range_out)


@router.get("/acts", dependencies=[requires(Permission.AUDIT)])
async def list_acts(session: Session, page: PageDep, resident: Number | None = None) -> Page[ActOut]:
    """List recorded staff actions on residents, the newest first."""
    subject = f"resident {resident}" if resident is not None else None
    acts = await audit.listed(session, page, subject=subject)
    return acts.page(lambda act: ActOut(at=act.at, who=act.who, act=act.act, subject=act.subject, about=act.about))


@router.get("/unmaskings", dependencies=[requires(Permission.AUDIT)])
async def list_unmaskings(session: Session, page: PageDep) -> Page[UnmaskingOut]:
    """List who saw which resident's number in full and why, the newest first."""
    acts = await unmasking.listed(session, page)
    return acts.page(
        lambda act: UnmaskingOut(at=act.at, who=act.who, subject=act.subject, channel=act.about, reason=act.reason)
    )


@router.post("/{number}/unmask", dependencies=[READS, requires(Permission.SEE_NUMBERS, fresh=True, local=True)])
async def unmask_resident(
    number: Number, data: UnmaskIn, action: ActionDep, session: Session, keyring: KeyringDep
) -> UnmaskedOut:
    """Show a resident's number in full, for five minutes. The viewer and the reason are recorded."""
    shown = await unmasking.unmask(
        session, number, channel=data.channel, reason=data.reason, action=action, keyring=keyring
    )
    return UnmaskedOut(number=number, channel=shown.channel, address=shown.address, until=shown.until)


@router.post("/find", dependencies=[READS, requires(Permission.ANSWER, local=True)], responses=refused(404))
async def find_resident(
    data: FindIn, action: ActionDep, session: Session, keyring: KeyringDep, region: Region
) -> ResidentOut:
    """Find the resident with a phone number or chat."""
    record = await resident_admin.find(
        session, channel=data.channel, address=data.address, action=action, keyring=keyring, region=region
    )
    return _resident_out(record)


@router.get("/{number}", dependencies=[requires(Permission.ANSWER, local=True)])
async def get_resident(number: Number, action: ActionDep, session: Session, keyring: KeyringDep) -> ResidentOut:
    """Get everything known about a resident."""
    return _resident_out(await resident_admin.show(session, number, action=action, keyring=keyring))


@router.post("/{number}/erase", dependencies=[requires(Permission.ANSWER, fresh=True, local=True), REASONED])
async def erase_resident(number: Number, action: ActionDep, session: Session) -> dict[str, str]:
    """Erase a resident permanently. Their ballots and published ideas stay, but nobody can see whose they are."""
    return {"state": (await resident_admin.erase(session, number, action=action)).state}


def _resident_out(file: File) -> ResidentOut:
    resident, record = file.resident, file.record
    consent = record.consent
    return ResidentOut(
        number=resident.id,
        state=resident.state,
        language=resident.language,
        latin=resident.latin,
        province=resident.province,
        since=record.since,
        addresses=[
            AddressOut(channel=channel, masked=masked, state=state) for channel, masked, state in file.addresses
        ],
        consent=None if consent is None else ConsentOut(granted=consent.granted, given_at=consent.given_at),
        consultations=[code for code, _ in record.consultations],
        follows=record.follows,
        ideas=list(record.ideas),
        seats=[SeatOut(meeting=code, starts_at=starts, state=state) for code, starts, state in record.seats],
        letters=list(record.letters),
        assisting=record.assisting,
    )


def _range_out(row: arrivals.Range) -> RangeOut:
    return RangeOut(
        range=row.digits,
        today=suppression.shown(row.today),
        refused=suppression.shown(row.refused),
        before=suppression.shown(row.before),
    )


def _merge_out(row: Merge, now: datetime) -> MergeOut:
    return MergeOut(
        number=row.id,
        stays=row.kept_id,
        went=row.gone_id,
        how=row.how,
        channel=row.channel,
        merged_at=row.merged_at,
        can_be_undone=merge.can_be_undone(row, now=now),
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )
