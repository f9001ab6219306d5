"""The dialogue as channels know it: something was said, these are the replies; someone left, someone came back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Incoming
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.dialogue import store
from api.dialogue.converse import converse
from api.dialogue.turn import Tools, Turn
from api.dialogue.understand.clean import clean
from api.errors import Unavailable
from api.messages import service as messages
from api.outbox import replies
from api.outbox import service as outbox
from api.outbox.replies import Spoken
from api.residents import service as residents
from api.residents.locks import BeginAnew, lock
from api.settings import Settings

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
        """The person blocked us: nothing goes out any more until they say START."""
        async with self.db.transaction() as session:
            found = await residents.find_address(session, keyring=self.keyring, channel=channel, address=address)
            if found is None:
                return
            now = self.clock()
            resident = await residents.lost(session, address_id=found.id, reason="blocked", now=now)
            await outbox.cancel_unasked(session, resident.id, now=now)

    async def _turn(self, session: AsyncSession, incoming: Incoming, *, carried: bool) -> list[Spoken]:
        now = self.clock()
        incoming = clean(incoming)
        inbound_id = await replies.hear_once(
            session, provider=incoming.provider, external_id=incoming.external_id, at=incoming.received_at
        )
        if inbound_id is None:
            if not carried:
                return []
            return await replies.said_before(
                session, provider=incoming.provider, external_id=incoming.external_id, keyring=self.keyring
            )
        scene = await store.find(session, incoming, keyring=self.keyring, now=now)
        if scene is None:
            scene = await store.meet(session, incoming, lexicon=self.tools.lexicon, keyring=self.keyring, now=now)
        await messages.renew(session, self.tools.catalogs, known=scene.revision)
        turn = Turn(session, self.tools, incoming, now, *scene[:4])
        said = await converse(turn, first=scene.first, per_hour=self.settings.messages_per_hour)
        await session.flush()
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
        )
