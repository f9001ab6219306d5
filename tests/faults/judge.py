"""Judge a storm's outcome: compare the network's own record with what Sawt believes of each delivery."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker.reconcile import NOT_TAKEN, UNKNOWABLE
from rehearsal.exchange import Exchange
from rehearsal.network import Network
from rehearsal.twilio.message import Message
from tests.faults.crowd import Resident
from tests.world import World

_ENDS = {"delivered": DeliveryState.DELIVERED, "undelivered": DeliveryState.FAILED, "failed": DeliveryState.FAILED}


class Belief(NamedTuple):
    """What Sawt believes of one delivery."""

    state: str
    reason: str | None
    external_id: str | None
    asked: int


class Witness:
    """Sees every exchange: which faults struck, and which status updates Sawt acknowledged. `look` gets every 50th."""

    def __init__(self, look: Callable[[Exchange], None]) -> None:
        self._look, self._seen, self.sends = look, 0, 0
        self.struck: Counter[str] = Counter()  # by peer and kind: messages with a lost or refusing answer
        self.acknowledged: defaultdict[str, set[str]] = defaultdict(set)  # final states acknowledged by Sawt, by sid

    def observe(self, exchange: Exchange) -> None:
        """See one exchange."""
        self._seen += 1
        if self._seen % 50 == 0:
            self._look(exchange)
        if exchange.direction == "callback":
            status = exchange.params.get("MessageStatus", "")
            if 200 <= exchange.status < 300 and status in _ENDS:
                self.acknowledged[exchange.params["MessageSid"]].add(_ENDS[status])
        elif is_send(exchange):
            self.sends += 1
            kind = "lost" if exchange.lost else str(exchange.status) if exchange.status >= 429 else ""
            self.struck[f"{exchange.peer} {kind}"] += bool(kind)


def is_send(exchange: Exchange) -> bool:
    """Whether a provider is asked to take a message."""
    return exchange.operation == "sendMessage" or (exchange.method, exchange.operation[-14:]) == (
        "POST",
        "/Messages.json",
    )


async def beliefs(world: World) -> dict[int, Belief]:
    """What Sawt believes, by resident."""
    columns = (Delivery.resident_id, Delivery.state, Delivery.reason, Delivery.external_id, Delivery.asked)
    async with world.db.transaction() as session:
        return {number: Belief(*rest) for number, *rest in await session.execute(select(*columns))}


def wrong_sms(network: Network, crowd: Sequence[Resident], believed: dict[int, Belief], witness: Witness) -> list[str]:
    """Deliveries by SMS that contradict the network's record; none may be unsure any more."""
    taken: defaultdict[str, list[Message]] = defaultdict(list)
    for message in network.sms.messages.values():
        taken[message.to].append(message)
    faults = []
    for each in crowd:
        if each.channel == "sms" and not _agrees(taken[each.address], believed[each.number], witness):
            record = [(message.status, sorted(witness.acknowledged[message.sid])) for message in taken[each.address]]
            faults.append(f"{believed[each.number][:2]} where the network has {record}")
    return faults


def _agrees(taken: Sequence[Message], belief: Belief, witness: Witness) -> bool:
    if not taken:
        return belief.state == DeliveryState.FAILED and (
            belief.reason == NOT_TAKEN or (belief.reason or "").isdecimal()
        )
    if len(taken) > 1 or belief.external_id != taken[0].sid or belief.reason == NOT_TAKEN:
        return False
    message = taken[0]
    # Acknowledged updates must not be lost; a killed process never knew of others.
    return belief.state in (
        witness.acknowledged[message.sid] or {DeliveryState.SENT, _ENDS.get(message.status, DeliveryState.SENT)}
    )


def wrong_telegram(network: Network, crowd: Sequence[Resident], believed: dict[int, Belief]) -> list[str]:
    """Deliveries by Telegram that contradict the network's record; unknowable ones must be unsure and say so."""
    faults = []
    for each in crowd:
        if each.channel == "telegram":
            got = [str(message.message_id) for message in network.telegram_user(int(each.address)).messages]
            belief = believed[each.number]
            sent = belief.state == DeliveryState.SENT and got == [belief.external_id]
            unsure = belief.state == DeliveryState.UNSURE and belief.reason == UNKNOWABLE and len(got) <= 1
            if not sent and not unsure:
                faults.append(f"{belief[:2]} where {len(got)} arrived")
    return faults
