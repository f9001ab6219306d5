"""The table of the dialogue: where each address is in the journey."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.conversations.agent_sessions import AgentSession, AgentSessionJson
from api.conversations.offered_choices import Offered, OfferedJson
from api.db import Base, Json, Moment

IDEA = "idea"  # the note that holds an idea half written
DRAFT = "draft"  # the note that holds a letter which is offered to be sent: see `dialogue/features/letters/offer.py`
FRESH = timedelta(minutes=10)  # in which a yes answers an offer that cannot be undone
SHOWN = "shown"  # the note of the language they were shown before they chose one
HELPED = "helped"  # the note that they left while they answered for others: they hear that this is over
SENT = "sent"  # the note of the letter that went out last, which more may be added to
TAPPED = "tapped"  # the note of the question whose answer was changed on its old card, until that is validated
ASKED = "asked"  # the note of how often the whole question for consent was read, and in which language
VOTING = (
    "gather",
    "again",
    "changed",
    "fresh",
)  # the notes of a vote under way (see `dialogue/voting/vote_session.py`)
ENDED = "ended"  # the note that names the vote that came to its end last, and when


class Conversation(Base):
    """One address's place: its step, what it was last offered, and what breaks loops between robots."""

    __tablename__ = "conversations"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(16), default="language")
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int] = mapped_column(default=0)
    offered: Mapped[Offered] = mapped_column(OfferedJson, default=tuple)
    misses: Mapped[int] = mapped_column(default=0)  # texts in a row that were not understood
    hour: Mapped[datetime] = mapped_column(Moment)  # since when `heard` counts
    heard: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[dict[str, int]] = mapped_column(
        Json, default=dict
    )  # see `dialogue/responses/flood_guard.py`: in this hour, by hash
    heard_at: Mapped[datetime | None] = mapped_column(Moment)  # when they wrote or tapped last
    payload: Mapped[str | None] = mapped_column(String(64))  # the poster's code, kept until joining is done
    notes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # what a feature keeps between two turns
    assisting: Mapped[AgentSession | None] = mapped_column(AgentSessionJson)  # see `dialogue/agent_session.py`
    guess: Mapped[str | None] = mapped_column(String(64))  # the choice that was asked back last
    switch_offered: Mapped[bool] = mapped_column(default=False)  # to go on in another language; asked once
    trail: Mapped[list[Any] | None] = mapped_column(Json)  # what was asked lately, and when; see `trail.py`
    trail_of: Mapped[int | None]  # the consultation whose questions are in it; emptied when that closes
    aside_at: Mapped[datetime | None] = mapped_column(Moment)  # when they last heard that only text is read
    signed_at: Mapped[datetime | None] = mapped_column(Moment)  # when they last heard that a sign is no answer

    def put_away(self) -> None:
        """Forget what was noted, but for the vote under way, and an idea until its author sends it or turns back.

        Nor that they are still to hear something, nor what they have read twice.
        """
        kept = {name: self.notes[name] for name in (*VOTING, HELPED, ASKED) if name in self.notes}
        idea = self.notes.get(IDEA)
        self.notes = {**kept, IDEA: idea} if idea is not None and idea["text"] else kept
