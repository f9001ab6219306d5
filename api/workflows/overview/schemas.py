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
    author: str = Field(description="Who drafted it; 'clock' if the service did, as for late milestones.")
    since: datetime = Field(description="When it entered this state.")
    missed: datetime | None = Field(
        None, description="The launch time that was missed because the service was down; launch or schedule it again."
    )


class IdeasWaiting(BaseModel):
    """The ideas that nobody has read yet."""

    count: int
    flagged: int = Field(description="How many of them may contain personal data.")
    oldest: datetime | None


class ProposalWaiting(BaseModel):
    """A proposal that needs action by staff: a choice after a vote, or an official answer to its authors."""

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
    over: bool = Field(description="Whether it is over: record its minutes, or that it was cancelled.")


class RoadResting(BaseModel):
    """A road (delivery route) that is paused. Its backup road, if it has one, sends instead."""

    road: str
    until: datetime
    reason: str = Field(description="The provider's code and its meaning.")


class OddAgent(BaseModel):
    """An agent whose ballots in an open consultation look suspicious, or whose code was sent from other phones."""

    number: int
    name: str
    consultation: str | None = Field(description="Null if the sign is `phones`.")
    ballots: int = Field(description="Minimum number of ballots typed in the consultation, a multiple of 10.")
    signs: list[Literal["pace", "alike", "night", "phones"]] = Field(
        description="pace: 30 in an hour; alike: nine of ten are the same; night: ten or more after 22:00; "
        "phones: other phones sent the code."
    )


class BurstOut(BaseModel):
    """A number range or a channel with far more newcomers than usual.

    A range of 10,000 phone numbers is checked for the day, a channel for the last hour.
    """

    of: str = Field(description="The range, without the last four digits, or the channel.")
    count: int
    usual: float
    refused: int = Field(description="People asked to come back later, if a limit is set.")


class ClockJumped(BaseModel):
    """A process whose clock jumped. It opens and closes nothing automatically until this is resolved."""

    process: str
    since: datetime = Field(description="Time of the jump by that clock.")
    ahead: int = Field(description="Seconds ahead; negative if the clock is behind.")


class ClosingHeld(BaseModel):
    """A consultation that could not be closed at its end, because its key could not be destroyed everywhere."""

    code: str
    title: dict[str, str]
    since: datetime = Field(description="When it should have closed; it takes no ballots since then.")
    why: str = Field(description="Which folder of the vault is missing, or lacks the key.")


class ListAltered(BaseModel):
    """A closed consultation whose ballots no longer match the published hash. Its results are not shown."""

    code: str
    title: dict[str, str]
    since: datetime = Field(description="When this was detected.")


class RecordBroken(BaseModel):
    """The record of staff acts was changed. This is the first row that is damaged."""

    seq: int
    since: datetime


class Overview(Troubles):
    """Everything that needs action by staff, and what the service fails to do; of a province, for its staff."""

    clocks: list[ClockJumped] = Field(
        description="Clocks that jumped. Openings and closings wait until clocks agree or staff confirm the time."
    )
    held: list[ClosingHeld] = Field(description="Closings that wait until the whole vault is available.")
    altered: list[ListAltered] = Field(description="Published lists that someone changed. Look into these first.")
    record: RecordBroken | None = Field(description="Set if the record does not verify. Look into this first.")
    roads: list[RoadResting] = Field(description="Roads that are paused.")
    kept: int = Field(description="Dialogue messages that a provider should have deleted a day ago and has not.")
    agents: list[OddAgent]
    bursts: list[BurstOut]
    campaigns: list[CampaignWaiting] = Field(description="The longest waiting first.")
    ideas: IdeasWaiting
    proposals: list[ProposalWaiting]
    letters: list[DeskOut] = Field(description="Desks with open letters, the longest waiting first.")
    late: list[LateHere] = Field(
        description="Late milestones of the newest plan and of all running plans, the longest overdue first."
    )
    meetings: list[MeetingWaiting] = Field(description="By day.")
    resets: list[AccountReset] = Field(description="Passwords reset in the last seven days, for who manages staff.")
