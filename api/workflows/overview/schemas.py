"""JSON schemas of the items in the staff overview."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.commitments.view_schemas import LateOut
from api.desk.schemas import DeskOut
from api.workflows.overview.reset_schemas import AccountReset
from api.workflows.overview.trouble_schemas import Troubles


class CampaignWaiting(BaseModel):
    """A campaign that waits for staff to take its next step."""

    number: int
    name: str
    purpose: str
    state: Literal["draft", "submitted", "approved", "paused"]
    author: str = Field(description="Who drafted the campaign; 'clock' for drafts by the service.")
    since: datetime = Field(description="When the campaign entered this state.")
    missed: datetime | None = Field(None, description="Launch time missed because the service was down.")


class IdeasWaiting(BaseModel):
    """Ideas that no moderator has read yet."""

    count: int
    flagged: int = Field(description="Number of unread ideas that may contain personal data.")
    oldest: datetime | None


class ProposalWaiting(BaseModel):
    """A proposal that needs staff: either a choice after a vote, or an official answer to its authors."""

    number: int
    code: str
    title: dict[str, str]
    wants: Literal["choice", "answer"]


class LateHere(LateOut):
    """A late milestone, with the code of its plan."""

    plan: str


class MeetingWaiting(BaseModel):
    """A meeting that begins today or tomorrow, or a past meeting without minutes."""

    code: str
    place: dict[str, str]
    starts_at: datetime
    seats: int
    taken: int
    waiting: int = Field(description="People on the waiting list.")
    over: bool = Field(description="Whether the meeting is over: record its minutes or its cancellation.")


class RoadResting(BaseModel):
    """A road (delivery route) that is paused. Its backup road, if any, sends instead."""

    road: str
    until: datetime
    reason: str = Field(description="Why the road is paused: the provider's error code and its meaning.")


class OddAgent(BaseModel):
    """A suspicious agent: they typed odd ballots in an open consultation, or other phones sent their secret code."""

    number: int
    name: str
    consultation: str | None = Field(description="Code of the consultation; null if the sign is `phones`.")
    ballots: int = Field(description="Number of ballots typed in the consultation, rounded down to a multiple of 10.")
    signs: list[Literal["pace", "alike", "night", "phones"]] = Field(
        description=(
            "`pace`: 30 ballots in an hour; `alike`: nine of ten are the same; `night`: ten or more after "
            "22:00; `phones`: other phones sent the code."
        )
    )


class BurstOut(BaseModel):
    """A number range or a channel with far more people joining than usual.

    A range of 10,000 phone numbers is checked for the day, a channel for the last hour.
    """

    of: str = Field(description="The range of numbers, without the last four digits, or the channel.")
    count: int
    usual: float
    refused: int = Field(description=("Number of people asked to come back later because of the daily limit."))


class ClockJumped(BaseModel):
    """A process whose clock jumped. Until this is resolved, it does not open or close consultations automatically."""

    process: str
    since: datetime = Field(description="When the clock jumped, by that clock.")
    ahead: int = Field(description="Seconds by which the clock jumped ahead; negative if it jumped back.")


class ClosingHeld(BaseModel):
    """A consultation that could not be closed on time, because its key could not be destroyed in every vault folder."""

    code: str
    title: dict[str, str]
    since: datetime = Field(description="When the consultation should have closed; it accepts no ballots now.")
    why: str = Field(description="Which vault folder is missing or lacks the key.")


class ListAltered(BaseModel):
    """A closed consultation whose ballots no longer match the published hash. Its results are not shown."""

    code: str
    title: dict[str, str]
    since: datetime = Field(description="When the change was detected.")


class RecordBroken(BaseModel):
    """The first damaged row of the record of staff acts. It means that somebody or something changed the record."""

    seq: int
    since: datetime


class Overview(Troubles):
    """Everything that needs action by staff, and everything that the service cannot do by itself at present.

    Staff of a province see what belongs to it.
    """

    clocks: list[ClockJumped] = Field(
        description="Clocks that jumped. Openings and closings wait until clocks agree or staff confirm the time."
    )
    held: list[ClosingHeld] = Field(description="Closings that wait until the whole vault is available.")
    altered: list[ListAltered] = Field(description="Published lists that were changed. Look into these first.")
    record: RecordBroken | None = Field(description="First row of the record that does not verify. Look into it first.")
    roads: list[RoadResting] = Field(description="Roads that are paused.")
    kept: int = Field(description="Number of dialogue messages that a provider should have deleted a day ago.")
    agents: list[OddAgent]
    bursts: list[BurstOut]
    campaigns: list[CampaignWaiting] = Field(description="Campaigns that wait for staff, the longest waiting first.")
    ideas: IdeasWaiting
    proposals: list[ProposalWaiting]
    letters: list[DeskOut] = Field(description="Desks with open letters, the longest waiting first.")
    late: list[LateHere] = Field(
        description="Late milestones of the newest plan and of all running plans, the longest overdue first."
    )
    meetings: list[MeetingWaiting] = Field(description="Meetings by date.")
    resets: list[AccountReset] = Field(description="Passwords reset in the last seven days, for who manages staff.")
