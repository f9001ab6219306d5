"""The table of conversations: where each address is in the dialogue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.conversations.agent_sessions import AgentSession, AgentSessionJson
from api.conversations.offered_choices import Offered, OfferedJson
from api.db import Base, Json, Moment

# Keys of `Conversation.notes`:
IDEA = "idea"  # a half-written idea
DRAFT = "draft"  # a letter offered to be sent: see `dialogue/features/letters/offer.py`
SHOWN = "shown"  # the language shown before they chose one
HELPED = "helped"  # they left while answering for others, and must be told that this is over
SENT = "sent"  # the letter sent last, to which more may be added
TAPPED = "tapped"  # the question whose answer was changed on an old card, until they confirm it
ASKED = "asked"  # how often the full consent question was shown, and in which language
VOTING = ("gather", "again", "changed", "fresh")  # of a vote in progress: see `dialogue/voting/vote_session.py`
ENDED = "ended"  # the vote finished last, and when

FRESH = timedelta(minutes=10)  # a yes to an offer that cannot be undone counts only this long


class Conversation(Base):
    """Where one address is in the dialogue: its step, what it was offered last, and counters that stop loops with
    robots.
    """

    __tablename__ = "conversations"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(16), default="language")
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int] = mapped_column(default=0)
    offered: Mapped[Offered] = mapped_column(OfferedJson, default=tuple)
    misses: Mapped[int] = mapped_column(default=0)  # consecutive texts that were not understood
    hour: Mapped[datetime] = mapped_column(Moment)  # start of the hour that `heard` counts
    heard: Mapped[int] = mapped_column(default=0)
    # Texts of this hour, by hash: see `dialogue/responses/flood_guard.py`.
    repeated: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    heard_at: Mapped[datetime | None] = mapped_column(Moment)  # when they last wrote or tapped
    payload: Mapped[str | None] = mapped_column(String(64))  # the code of a poster or link, kept until they have joined
    notes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # what features keep between two turns
    assisting: Mapped[AgentSession | None] = mapped_column(AgentSessionJson)  # see `dialogue/agent_session.py`
    guess: Mapped[str | None] = mapped_column(String(64))  # the choice that was asked back ("Did you mean…?")
    switch_offered: Mapped[bool] = mapped_column(default=False)  # whether another language was offered; asked once
    trail: Mapped[list[Any] | None] = mapped_column(Json)  # recent prompts: see `trail.py`
    trail_of: Mapped[int | None]  # the consultation whose questions it contains; emptied when that closes
    aside_at: Mapped[datetime | None] = mapped_column(Moment)  # when they were last told that only text is read
    signed_at: Mapped[datetime | None] = mapped_column(Moment)  # when they were last told that an emoji is no answer

    def put_away(self) -> None:
        """Clear the notes, except those of a vote in progress, an idea with some text, and what must still be said."""
        kept = {name: self.notes[name] for name in (*VOTING, HELPED, ASKED) if name in self.notes}
        idea = self.notes.get(IDEA)
        self.notes = {**kept, IDEA: idea} if idea is not None and idea["text"] else kept
