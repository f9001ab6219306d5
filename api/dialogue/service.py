"""The dialogue as channels use it: a message comes in, replies go out.

Channels also report residents who blocked us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Incoming, Kind, Reply
from api.clock import Clock
from api.consultations.receipts import spotting
from api.conversations import trail
from api.db import Database
from api.dialogue import opt_out, store
from api.dialogue.attribution import repetition
from api.dialogue.converse import converse
from api.dialogue.turn import DialogueContext, Turn
from api.dialogue.understand.clean import clean
from api.dialogue.understand.reactions import reaction
from api.dialogue.understand.vocabulary import naming
from api.errors import Unavailable
from api.i18n import language_of_tag
from api.inbound import service
from api.messages import service as messages
from api.outbox import expiring_keys
from api.outbox.write import replies
from api.outbox.write.replies import QueuedReply
from api.residents.locks import LockOrderConflict, lock
from api.residents.service import STOPPED
from api.security.crypto import Keyring
from api.settings import Settings

_ONCE = 1.0  # seconds within which the same text is one message, on channels that deliver nothing twice
_TRIES = 3  # another transaction may insert the same unique key first; the next try finds its row


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The dialogue with residents, the same for every channel."""

    db: Database
    keyring: Keyring
    context: DialogueContext
    settings: Settings
    clock: Clock

    async def handle(self, incoming: Incoming, *, carried: bool = False) -> list[QueuedReply]:
        """Handle one message in one transaction, and return the replies. If it fails, nothing is stored.

        The same message may arrive twice. If the HTTP response carries the replies (`carried`), they are returned both
        times. Otherwise the outbox delivers them, and the second call returns none. Raises Unavailable if the database
        is locked or down. The provider then sends the message again.
        """
        try:
            return await self._handle(incoming, carried=carried)
        finally:
            naming.forget()

    async def _handle(self, incoming: Incoming, *, carried: bool) -> list[QueuedReply]:
        locked: tuple[int, ...] = ()
        for attempt in range(_TRIES):
            try:
                async with self.db.transaction() as session:
                    if locked:
                        await lock(session, *locked)
                    return await self._turn(session, incoming, carried=carried)
            except LockOrderConflict as conflict:
                locked = (conflict.resident_id,)
            except IntegrityError:
                if attempt == _TRIES - 1:
                    raise
        raise Unavailable

    async def left(self, *, channel: str, address: str) -> None:
        """Record that the resident blocked us at this address, and send nothing more to it."""
        async with self.db.transaction() as session:
            await opt_out.block(session, self.keyring, channel=channel, address=address, now=self.clock())

    def apart(self, language: str | None) -> str:
        """Return what we say in a group, where others can read it: Sawt talks to one person at a time.

        `language` is the language of the resident's app (an IETF tag).
        """
        voice = self.context.catalogs.voice(language_of_tag(language))
        return voice("point.group")

    async def _turn(self, session: AsyncSession, incoming: Incoming, *, carried: bool) -> list[QueuedReply]:
        now, keyring, incoming = self.clock(), self.keyring, clean(incoming)
        inbound_id = await service.hear_once(session, incoming, keyring=keyring)
        if inbound_id is None:
            return await self._said_before(session, incoming, carried=carried)
        incoming = self._sign(incoming)
        scene = await store.find_scene(session, incoming, keyring=keyring, now=now)
        if scene is None and incoming.kind is Kind.REACTED:
            return []  # a reaction from an unknown person begins no conversation
        if scene is None:
            scene = await store.new_scene(session, incoming, lexicon=self.context.lexicon, keyring=keyring, now=now)
        if scene is None or scene.heard:
            await service.unhear(session, inbound_id)
            return await self._said_before(session, incoming, carried=carried)
        await messages.renew(session, self.context.catalogs, known=scene.revision)
        turn = Turn(session, self.context, incoming, now, *scene[:4], inbound_id=inbound_id)
        turn.pushed, turn.has_earlier_vote, state = scene.pushed, scene.has_earlier_vote, turn.resident.state
        answer = await self._repeated(turn)
        if answer is None:
            answer = await converse(turn, first=scene.first, per_hour=self.settings.messages_per_hour)
        await session.flush()
        is_sealed_apart = self._seal_apart(turn, incoming.text, answer, stops=turn.resident.state == STOPPED != state)
        return await replies.queue_replies(
            session,
            answer,
            keyring=keyring,
            channel=incoming.channel,
            road=scene.address.road,
            address_id=scene.address.id,
            resident_id=turn.resident.id,
            inbound_id=inbound_id,
            now=now,
            carried=carried,
            patience=self.settings.reply_patience,
            heard=self._hash(incoming) if is_sealed_apart else b"",
            kept=incoming.hints.kept,
            about=turn.fingerprint if is_sealed_apart else None,
        )

    async def _said_before(self, session: AsyncSession, incoming: Incoming, *, carried: bool) -> list[QueuedReply]:
        """Return the earlier replies to a message received again."""
        # the outbox delivers them
        if not carried:
            return []
        provider, message_id = incoming.provider, incoming.external_id
        return await replies.earlier_replies(session, provider=provider, external_id=message_id, keyring=self.keyring)

    def _sign(self, incoming: Incoming) -> Incoming:
        """Convert a reaction that a phone spelt out in words to a reaction."""
        sign = reaction(incoming.text, self.context.lexicon) if incoming.kind is Kind.SAID else None
        return incoming if sign is None else replace(incoming, kind=Kind.REACTED, text=sign)

    async def _repeated(self, turn: Turn) -> list[Reply] | None:
        """If this message only repeats the previous one, return the replies to that one."""
        incoming, prompts = turn.incoming, trail.read(turn.conversation)
        is_plain = incoming.kind is Kind.SAID and incoming.choice is None and incoming.contact is None
        if not is_plain or not prompts or not prompts[-1].inbound_id or incoming.pointer is not None:
            return None
        within = self.settings.repeated_within if incoming.hints.repeats else min(self.settings.repeated_within, _ONCE)
        # enough time to read those replies, so this may respond to them
        if turn.now - prompts[-1].at >= timedelta(seconds=within):
            return None
        earlier = await replies.replies_to(turn.session, prompts[-1].inbound_id, keyring=self.keyring)
        if earlier is None:
            return None
        is_same = earlier.heard == self._hash(incoming)
        if not is_same and incoming.hints.repeats and incoming.sent_at is None and earlier.about:
            is_same = await repetition.is_repetition(turn, earlier.about)
        return list(earlier.replies) if is_same else None

    def _seal_apart(self, turn: Turn, text: str, answer: Sequence[Reply], *, stops: bool) -> bool:
        """If the text may contain a receipt, encrypt the replies under a key that expires.

        Return False if the vault is down: then the caller stores no hash of the text. Raises Unavailable.
        """
        if not spotting.may_be_named(text):
            return True
        # A reply that quotes the receipt cannot do without the key, unless the resident is stopping.
        needed = not stops and spotting.repeats("\n".join(reply.text for reply in answer), text)
        return expiring_keys.use(turn.session, keyring=self.keyring, now=turn.now, needed=needed)

    def _hash(self, incoming: Incoming) -> bytes:
        return self.keyring.blind_index("said", incoming.text)
