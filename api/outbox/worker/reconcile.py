"""Reconciling: providers are asked whether they took what is unsure, so that staff need not guess; nothing is sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Channel, SendError, SendResult, Throttled, Unreachable, Untraceable
from api.outbox import ownership, states
from api.outbox.context import Means
from api.outbox.flow import budgets
from api.outbox.models import Delivery
from api.outbox.service import backoff
from api.outbox.worker import reports, unsure
from api.outbox.worker.unsure import Asked
from api.runtime.failures import describe
from api.runtime.loops import forever

log = structlog.get_logger(__name__)

NOT_TAKEN, UNKNOWABLE = "not taken", "cannot be known"  # reasons, for staff
_TOGETHER = 5  # questions: where several messages to one number are asked about, what is found of one tells of others
_AGAIN = 1.0  # seconds before a look where something is due and could not be claimed
_AT_ONCE = 8  # questions on the wire: a provider that lists messages does so for others of ours too

Answer = SendResult | SendError | None


class Reconciler:
    """Asks about the unsure deliveries of one channel, in any number of processes: each is asked about by one."""

    def __init__(self, channel: Channel, means: Means) -> None:
        """`channel` is asked; no transaction is open meanwhile."""
        self._channel, self._db, self._keyring = channel, means.db, means.keyring
        self._settings, self._clock, self._book = means.settings, means.clock, means.book
        self._rests_until, self._note = means.clock(), means.watch.note(f"reconcile {channel.name}")

    async def run(self) -> None:
        """Ask until cancelled.

        Nobody need wake it: a question comes so long after what it is about that a look of the net knows of it in time.
        """
        await forever(self._look, asyncio.Event(), name=f"reconcile {self._channel.name}", note=self._note)

    async def _look(self) -> float:
        """Ask about what is due. Returns how many seconds later there may be more to ask about."""
        pause = await self._until_due()
        if pause <= 0:
            await self.once()
            pause = max(await self._until_due(), _AGAIN)  # another process may have it in hand
        return pause

    async def _until_due(self) -> float:
        async with self._db.reading() as connection:
            wait = timedelta(seconds=self._patience())
            due = await unsure.next_due(connection, channel=self._channel.name, wait=wait)
        due = max(due, self._rests_until)
        return min((due - self._clock()).total_seconds(), self._settings.net)

    def _patience(self) -> float:
        """Seconds until one asks: whoever was to send it began within its lease and gave up within its patience."""
        return max(self._settings.ask_after, self._settings.patience)

    async def once(self) -> None:
        """Ask about all that is due, a few at a time; nothing while the provider asks to slow down."""
        while self._rests_until <= self._clock() and (batch := await self._claim()):
            answers = await asyncio.gather(*(self._ask(each) for each in batch))
            counted = Counter([await self._write(each, answer) for each, answer in zip(batch, answers, strict=True)])
            log.info("outbox.reconciled", channel=self._channel.name, **counted)
            rest = max(answer.retry_after if isinstance(answer, Throttled) else 0.0 for answer in answers)
            self._rests_until = self._clock() + timedelta(seconds=rest)

    async def _claim(self) -> list[Asked]:
        now = self._clock()
        async with self._db.transaction() as session:
            return await unsure.claim(
                session,
                channel=self._channel.name,
                keyring=self._keyring,
                now=now,
                settled_by=now - timedelta(seconds=self._patience()),
                again_at=now + timedelta(seconds=self._settings.claim_lease),
                limit=_AT_ONCE,
            )

    async def _ask(self, asked: Asked) -> Answer:
        if not asked.message.text:  # a reply that was blanked meanwhile: there is nothing to find it by
            return Untraceable("blanked")
        try:
            return await self._channel.trace(asked.message, asked.trail)
        except SendError as error:
            return error
        except Exception as error:  # only its kind is logged: its text may hold what was asked, and about whom
            log.error("outbox.trace", channel=self._channel.name, **describe(error))
            return Unreachable("internal")

    async def _write(self, asked: Asked, answer: Answer) -> str:
        """Write what a provider said, unless its callback, or the process thought dead, said so first."""
        now = self._clock()
        async with self._db.transaction() as session:
            await ownership.lock_recipients(session, [asked.number])
            if not await _is_unsure(session, asked):
                return "known_meanwhile"
            match answer:
                case None:
                    await reports.tell(session, asked.number, state=states.FAILED, now=now, reason=NOT_TAKEN)
                    await self._refund(session, asked)
                    return "not_taken"
                case SendResult() if not await _is_anothers(session, asked, answer):
                    await _take(session, asked, answer, now)
                    return "taken"
                case Untraceable() if not asked.trail.others or asked.times >= _TOGETHER:
                    await _put(session, asked, ask_at=None, reason=UNKNOWABLE)
                    return "unknowable"
                case _:
                    await _put(session, asked, ask_at=now + timedelta(seconds=_wait(asked, answer)))
                    return "asked_again"

    async def _refund(self, session: AsyncSession, asked: Asked) -> None:
        """Give back what was paid in advance for what was not taken; the day it was paid on is over, or nearly."""
        price = (await self._book.renew(session)).table().of(asked.message.road, asked.prefix) or 0
        if asked.campaign_id is not None and price:
            await budgets.correct(session, {budgets.of_campaign(asked.campaign_id): -price * asked.parts})


async def _is_unsure(session: AsyncSession, asked: Asked) -> bool:
    """Whether it still is, and stays so until this transaction ends."""
    still = select(Delivery.id).where(Delivery.id == asked.number, Delivery.state == states.UNSURE)
    return await session.scalar(still.with_for_update()) is not None


async def _is_anothers(session: AsyncSession, asked: Asked, receipt: SendResult) -> bool:
    """Whether another delivery of this resident, who is locked, was found to be this message meanwhile."""
    theirs = await unsure.beside(session, [asked])
    return any(each.external_id == receipt.external_id and each.id != asked.number for each in theirs)


async def _take(session: AsyncSession, asked: Asked, receipt: SendResult, now: datetime) -> None:
    await reports.tell(
        session,
        asked.number,
        state=receipt.state,
        now=now,
        external_id=receipt.external_id,
        parts=receipt.parts,
        reason=receipt.reason,
        gone=receipt.gone,
        against=receipt.against,
    )


async def _put(session: AsyncSession, asked: Asked, **values: object) -> None:
    await session.execute(update(Delivery).where(Delivery.id == asked.number).values(**values))


def _wait(asked: Asked, answer: Answer) -> float:
    """Seconds until it is asked again: later each time, and not before the provider wants it."""
    return max(backoff(asked.times), answer.retry_after if isinstance(answer, Throttled) else 0.0)
