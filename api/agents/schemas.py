"""JSON schemas of agents, as staff write and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.consultations.fields import Clean, OneLine
from api.reasons import Reasoned
from api.region.lookup import InProvince, Province
from api.strict_model import StrictModel

_MOST = 500  # people a day, more than any agent can talk to


class AgentIn(StrictModel):
    """A new agent, as staff enter it."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Clean, OneLine]
    limit: int = Field(30, ge=1, le=_MOST, description="Maximum number of people the agent can help in a day.")
    province: Province | None = Field(
        None, description="Province where the agent helps: its name, or its HCP code such as 01.571."
    )


class VoidIn(Reasoned):
    """The consultation from which an agent's ballots are removed.

    With `phone`, only ballots typed on that phone are removed.
    """

    consultation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    phone: int | None = Field(
        None,
        ge=1,
        description="Number of the phone. The agent's first phone is 1. Omit it to void ballots from every phone.",
    )


class VoidOut(BaseModel):
    """The number of ballots that were voided."""

    taken_back: int


class AgentOut(InProvince):
    """An agent as staff see it. The secret code is left out."""

    number: int
    name: str
    limit: int
    province: str | None
    state: str
    today: int = Field(description="Number of people the agent helped today.")
    phones: int = Field(description="Number of phones that have used the code so far, one at a time.")
    held: bool = Field(description="Whether a phone is using the code now.")
    refused: int = Field(description="How often other phones sent the code while one phone was using it.")
    made_at: datetime
    made_by: str


class NewAgent(AgentOut):
    """A new agent together with the secret code. The code is shown only this once."""

    code: str
