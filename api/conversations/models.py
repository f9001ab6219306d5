"""The table of conversations: where the resident at each address is in the dialogue."""

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
DRAFT = "draft"  # a letter to the staff that we offered to send, but that is not sent yet
SHOWN = "shown"  # the language in which we wrote before the resident chose one
HELPED = "helped"  # the resident left while answering for others: tell them on return that this has ended
SENT = "sent"  # the last letter sent to the staff, to which more text may be added
TAPPED = "tapped"  # the question answered again in an old message, until that is confirmed
ASKED = "asked"  # how often the full consent question was shown, and in which language
VOTING = ("gather", "again", "changed", "fresh")  # the state of a vote in progress (`dialogue/voting/vote_session.py`)
ENDED = "ended"  # which vote was finished last, and when

FRESH = timedelta(minutes=10)  # a yes to an offer that cannot be undone counts only this long


class Conversation(Base):
    """Where the resident at one address is in the dialogue.

    The row stores the current step, the choices offered last, and counters that stop endless exchanges with robots.
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
    heard_at: Mapped[datetime | None] = mapped_column(Moment)  # when the resident last wrote or tapped
    payload: Mapped[str | None] = mapped_column(String(64))  # the code of a poster or link, until they have joined
    notes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # what features remember between two messages
    assisting: Mapped[AgentSession | None] = mapped_column(AgentSessionJson)  # set while answering for others
    guess: Mapped[str | None] = mapped_column(String(64))  # the key of the choice in "Did you mean…?"
    switch_offered: Mapped[bool] = mapped_column(default=False)  # another language is offered only once
    trail: Mapped[list[Any] | None] = mapped_column(Json)  # the most recent prompts, handled by `trail.py`
    trail_of: Mapped[int | None]  # the consultation whose questions are in `trail`; emptied when it closes
    aside_at: Mapped[datetime | None] = mapped_column(Moment)  # when they were last told that only text is read
    signed_at: Mapped[datetime | None] = mapped_column(Moment)  # when they were last told that emojis are not answers

    def put_away(self) -> None:
        """Clear the notes of the conversation, except those that must outlast a change of subject."""
        # a vote in progress, an agent who left while helping somebody, and how often consent was asked
        kept = {name: self.notes[name] for name in (*VOTING, HELPED, ASKED) if name in self.notes}
        # a half-written idea that has some text
        idea = self.notes.get(IDEA)
        self.notes = {**kept, IDEA: idea} if idea is not None and idea["text"] else kept
