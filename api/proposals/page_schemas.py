"""Ideas and proposals as staff read them. Authors are never included."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.region.lookup import InProvince


class StepOut(BaseModel):
    """A step that was taken: by whom, when, and the state after it."""

    step: str
    state: str
    who: str
    at: datetime


class AlikeOut(BaseModel):
    """A similar idea; `share` is the similarity out of 100."""

    number: int
    text: str
    state: str
    share: int


class IdeaOut(InProvince):
    """An idea as moderators see it. `flags` are the kinds of personal data it seems to contain."""

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
    merged: list[int] = Field(description="ideas merged into it")
    proposal: str | None
    commitment: CommitmentOut | None
    alike: list[AlikeOut]
    steps: list[StepOut]


class ProposalOut(InProvince):
    """A proposal with its ideas and the commitment it became part of. Residents know it by its `number`."""

    number: int
    code: str
    title: dict[str, str]
    text: dict[str, str]
    theme: str
    province: str | None
    picture: str | None = Field(description="the media type of its picture, if it has one")
    state: str
    answer: dict[str, str] | None
    ideas: list[int]
    commitment: CommitmentOut | None
    created_at: datetime


class ListedProposalOut(ProposalOut):
    """A proposal in a list, with the vote that is not over yet."""

    vote: str | None = Field(description="Code of the draft or open vote on it.")


class VoteOut(BaseModel):
    """A vote on a proposal."""

    code: str
    state: str


class ProposalPage(ProposalOut):
    """A proposal, the votes on it, and the steps taken with it."""

    votes: list[VoteOut]

    steps: list[StepOut]


def row_fields(row: Any, kind: type[BaseModel], **more: Any) -> dict[str, Any]:
    """Return the values of `row` for the fields of the model `kind` that it has, with `number` (its id) and `more`."""
    values = {name: getattr(row, name) for name in kind.model_fields if hasattr(row, name)}
    return values | {"number": row.id, **more}
