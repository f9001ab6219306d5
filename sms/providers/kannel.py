"""Kannel as an SMS provider: a gateway to an operator's message centre, over HTTP in both directions."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.datastructures import QueryParams

from api.channel import Hints, Incoming, SendResult, Trail, Untraceable
from api.clock import Clock
from api.dialogue.service import Dialogue
from api.outbox.states import DeliveryState
from api.outbox.worker.reports import Reports
from api.outbox.write.replies import QueuedReply
from api.routing import phones
from api.routing.roads import Road, Roads
from sms.providers.kannel_api import KannelApi, coding
from sms.providers.kannel_auth import KannelAuth
from sms.providers.kannel_codes import DLR_OUTCOMES, delivery_outcome, road_error
from sms.segments import count
from sms.senders import Senders
from sms.text import render_sms

_PATH = "/sms/kannel"
_LONGEST_SENDER = 32
_ID = re.compile("[!-~]{1,64}")  # Kannel's ids are UUIDs; anything longer or unprintable is rejected
_EPOCH = re.compile("[0-9]{1,10}")
_DELIVERY = re.compile("[0-9]{1,18}")


class Kannel:
    """The SMS provider Kannel. `public_url` is Sawt's address, at which Kannel reports deliveries."""

    name = "kannel"

    def __init__(
        self,
        api: KannelApi,
        *,
        auth: KannelAuth,
        public_url: str,
        roads: Roads,
        dialogue: Dialogue,
        reports: Reports,
        clock: Clock,
        region: str = phones.HOME,
    ) -> None:
        """Set up the provider. `auth` checks that requests come from Kannel.

        `region` is the country of numbers written without a country code.
        """
        self._senders = Senders(self.name, region)
        self._api, self._auth, self._roads = api, auth, roads
        self._dialogue, self._reports, self._clock = dialogue, reports, clock
        self._report_url = f"{public_url.rstrip('/')}{_PATH}/report"
        self.router = APIRouter()  # plain routes: FastAPI would keep every route it analyses for ever
        self.router.add_route(f"{_PATH}/inbound", _only_get(self._inbound), methods=["GET"])
        self.router.add_route(f"{_PATH}/report", _only_get(self._report), methods=["GET"])

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open the connections to Kannel, and close them when the service stops."""
        return self._api.running()

    async def send(self, *, to: str, text: str, delivery_id: int, road: Road) -> SendResult:
        """Send one text. Kannel returns no message id, so the result has the id of the delivery. Raises a SendError."""
        callback = self._callback([delivery_id])
        await self._api.send(to=to, text=text, callback=callback, sender=road.sender, via=road.via)
        return SendResult(external_id=str(delivery_id), parts=count(text).parts)

    async def trace(self, *, to: str, text: str, road: Road, trail: Trail) -> SendResult | None:  # noqa: ARG002
        """Raise Untraceable, because Kannel cannot list messages; only a delivery report can tell."""
        raise Untraceable("kannel")

    async def _inbound(self, request: Request) -> Response:
        if not self._auth.accepts(request):
            return Response(status_code=403)
        incoming = self._incoming(request.query_params)
        return self._answer([] if incoming is None else await self._dialogue.handle(incoming, carried=True))

    async def _report(self, request: Request) -> Response:
        if not self._auth.accepts(request):
            return Response(status_code=403)
        query = request.query_params
        state, reason = delivery_outcome(query.get("type", ""), query.get("reason", ""))
        error = road_error(query.get("type", ""), query.get("reason", ""))
        for delivery in filter(_DELIVERY.fullmatch, query.getlist("delivery") if state else ()):
            await self._reports.update(int(delivery), state=DeliveryState(state), reason=reason, against=error)
        return Response(media_type="text/plain")

    def _incoming(self, query: QueryParams) -> Incoming | None:
        sender, external_id = query.get("from", ""), query.get("id", "")
        if not 0 < len(sender) <= _LONGEST_SENDER or not _ID.fullmatch(external_id):
            return None
        address = self._senders.number(sender)
        if address is None:
            return None
        sent_at = self._received_at(query.get("at", ""))
        return Incoming(
            channel="sms",
            provider=self.name,
            address=address,
            written=sender,
            text=query.get("text", ""),
            external_id=external_id,
            received_at=sent_at or self._clock(),
            sent_at=sent_at,
            road=self._roads.incoming(self.name, self._senders.own_number(query.get("to", ""))),
            hints=Hints(latin=True, repeats=True),
        )

    def _received_at(self, epoch: str) -> datetime | None:
        """Return when Kannel received a message. If the request does not say, return None."""
        return min(datetime.fromtimestamp(int(epoch), UTC), self._clock()) if _EPOCH.fullmatch(epoch) else None

    def _answer(self, replies: Sequence[QueuedReply]) -> Response:
        """Return the replies as one HTTP body, which Kannel sends as one SMS. An empty body sends nothing."""
        # headers for the encoding and for reports on the outcome: see "X-Kannel headers" in the User's Guide
        bodies = {reply.delivery_id: render_sms(reply.reply.text, reply.reply.choices) for reply in replies}
        numbers = [number for number in bodies if number is not None]
        text = "\n\n".join(bodies[number] for number in numbers)
        headers = {"X-Kannel-Coding": coding(text)}
        if numbers:
            headers |= {"X-Kannel-DLR-Mask": DLR_OUTCOMES, "X-Kannel-DLR-Url": self._callback(numbers)}
        return Response(text, media_type="text/plain; charset=UTF-8", headers=headers)

    def _callback(self, deliveries: Iterable[int]) -> str:
        """Return the URL at which Kannel reports the outcome of these deliveries."""
        # Kannel fills in the type of the report (%d) and the message centre's answer (%A)
        ids = "&".join(f"delivery={number}" for number in deliveries)
        return f"{self._report_url}?{ids}&secret={quote(self._auth.secret, safe='')}&type=%d&reason=%A"


def _only_get(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return a handler that refuses HEAD requests. Starlette treats them as GET, so each would count as a text."""

    async def handled(request: Request) -> Response:
        if request.method != "GET":
            return Response(status_code=405, headers={"Allow": "GET"})
        return await handler(request)

    return handled
