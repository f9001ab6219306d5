"""Ask providers whether they took unsure deliveries, so that staff need not guess. Nothing is sent again."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Channel, SendError, SendResult, Throttled, Unreachable, Untraceable
from api.outbox import ownership
from api.outbox.context import OutboxContext
from api.outbox.flow import budgets
from api.outbox.models import Delivery
from api.outbox.service import backoff
from api.outbox.states import DeliveryState
from api.outbox.worker import reports, unsure
from api.outbox.worker.unsure import UnsureDelivery
from api.runtime.failures import describe
from api.runtime.loops import forever

log = structlog.get_logger(__name__)

NOT_TAKEN, UNKNOWABLE = "not taken", "cannot be known"  # reasons shown to staff
_TOGETHER = 5  # attempts if several messages to one number are unsure: an answer about one may help with another
_AGAIN = 1.0  # seconds before the next check if something due could not be claimed
_AT_ONCE = 8  # concurrent requests: one provider listing may serve several

Answer = SendResult | SendError | None


class Reconciler:
    """A loop that asks the provider about a channel's unsure deliveries. Only one process asks about each delivery."""

    def __init__(self, channel: Channel, means: OutboxContext) -> None:
        """Prepare to ask through `channel`. While the provider answers, no transaction is open."""
        self._channel, self._db, self._keyring = channel, means.db, means.keyring
        self._settings, self._clock, self._book = means.settings, means.clock, means.book
        self._rests_until, self._note = means.clock(), means.watch.note(f"reconcile {channel.name}")

    async def run(self) -> None:
        """Ask about unsure deliveries until cancelled.

        No wake-up is needed, because the provider is only asked some time after a delivery became unsure. Regular
        checks are enough.
        """
        await forever(self._check, asyncio.Event(), name=f"reconcile {self._channel.name}", note=self._note)

    async def _check(self) -> float:
        """Ask about all deliveries for which a question is due. Return the seconds until the next check."""
        pause = await self._until_due()
        if pause <= 0:
            await self.once()
            pause = max(await self._until_due(), _AGAIN)  # another process may be asking about what is due
        return pause

    async def _until_due(self) -> float:
        async with self._db.reading() as connection:
            wait = timedelta(seconds=self._patience())
            due = await unsure.next_due(connection, channel=self._channel.name, wait=wait)
        due = max(due, self._rests_until)
        return min((due - self._clock()).total_seconds(), self._settings.net)

    def _patience(self) -> float:
        """Return how many seconds to wait before asking the provider about a delivery whose outcome is unknown."""
        # by then no process can still be sending it
        return max(self._settings.ask_after, self._settings.patience)

    async def once(self) -> None:
        """Ask about all deliveries that are due, a few at a time. Do nothing while the provider wants us to wait."""
        while self._rests_until <= self._clock() and (batch := await self._claim()):
            answers = await asyncio.gather(*(self._ask(each) for each in batch))
            counted = Counter([await self._write(each, answer) for each, answer in zip(batch, answers, strict=True)])
            log.info("outbox.reconciled", channel=self._channel.name, **counted)
            rest = max(answer.retry_after if isinstance(answer, Throttled) else 0.0 for answer in answers)
            self._rests_until = self._clock() + timedelta(seconds=rest)

    async def _claim(self) -> list[UnsureDelivery]:
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

    async def _ask(self, delivery: UnsureDelivery) -> Answer:
        if not delivery.message.text:  # the text was deleted in the meantime, so nothing identifies the message
            return Untraceable("blanked")
        try:
            return await self._channel.trace(delivery.message, delivery.trail)
        except SendError as error:
            return error
        except Exception as error:  # log only the type: the message may contain personal data
            log.error("outbox.trace_failed", channel=self._channel.name, **describe(error))
            return Unreachable("internal")

    async def _write(self, delivery: UnsureDelivery, answer: Answer) -> str:
        """Record the provider's answer; return what it was."""
        now = self._clock()
        async with self._db.transaction() as session:
            await ownership.lock_recipients(session, [delivery.number])
            if not await _is_unsure(session, delivery):
                return "known_meanwhile"
            match answer:
                case None:
                    await reports.record(
                        session, delivery.number, state=DeliveryState.FAILED, now=now, reason=NOT_TAKEN
                    )
                    await self._refund(session, delivery)
                    return "not_taken"
                case SendResult() if not await _is_of_another(session, delivery, answer):
                    await _record_taken(session, delivery, answer, now)
                    return "taken"
                case Untraceable() if not delivery.trail.others or delivery.times >= _TOGETHER:
                    await _update(session, delivery, ask_at=None, reason=UNKNOWABLE)
                    return "unknowable"
                case _:
                    await _update(session, delivery, ask_at=now + timedelta(seconds=_wait(delivery, answer)))
                    return "asked_again"

    async def _refund(self, session: AsyncSession, delivery: UnsureDelivery) -> None:
        """Refund a message that the provider did not take to its campaign's budget."""
        price = (await self._book.renew(session)).table().of(delivery.message.road, delivery.prefix) or 0
        # the day's budget gets nothing back: that day is almost over
        if delivery.campaign_id is not None and price:
            await budgets.correct(session, {budgets.of_campaign(delivery.campaign_id): -price * delivery.parts})


async def _is_unsure(session: AsyncSession, delivery: UnsureDelivery) -> bool:
    """Whether the delivery is still unsure. If so, lock it."""
    query = select(Delivery.id).where(Delivery.id == delivery.number, Delivery.state == DeliveryState.UNSURE)
    return await session.scalar(query.with_for_update()) is not None


async def _is_of_another(session: AsyncSession, delivery: UnsureDelivery, receipt: SendResult) -> bool:
    """Whether the provider's id already belongs to another delivery to the same resident."""
    others = await unsure.other_deliveries(session, [delivery])
    return any(each.external_id == receipt.external_id and each.id != delivery.number for each in others)


async def _record_taken(session: AsyncSession, delivery: UnsureDelivery, receipt: SendResult, now: datetime) -> None:
    await reports.record(
        session,
        delivery.number,
        state=DeliveryState(receipt.state),
        now=now,
        external_id=receipt.external_id,
        parts=receipt.parts,
        reason=receipt.reason,
        gone=receipt.gone,
        against=receipt.against,
    )


async def _update(session: AsyncSession, delivery: UnsureDelivery, **values: object) -> None:
    await session.execute(update(Delivery).where(Delivery.id == delivery.number).values(**values))


def _wait(delivery: UnsureDelivery, answer: Answer) -> float:
    """Return how many seconds to wait before the next question."""
    return max(backoff(delivery.times), answer.retry_after if isinstance(answer, Throttled) else 0.0)
