"""Tables of agents, of the number of people they help each day, and of wrong codes that were entered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment
from api.enum_column import enum_type


class AgentState(StrEnum):
    """Whether an agent is active or has ended. The code of an agent who has ended is refused."""

    ACTIVE = "active"
    ENDED = "ended"


ACTIVE, ENDED = AgentState.ACTIVE, AgentState.ENDED


class Agent(Base):
    """An agent of an association. Of the agent's code, only a keyed hash is stored."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    daily: Mapped[int]  # how many people the agent may help a day
    province: Mapped[str | None] = mapped_column(String(8))  # where they help; recorded on the ballots
    state: Mapped[AgentState] = mapped_column(enum_type(AgentState, 8), default=ACTIVE)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(40))
    phone: Mapped[bytes | None]  # keyed hash of the address that holds the code: the first to use it
    phones: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how many phones have held the code
    refused: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how often other phones tried the code
    began_at: Mapped[datetime | None] = mapped_column(Moment)  # when the agent began with the latest person


class AgentDay(Base):
    """The number of people an agent helped on one day in Morocco. Their names and answers are never stored."""

    __tablename__ = "agent_days"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int]


class AgentTry(Base):
    """The number of wrong codes an address sent on one day. The row with origin `b""` counts all addresses together.

    `origin` is a keyed hash of the address, so erasing a resident's data does not reset the day's count.
    """

    __tablename__ = "agent_tries"

    origin: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    failed: Mapped[int]
