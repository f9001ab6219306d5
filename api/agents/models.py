"""Tables of the agents who answer for people, of their days, and of wrong codes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment

ACTIVE, ENDED = "active", "ended"


class Agent(Base):
    """An agent of an association. `state` is active or ended; the code is known only by its keyed hash."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    daily: Mapped[int]  # people a day at most
    province: Mapped[str | None] = mapped_column(String(8))  # where they help: that of the ballots
    state: Mapped[str] = mapped_column(String(8), default="active")
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(40))
    phone: Mapped[bytes | None]  # keyed hash of the one address that may use the code; the first to use it holds it
    phones: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # that held it so far
    refused: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # times that another phone was refused
    began_at: Mapped[datetime | None] = mapped_column(Moment)  # when they began with the last person


class AgentDay(Base):
    """For how many people an agent began to answer on a day (Moroccan); never for whom, nor what."""

    __tablename__ = "agent_days"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int]


class AgentTry(Base):
    """How many wrong codes came from an address on a day, and, in the row of nobody (`b""`), from all together.

    `origin` is a keyed hash of the address: who erases their data and comes back goes on counting, for that day.
    """

    __tablename__ = "agent_tries"

    origin: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    failed: Mapped[int]
