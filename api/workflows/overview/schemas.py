"""What waits for staff, as it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.commitments.view_schemas import LateOut
from api.desk.schemas import DeskOut
from api.workflows.overview.trouble_schemas import Troubles


class CampaignWaiting(BaseModel):
    """A campaign that goes on only when somebody takes its next step."""

    number: int
    name: str
    purpose: str
    state: Literal["draft", "submitted", "approved", "paused"]
    author: str = Field(description="'clock' where the service drafted it by itself, as news of late milestones")
    since: datetime = Field(description="the moment it came into this state")
    missed: datetime | None = Field(
        None, description="when it was to be launched, and could not: the service was down; launch or schedule it again"
    )


class IdeasWaiting(BaseModel):
    """The ideas that nobody has read yet."""

    count: int
    flagged: int = Field(description="those among them that may hold personal data")
    oldest: datetime | None


class ProposalWaiting(BaseModel):
    """A proposal whose authors wait for a word: a vote on it is over and staff choose, or it has no official answer."""

    number: int
    code: str
    title: dict[str, str]
    wants: Literal["choice", "answer"]


class LateHere(LateOut):
    """A milestone that is late, with its plan."""

    plan: str


class MeetingWaiting(BaseModel):
    """A meeting of today or tomorrow, or one that is over and has no minutes."""

    code: str
    place: dict[str, str]
    starts_at: datetime
    seats: int
    taken: int
    waiting: int = Field(description="how many wait for a seat")
    over: bool = Field(description="it was held: its minutes are wanted, or that it was cancelled")


class RoadResting(BaseModel):
    """A road that sends nothing now: its backup stands in, where it has one."""

    road: str
    until: datetime
    reason: str = Field(description="the provider's code, and what it means")


class OddAgent(BaseModel):
    """An agent whose ballots in an open consultation look odd, or whose code other phones write."""

    number: int
    name: str
    consultation: str | None = Field(description="none where other phones wrote the code")
    ballots: int = Field(description="ballots they typed in it, at least: a multiple of 10")
    signs: list[Literal["pace", "alike", "night", "phones"]] = Field(
        description="pace: 30 in an hour; alike: nine of ten the same; night: ten or more after 22:00; "
        "phones: other phones wrote the code"
    )


class BurstOut(BaseModel):
    """Far more newcomers than usual: from a range of 10,000 numbers today, or on a channel in the last hour."""

    of: str = Field(description="the range, without the last four digits, or the channel")
    count: int
    usual: float
    refused: int = Field(description="told to come back later, where a limit is set")


class ClockJumped(BaseModel):
    """A process whose clock has jumped: it opens and closes nothing by itself before that is settled."""

    process: str
    since: datetime = Field(description="by the clock that jumped")
    ahead: int = Field(description="seconds; negative: it is behind")


class ClosingHeld(BaseModel):
    """A consultation whose time is over and that is not closed: its key could not be destroyed everywhere."""

    code: str
    title: dict[str, str]
    since: datetime = Field(description="when it was to close: it takes no ballots since")
    why: str = Field(description="which folder of the vault is not there, or lacks the key")


class ListAltered(BaseModel):
    """A closed consultation whose ballots no longer fit the hash that was published: nothing of them is shown."""

    code: str
    title: dict[str, str]
    since: datetime = Field(description="when this was found")


class Overview(Troubles):
    """All that waits for staff, and what does not go on by itself as it should."""

    clocks: list[ClockJumped] = Field(
        description="clocks that jumped: openings and closings wait until they agree again, or staff confirm the time"
    )
    held: list[ClosingHeld] = Field(description="closings that wait until the whole vault is there")
    altered: list[ListAltered] = Field(description="somebody changed what was published: look into it first")
    roads: list[RoadResting] = Field(description="the roads that rest")
    kept: int = Field(description="messages of dialogues that a provider was to delete a day ago, and still keeps")
    agents: list[OddAgent]
    bursts: list[BurstOut]
    campaigns: list[CampaignWaiting] = Field(description="what waits longest comes first")
    ideas: IdeasWaiting
    proposals: list[ProposalWaiting]
    letters: list[DeskOut] = Field(description="the desks that have an open letter, whose waits longest first")
    late: list[LateHere] = Field(
        description="late milestones of the newest plan and of all that have not ended, the latest first"
    )
    meetings: list[MeetingWaiting] = Field(description="in the order of their days")
