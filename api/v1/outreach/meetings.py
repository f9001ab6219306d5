"""Meetings over the JSON API: plan, read, change the seats, cancel or move with everyone told, who came, minutes."""

from __future__ import annotations

from api.meetings import attendance, seats, service
from api.meetings.attendance import AttendanceIn, Seated
from api.meetings.reading import out, shown
from api.meetings.schemas import Cancelled, MeetingIn, MeetingOut, MinutesWords, Moved, Seats, Told
from api.meetings.service import Counts
from api.pagination import Page, same
from api.security.rights import Permission
from api.v1.outreach.deps import CampaignKit
from api.web.deps import ANYBODY, Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import Paged
from api.web.refusals import refused
from api.workflows import meetings

router = staff_router("/meetings", "meetings", needs=requires(Permission.WRITE, local=True))


@router.get("", dependencies=[ANYBODY])
async def every(session: Session, asked: Paged) -> Page[MeetingOut]:
    """Meetings, the latest first."""
    found = await service.every(session, asked)
    counts = await service.counted(session, [each.id for each in found.items])
    return found.page(lambda each: shown(each, counts.get(each.id, Counts())))


@router.get("/{code}", dependencies=[ANYBODY])
async def one(code: str, session: Session) -> MeetingOut:
    """One meeting as it stands."""
    return await out(session, await service.get(session, code))


@router.get(
    "/{code}/seats", dependencies=[requires(Permission.WRITE, Permission.ANSWER, Permission.PUBLISH, local=True)]
)
async def seated(code: str, session: Session, keyring: KeyringDep, asked: Paged) -> Page[Seated]:
    """Everyone registered, in their order, with whether they came; their numbers are masked."""
    return (await attendance.seats(session, code, keyring=keyring, asked=asked)).page(same)


@router.post("", status_code=201, responses=refused(404))
async def create(given: MeetingIn, who: Actor, session: Session, now: Now) -> MeetingOut:
    """Plan a meeting: from now on residents can register."""
    return await out(session, await service.create(session, given, who=who, now=now))


@router.post("/{code}/seats")
async def resize(code: str, given: Seats, who: Actor, session: Session, now: Now) -> MeetingOut:
    """Another number of seats; those who wait move up, and are told, within hours."""
    return await out(session, await seats.resize(session, code, seats=given.seats, who=who, now=now))


@router.post("/{code}/attendance")
async def attended(code: str, given: AttendanceIn, who: Actor, session: Session, now: Now) -> MeetingOut:
    """Say how many came, and who of those registered did or did not; what is left out stays as it was."""
    return await out(session, await attendance.note(session, code, given, who=who, now=now))


@router.post("/{code}/minutes", dependencies=[requires(Permission.PUBLISH, local=True)])
async def record(code: str, given: MinutesWords, who: Actor, session: Session, now: Now) -> MeetingOut:
    """It was held: keep its minutes, and ask those who were there whether they are right."""
    return await out(session, await service.record(session, code, given, who=who, now=now))


@router.post("/{code}/cancel", dependencies=[requires(Permission.SEND, fresh=True, local=True)])
async def cancel(
    code: str, who: Actor, session: Session, kit: CampaignKit, now: Now, given: Cancelled | None = None
) -> Told:
    """Cancel it, and tell everyone registered at once, with the reason and the other way to take part."""
    reason = given.reason if given else None
    found, campaign, queued = await meetings.cancel(session, code, kit=kit, who=who, now=now, reason=reason)
    return Told(meeting=found.code, state=found.state, campaign=campaign.id, queued=queued)


@router.post("/{code}/move", dependencies=[requires(Permission.SEND, fresh=True, local=True)])
async def move(code: str, given: Moved, who: Actor, session: Session, kit: CampaignKit, now: Now) -> Told:
    """Move it, and tell everyone registered at once."""
    found, campaign, queued = await meetings.move(session, code, given, kit=kit, who=who, now=now)
    return Told(meeting=found.code, state=found.state, campaign=campaign.id, queued=queued)
