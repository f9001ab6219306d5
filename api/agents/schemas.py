"""Agents as staff write and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.consultations.fields import Clean, OneLine
from api.region.lookup import InProvince, Province
from api.strict_model import StrictModel

_MOST = 500  # people a day: more than one agent can speak with


class AgentIn(StrictModel):
    """An agent to let in."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Clean, OneLine]
    limit: int = Field(30, ge=1, le=_MOST, description="people a day, at most")
    province: Province | None = Field(None, description="where they help: a name, or an HCP code like 01.571")


class VoidIn(StrictModel):
    """What to take back of an agent."""

    consultation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    phone: int | None = Field(None, ge=1, description="only what was typed on this phone, the first being 1")


class VoidOut(BaseModel):
    """How many ballots count no more."""

    taken_back: int


class AgentOut(InProvince):
    """An agent as it stands. The code is not here: it was shown once."""

    number: int
    name: str
    limit: int
    province: str | None
    state: str
    today: int = Field(description="people they answered for today")
    phones: int = Field(description="phones that held the code so far, one at a time")
    held: bool = Field(description="whether a phone holds the code now")
    refused: int = Field(description="times that another phone wrote the code meanwhile")
    made_at: datetime
    made_by: str


class NewAgent(AgentOut):
    """An agent just made, with the code that is shown this once."""

    code: str
