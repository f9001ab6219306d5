"""The draft of an idea: what the resident has written so far, stored encrypted between messages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from api.consultations.receipts import spotting
from api.conversations import half_written
from api.conversations.models import IDEA
from api.dialogue.turn import Turn
from api.outbox import expiring_keys
from api.proposals.ideas.intake import LONGEST
from api.region.themes import suggest

_WINDOW = timedelta(hours=1)  # messages within this time belong together


@dataclass(frozen=True, slots=True)
class Draft:
    """An idea being written.

    `text` comes from `count` messages, the last of them sent at the time `at`. `late` is a message that came more than
    an hour later. It is kept until the resident says whether it belongs to the idea. `refused` is the time of the last
    message that did not fit. `serial` tells the buttons of this idea from those of an earlier idea. `theme` is the
    theme that the resident chose.
    """

    serial: int
    at: str
    text: str = ""
    count: int = 0
    late: str = ""
    theme: str | None = None
    province: str | None = None
    refused: str = ""

    @property
    def about(self) -> str | None:
        """The theme that the resident chose, or else the theme that the text suggests; None if there is neither."""
        suggested = suggest(self.text) if self.theme is None else None
        return suggested.code if suggested is not None else self.theme

    def has_room(self, text: str) -> bool:
        """Return whether one more message with this text fits."""
        return len(self.text) + 1 + len(text) <= LONGEST

    def is_cut(self, sent: datetime, within: timedelta) -> bool:
        """Return whether a message sent at this time continues a message that did not fit.

        If so, adding it would leave a gap in the idea.
        """
        return bool(self.refused) and sent - datetime.fromisoformat(self.refused) <= within

    def rested(self, now: datetime) -> bool:
        """Return whether the last message is so old that a new message may be about something else."""
        return bool(self.text) and now - datetime.fromisoformat(self.at) > _WINDOW

    def with_more(self, text: str, now: datetime) -> Draft:
        """Return the draft with one more message added to its text."""
        joined = f"{self.text}\n{text}" if self.text else text
        return replace(self, text=joined, count=self.count + 1, at=now.isoformat(), late="", refused="")


def new_draft(turn: Turn) -> Draft:
    """Return an empty draft for the resident's province."""
    now = turn.now
    return Draft(serial=int(now.timestamp() * 1000), at=now.isoformat(), province=turn.resident.province or None)


def draft_of(turn: Turn) -> Draft | None:
    """Return the idea that the resident is writing; None if there is none.

    Raises Unavailable if the text may contain a receipt and the vault is down.
    """
    note = turn.conversation.notes.get(IDEA)
    if note is None:
        return None
    values = half_written.unseal(turn.context.keyring, note)
    draft = Draft(**values)
    _seal_apart(turn, draft)
    return draft


def keep(turn: Turn, draft: Draft) -> None:
    """Store the draft until the next message, with its text encrypted.

    Raises Unavailable if the text may contain a receipt and the vault is down.
    """
    _seal_apart(turn, draft)
    note = half_written.seal(turn.context.keyring, asdict(draft))
    turn.conversation.notes = {**turn.conversation.notes, IDEA: note}


def drop(turn: Turn) -> None:
    """Forget the draft, after it was sent or given up."""
    turn.conversation.notes = {name: note for name, note in turn.conversation.notes.items() if name != IDEA}


def _seal_apart(turn: Turn, draft: Draft) -> None:
    if spotting.may_be_named(f"{draft.text} {draft.late}"):  # our replies quote the text
        expiring_keys.use(turn.session, keyring=turn.context.keyring, now=turn.now)
