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
    limit: int = Field(30, ge=1, le=_MOST, description="the most people a day")
    province: Province | None = Field(None, description="where they help: a name, or an HCP code like 01.571")


class VoidIn(Reasoned):
    """The ballots of an agent to remove: all those in a consultation. With `phone`, only those typed on that phone."""

    consultation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    phone: int | None = Field(None, ge=1, description="only those typed on this phone, the first being 1")


class VoidOut(BaseModel):
    """The number of ballots that were removed."""

    taken_back: int


class AgentOut(InProvince):
    """An agent as staff read it. The secret code is left out."""

    number: int
    name: str
    limit: int
    province: str | None
    state: str
    today: int = Field(description="people they helped today")
    phones: int = Field(description="how many phones have held the code, one after another")
    held: bool = Field(description="whether a phone holds the code now")
    refused: int = Field(description="how often other phones sent the code meanwhile")
    made_at: datetime
    made_by: str


class NewAgent(AgentOut):
    """A new agent together with the secret code. The code is shown only this once."""

    code: str
