"""The dialogue as channels know it: something was said, these are the replies; someone left, someone came back."""

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
from api.dialogue.turn import Tools, Turn
from api.dialogue.understand.clean import clean
from api.dialogue.understand.reactions import reaction
from api.dialogue.understand.vocabulary import naming
from api.errors import Unavailable
from api.i18n import language_of_tag
from api.inbound import service
from api.messages import service as messages
from api.outbox import expiring_keys
from api.outbox.write import replies
from api.outbox.write.replies import Spoken
from api.residents.locks import BeginAnew, lock
from api.residents.service import STOPPED
from api.security.crypto import Keyring
from api.settings import Settings

_ONCE = 1.0  # seconds in which the same text again is one gesture, on a wire that repeats nothing by itself
_TRIES = 3  # a unique key can be taken between our look and our write; the next look sees it


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The one journey, the same for every channel."""

    db: Database
    keyring: Keyring
    tools: Tools
    settings: Settings
    clock: Clock

    async def handle(self, incoming: Incoming, *, carried: bool = False) -> list[Spoken]:
        """One turn, in one transaction: what was said is done, the replies are written, all or nothing.

        `carried` says that the request itself takes the replies back; then the same message again gets the same
        replies again. Otherwise a repetition gets none: the outbox has them. Raises Unavailable where the database is
        locked or away, so that the provider tries again.
        """
        try:
            return await self._handle(incoming, carried=carried)
        finally:
            naming.forget()

    async def _handle(self, incoming: Incoming, *, carried: bool) -> list[Spoken]:
        before: tuple[int, ...] = ()
        for tried in range(_TRIES):
            try:
                async with self.db.transaction() as session:
                    if before:
                        await lock(session, *before)
                    return await self._turn(session, incoming, carried=carried)
            except BeginAnew as found:
                before = (found.number,)
            except IntegrityError:
                if tried == _TRIES - 1:
                    raise
        raise Unavailable

    async def left(self, *, channel: str, address: str) -> None:
        """The person blocked us: nothing goes to this address any more; by SMS only to who agreed to that there."""
        async with self.db.transaction() as session:
            await opt_out.block(session, self.keyring, channel=channel, address=address, now=self.clock())

    def apart(self, language: str | None) -> str:
        """What is said where others read along, in the language of an app (an IETF tag)."""
        voice = self.tools.catalogs.voice(language_of_tag(language))
        return voice("point.group")

    async def _turn(self, session: AsyncSession, incoming: Incoming, *, carried: bool) -> list[Spoken]:
        now, incoming = self.clock(), clean(incoming)
        inbound_id = await service.hear_once(session, incoming, keyring=self.keyring)
        if inbound_id is None:
            return await self._said_before(session, incoming, carried=carried)
        incoming = self._sign(incoming)
        scene = await store.find(session, incoming, keyring=self.keyring, now=now)
        if scene is None:
            if incoming.kind is Kind.REACTED:
                return []  # a sign by nobody we know starts nothing
            scene = await store.meet(session, incoming, lexicon=self.tools.lexicon, keyring=self.keyring, now=now)
        if scene is None or scene.heard:
            await service.unhear(session, inbound_id)
            return await self._said_before(session, incoming, carried=carried)
        await messages.renew(session, self.tools.catalogs, known=scene.revision)
        turn = Turn(session, self.tools, incoming, now, *scene[:4], inbound_id=inbound_id, marked=scene.marked)
        turn.pushed, state = scene.pushed, turn.resident.state
        said = await self._repeated(turn)
        if said is None:
            said = await converse(turn, first=scene.first, per_hour=self.settings.messages_per_hour)
        await session.flush()
        apart = self._seal_apart(turn, incoming.text, said, stops=turn.resident.state == STOPPED != state)
        return await replies.speak(
            session,
            said,
            keyring=self.keyring,
            channel=incoming.channel,
            road=scene.address.road,
            address_id=scene.address.id,
            resident_id=turn.resident.id,
            inbound_id=inbound_id,
            now=now,
            carried=carried,
            patience=self.settings.reply_patience,
            heard=self._hash(incoming) if apart else b"",
            kept=incoming.hints.kept,
            about=turn.about if apart else None,
        )

    async def _said_before(self, session: AsyncSession, incoming: Incoming, *, carried: bool) -> list[Spoken]:
        """The earlier answer to a repeated message; empty unless answers travel in the response to the request."""
        if not carried:
            return []
        provider, known = incoming.provider, incoming.external_id
        return await replies.said_before(session, provider=provider, external_id=known, keyring=self.keyring)

    def _sign(self, incoming: Incoming) -> Incoming:
        """The message as a sign on another one, if it is one that a phone wrote out in words."""
        sign = reaction(incoming.text, self.tools.lexicon) if incoming.kind is Kind.SAID else None
        return incoming if sign is None else replace(incoming, kind=Kind.REACTED, text=sign)

    async def _repeated(self, turn: Turn) -> list[Reply] | None:
        """The replies to the message before, if this one says the same and came too soon to answer them; else None."""
        incoming, asked = turn.incoming, trail.read(turn.conversation)
        plain = incoming.kind is Kind.SAID and incoming.choice is None and incoming.contact is None
        if not plain or not asked or not asked[-1].inbound_id or incoming.pointer is not None:
            return None
        within = self.settings.repeated_within if incoming.hints.repeats else min(self.settings.repeated_within, _ONCE)
        if turn.now - asked[-1].at >= timedelta(seconds=within):
            return None
        before = await replies.answered(turn.session, asked[-1].inbound_id, keyring=self.keyring)
        if before is None:
            return None
        same = before.heard == self._hash(incoming)
        if not same and incoming.hints.repeats and incoming.sent_at is None and before.about:
            same = await repetition.is_same(turn, before.about)
        return list(before.replies) if same else None

    def _seal_apart(self, turn: Turn, text: str, said: Sequence[Reply], *, stops: bool) -> bool:
        """Seal the replies apart if the text may name a receipt; False: that cannot be, so no hash of the text is kept.

        If the vault is away, whoever stops and whoever gets an answer that repeats no receipt is answered all the same.
        """
        if not spotting.may_be_named(text):
            return True
        needed = not stops and spotting.repeats("\n".join(reply.text for reply in said), text)
        return expiring_keys.use(turn.session, keyring=self.keyring, now=turn.now, needed=needed)

    def _hash(self, incoming: Incoming) -> bytes:
        return self.keyring.blind_index("said", incoming.text)
