"""Ideas and proposals as staff read them; nothing here says who an idea is from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.region.lookup import InProvince


class StepOut(BaseModel):
    """What was done, by whom, when, and the state it led to."""

    step: str
    state: str
    who: str
    at: datetime


class AlikeOut(BaseModel):
    """An idea that resembles this one; `share` is out of 100."""

    number: int
    text: str
    state: str
    share: int


class IdeaOut(InProvince):
    """An idea as moderators see it. `flags` name the kinds of personal data it seems to hold."""

    number: int
    text: str
    public: str | None
    language: str
    channel: str
    theme: str
    province: str | None
    flags: list[str]
    state: str
    reason: dict[str, str] | None
    merged_into: int | None
    received_at: datetime


class CommitmentOut(BaseModel):
    """A commitment at the end of a chain."""

    plan: str
    number: int
    title: dict[str, str]


class IdeaPage(IdeaOut):
    """One idea with all that belongs to it: its place in the chain, those that resemble it, what was done with it."""

    authors: int
    merged: list[int] = Field(description="ideas it took up")
    proposal: str | None
    commitment: CommitmentOut | None
    alike: list[AlikeOut]
    steps: list[StepOut]


class ProposalOut(InProvince):
    """A proposal, with the ideas it came from and the commitment it entered. `number` is the one residents read."""

    number: int
    code: str
    title: dict[str, str]
    text: dict[str, str]
    theme: str
    province: str | None
    picture: str | None = Field(description="the media type of its picture, where it has one")
    state: str
    answer: dict[str, str] | None
    ideas: list[int]
    commitment: CommitmentOut | None
    created_at: datetime


class VoteOut(BaseModel):
    """A consultation that is a vote on a proposal."""

    code: str
    state: str


class ProposalPage(ProposalOut):
    """A proposal, the votes on it, and what was done with it."""

    votes: list[VoteOut]

    steps: list[StepOut]


def shown(found: Any, kind: type[BaseModel], **more: Any) -> dict[str, Any]:
    """The fields of an answer that a row has by the same names; its id is its number."""
    return {name: getattr(found, name) for name in kind.model_fields if hasattr(found, name)} | {
        "number": found.id,
        **more,
    }
