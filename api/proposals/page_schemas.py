"""Ideas and proposals as staff read them. Authors are never included."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.region.lookup import InProvince


class StepOut(BaseModel):
    """A step taken by staff or by the service, and the state after it."""

    step: str
    state: str
    who: str
    at: datetime


class AlikeOut(BaseModel):
    """A similar idea. `share` is how similar it is, from 0 to 100."""

    number: int
    text: str
    state: str
    share: int


class IdeaOut(InProvince):
    """An idea, as moderators see it. `flags` are the kinds of personal data that it may contain."""

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
    """The commitment that a proposal became part of."""

    plan: str
    number: int
    title: dict[str, str]


class IdeaPage(IdeaOut):
    """An idea with its further history: what became of it, similar ideas, and the steps taken with it."""

    authors: int
    merged: list[int] = Field(description="Numbers of the ideas that were merged into this one.")
    proposal: str | None
    commitment: CommitmentOut | None
    alike: list[AlikeOut]
    steps: list[StepOut]


class ProposalOut(InProvince):
    """A proposal with its ideas and the commitment it became part of. Residents see it under its `number`."""

    number: int
    code: str
    title: dict[str, str]
    text: dict[str, str]
    theme: str
    province: str | None
    picture: str | None = Field(description="Media type of the proposal's picture; null if it has none.")
    state: str
    answer: dict[str, str] | None
    ideas: list[int]
    commitment: CommitmentOut | None
    created_at: datetime


class ListedProposalOut(ProposalOut):
    """A proposal in a list, with the vote on it that is not closed yet."""

    vote: str | None = Field(description="Code of the draft or open vote on the proposal; null if there is none.")


class VoteOut(BaseModel):
    """A vote on a proposal."""

    code: str
    state: str


class ProposalPage(ProposalOut):
    """A proposal with the votes on it and the steps taken so far."""

    votes: list[VoteOut]

    steps: list[StepOut]


def row_fields(row: Any, kind: type[BaseModel], **more: Any) -> dict[str, Any]:
    """Return the fields of a response of this `kind`, read from a database row.

    `number` is the row's id. `more` has further fields.
    """
    values = {name: getattr(row, name) for name in kind.model_fields if hasattr(row, name)}
    return values | {"number": row.id, **more}
