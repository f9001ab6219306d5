"""Kannel as an SMS provider: a gateway before an operator's message centre, spoken to over HTTP in both directions."""

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
from api.outbox.worker.reports import Reports
from api.outbox.write.replies import Spoken
from api.routing import phones
from api.routing.roads import Road, Roads
from sms.providers.kannel_api import KannelApi, coding
from sms.providers.kannel_door import Door
from sms.providers.kannel_words import DLR_OUTCOMES, against, outcome
from sms.segments import count
from sms.senders import Senders
from sms.text import written

_PATH = "/sms/kannel"
_LONGEST_SENDER = 32
_ID = re.compile("[!-~]{1,64}")  # Kannel's are UUIDs; what no database could hold is nobody's
_EPOCH = re.compile("[0-9]{1,10}")
_DELIVERY = re.compile("[0-9]{1,18}")


class Kannel:
    """The provider. `public_url` is how Kannel reaches us to report deliveries."""

    name = "kannel"

    def __init__(
        self,
        api: KannelApi,
        *,
        door: Door,
        public_url: str,
        roads: Roads,
        dialogue: Dialogue,
        reports: Reports,
        clock: Clock,
        region: str = phones.HOME,
    ) -> None:
        """`door` knows the secret and the addresses that prove Kannel's requests.

        `region` is the country of numbers that are written without one.
        """
        self._senders = Senders(self.name, region)
        self._api, self._door, self._roads = api, door, roads
        self._dialogue, self._reports, self._clock = dialogue, reports, clock
        self._report_url = f"{public_url.rstrip('/')}{_PATH}/report"
        self.router = APIRouter()  # of plain routes: FastAPI would keep every analysed one for good
        self.router.add_route(f"{_PATH}/inbound", _only_get(self._inbound), methods=["GET"])
        self.router.add_route(f"{_PATH}/report", _only_get(self._report), methods=["GET"])

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open the connections to Kannel."""
        return self._api.running()

    async def send(self, *, to: str, text: str, delivery_id: int, road: Road) -> SendResult:
        """Send one text. Raises a SendError. Kannel gives no id back, so the message has that of its delivery."""
        callback = self._callback([delivery_id])
        await self._api.send(to=to, text=text, callback=callback, sender=road.sender, via=road.via)
        return SendResult(external_id=str(delivery_id), parts=count(text).parts)

    async def trace(self, *, to: str, text: str, road: Road, trail: Trail) -> SendResult | None:  # noqa: ARG002
        """Kannel keeps no list that can be asked; only its report may still come. Raises Untraceable."""
        raise Untraceable("kannel")

    async def _inbound(self, request: Request) -> Response:
        if not self._door.opens(request):
            return Response(status_code=403)
        said = self._incoming(request.query_params)
        return self._answer([] if said is None else await self._dialogue.handle(said, carried=True))

    async def _report(self, request: Request) -> Response:
        if not self._door.opens(request):
            return Response(status_code=403)
        given = request.query_params
        state, reason = outcome(given.get("type", ""), given.get("reason", ""))
        error = against(given.get("type", ""), given.get("reason", ""))
        for delivery in filter(_DELIVERY.fullmatch, given.getlist("delivery") if state else ()):
            await self._reports.news(int(delivery), state=state, reason=reason, against=error)
        return Response(media_type="text/plain")

    def _incoming(self, given: QueryParams) -> Incoming | None:
        sender, number = given.get("from", ""), given.get("id", "")
        if not 0 < len(sender) <= _LONGEST_SENDER or not _ID.fullmatch(number):
            return None
        address = self._senders.number(sender)
        if address is None:
            return None
        sent_at = self._moment(given.get("at", ""))
        return Incoming(
            channel="sms",
            provider=self.name,
            address=address,
            written=sender,
            text=given.get("text", ""),
            external_id=number,
            received_at=sent_at or self._clock(),
            sent_at=sent_at,
            road=self._roads.incoming(self.name, self._senders.ours(given.get("to", ""))),
            hints=Hints(latin=True, repeats=True),
        )

    def _moment(self, epoch: str) -> datetime | None:
        """When Kannel got the message: while we were away it may have waited there. None if it does not say."""
        return min(datetime.fromtimestamp(int(epoch), UTC), self._clock()) if _EPOCH.fullmatch(epoch) else None

    def _answer(self, spoken: Sequence[Spoken]) -> Response:
        """The replies as one body, one SMS of several parts; an empty one makes no SMS (`omit-empty`).

        Its headers say how to encode it, and where its outcome is to be told (User's Guide, "X-Kannel headers").
        """
        said = {each.delivery_id: written(each.reply.text, each.reply.choices) for each in spoken}
        numbers = [number for number in said if number is not None]
        text = "\n\n".join(said[number] for number in numbers)
        headers = {"X-Kannel-Coding": coding(text)}
        if numbers:
            headers |= {"X-Kannel-DLR-Mask": DLR_OUTCOMES, "X-Kannel-DLR-Url": self._callback(numbers)}
        return Response(text, media_type="text/plain; charset=UTF-8", headers=headers)

    def _callback(self, deliveries: Iterable[int]) -> str:
        """Where news of these deliveries goes; Kannel puts the type for %d and the message centre's words for %A."""
        which = "&".join(f"delivery={number}" for number in deliveries)
        return f"{self._report_url}?{which}&secret={quote(self._door.secret, safe='')}&type=%d&reason=%A"


def _only_get(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The handler for GET alone: a route for GET takes HEAD too, which would be heard as a text."""

    async def handled(request: Request) -> Response:
        if request.method != "GET":
            return Response(status_code=405, headers={"Allow": "GET"})
        return await handler(request)

    return handled
