"""Meetings over the JSON API: create, read, resize, cancel and move them; record attendance and minutes."""

from __future__ import annotations

from api.campaigns.models import Campaign
from api.meetings import attendance, seats, service
from api.meetings.attendance_schemas import AttendanceIn, Seated
from api.meetings.models import Meeting
from api.meetings.reading import describe, out
from api.meetings.schemas import Cancelled, MeetingIn, MeetingOut, MinutesWords, Moved, Seats, Told
from api.meetings.service import Counts
from api.pagination import Page, unchanged
from api.reasons import because
from api.security.rights import Permission
from api.v1.deps import CampaignContextDep
from api.web.deps import ANYBODY, ActionDep, Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import PageDep
from api.web.refusals import refused
from api.workflows import meetings

router = staff_router("/meetings", "meetings", needs=requires(Permission.WRITE, local=True))


@router.get("", dependencies=[ANYBODY])
async def list_meetings(session: Session, page: PageDep) -> Page[MeetingOut]:
    """List meetings, the latest first."""
    rows = await service.listed(session, page)
    counts = await service.counted(session, [meeting.id for meeting in rows.items])
    return rows.page(lambda meeting: describe(meeting, counts.get(meeting.id, Counts())))


@router.get("/{code}", dependencies=[ANYBODY])
async def get_meeting(code: str, session: Session) -> MeetingOut:
    """Get one meeting."""
    return await out(session, await service.get(session, code))


@router.get(
    "/{code}/seats", dependencies=[requires(Permission.WRITE, Permission.ANSWER, Permission.PUBLISH, local=True)]
)
async def list_seats(code: str, session: Session, keyring: KeyringDep, page: PageDep) -> Page[Seated]:
    """List residents who registered for a meeting, in order of registration. Phone numbers are masked.

    The list also says who attended.
    """
    return (await attendance.seats(session, code, keyring=keyring, asked=page)).page(unchanged)


@router.post("", status_code=201, responses=refused(404))
async def create_meeting(data: MeetingIn, actor: Actor, session: Session, now: Now) -> MeetingOut:
    """Create a meeting. Residents can register at once."""
    return await out(session, await service.create(session, data, who=actor, now=now))


@router.post("/{code}/seats")
async def resize_meeting(code: str, data: Seats, actor: Actor, session: Session, now: Now) -> MeetingOut:
    """Change the number of seats. Residents on the waiting list who get a seat are notified in the daytime."""
    return await out(session, await seats.resize(session, code, seats=data.seats, who=actor, now=now))


@router.post("/{code}/attendance")
async def record_attendance(code: str, data: AttendanceIn, actor: Actor, session: Session, now: Now) -> MeetingOut:
    """Record how many people came to a meeting, and which registered residents came. Omitted values stay unchanged."""
    return await out(session, await attendance.note(session, code, data, who=actor, now=now))


@router.post("/{code}/minutes", dependencies=[requires(Permission.PUBLISH, local=True)])
async def record_minutes(code: str, data: MinutesWords, actor: Actor, session: Session, now: Now) -> MeetingOut:
    """Record the minutes of a meeting, and ask those who attended whether the minutes are right."""
    return await out(session, await service.record(session, code, data, who=actor, now=now))


@router.post("/{code}/cancel", dependencies=[requires(Permission.SEND, fresh=True, local=True)])
async def cancel_meeting(
    code: str, action: ActionDep, session: Session, context: CampaignContextDep, data: Cancelled | None = None
) -> Told:
    """Cancel a meeting. Registered residents are notified at once, with the reason and another way to take part."""
    reason = data.reason if data else None
    with because(reason.fr if reason else None):
        return _told(*await meetings.cancel(session, code, kit=context, action=action, reason=reason))


@router.post("/{code}/move", dependencies=[requires(Permission.SEND, fresh=True, local=True)])
async def move_meeting(
    code: str, data: Moved, action: ActionDep, session: Session, context: CampaignContextDep
) -> Told:
    """Move a meeting to another time or place. Registered residents are notified at once."""
    return _told(*await meetings.move(session, code, data, kit=context, action=action))


def _told(meeting: Meeting, campaign: Campaign, queued: dict[str, int]) -> Told:
    offers = None if meeting.consultation_id is None else campaign.consultation_id is not None
    return Told(
        meeting=meeting.code, state=meeting.state, campaign=campaign.id, queued=queued, offers_consultation=offers
    )
