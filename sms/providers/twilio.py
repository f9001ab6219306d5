"""Twilio as an SMS provider: its signed webhooks in, TwiML and its REST API out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response
from twilio.twiml.messaging_response import MessagingResponse

from api.channel import (
    Hints,
    Incoming,
    Kind,
    Rejected,
    SendResult,
    StoredMessage,
    Trail,
    Unreachable,
    Unsure,
    Untraceable,
)
from api.clock import Clock
from api.dialogue.service import Dialogue
from api.outbox.worker.reports import Reports
from api.outbox.write.replies import Spoken
from api.routing import phones
from api.routing.roads import Road, Roads
from api.web.http import Refusals
from sms.providers.twilio_api import LISTED, TwilioApi
from sms.providers.twilio_form import read
from sms.providers.twilio_proof import Proof
from sms.providers.twilio_trace import STATES, fated, find
from sms.senders import Senders
from sms.text import written

log = structlog.get_logger(__name__)

Form = Mapping[str, str]

_PATH = "/sms/twilio"
_NO_QUERY, _DELIVERY = re.compile(""), re.compile("delivery=([0-9]{1,18})")
# What makes Twilio repeat a callback that met a 503, not only one that met nobody; it is no part of what is signed
# (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
_AGAIN = "#rc=3&rp=all"
# What Advanced Opt-Out took a message for: from then on Twilio sends nothing to who stopped, and again to who began
# (support.twilio.com 360034798533).
_ASKS: dict[str, Literal["stop", "start", "help"]] = {"STOP": "stop", "START": "start", "HELP": "help"}
_A_NUMBER = re.compile(r"\+\d{3,15}")  # a name gets no answers, and a service's numbers are not known here
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # one pasted by staff would void the whole answer


class Twilio:
    """The provider. `public_url` is how Twilio reaches us: signatures are made over it."""

    name = "twilio"

    def __init__(
        self,
        api: TwilioApi,
        *,
        account_sid: str,
        proof: Proof,
        public_url: str,
        roads: Roads,
        dialogue: Dialogue,
        reports: Reports,
        clock: Clock,
        region: str = phones.HOME,
    ) -> None:
        """`proof` knows what signs the webhooks of the account `account_sid`.

        `region` is the country of numbers that are written without one.
        """
        self._senders = Senders(self.name, region)
        self._api, self._roads, self._dialogue, self._reports, self._clock = api, roads, dialogue, reports, clock
        self._account, self._proof = account_sid, proof
        self._base = public_url.rstrip("/") + _PATH
        self._refusals = Refusals("twilio")
        self.router = APIRouter()  # of plain routes: FastAPI would keep every analysed one for good
        self.router.add_route(f"{_PATH}/inbound", self._inbound, methods=["POST"])
        self.router.add_route(f"{_PATH}/status", self._status, methods=["POST"])

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open the connections to the API."""
        return self._api.running()

    async def send(self, *, to: str, text: str, delivery_id: int, road: Road) -> SendResult:
        """Send one text. Raises a SendError."""
        return await self._api.send(to=to, text=text, callback=self._callback(delivery_id), sender=road.sender)

    async def trace(self, *, to: str, text: str, road: Road, trail: Trail) -> SendResult | None:
        """Whether Twilio lists this message to this number. Raises a SendError."""
        try:
            listed = await self._api.sent_to(to)
        except Unsure as lost:  # of a question, unlike a message, nothing is unsure: it can be asked again
            raise Unreachable(lost.reason) from None
        return find(listed, text=text, sender=road.sender, trail=trail, most=LISTED, now=self._clock())

    async def forget(self, kept: StoredMessage) -> None:
        """Delete a message from the account; without its id, all answers to that number until then."""
        if kept.external_id is not None:
            await self._api.delete(kept.external_id)
            return
        if not kept.address:
            raise Untraceable("nobody")
        for each in await self._api.sent_to(kept.address):
            if each.direction == "outbound-reply" and (each.date_created is None or each.date_created <= kept.until):
                await self._api.delete(each.sid)

    async def sweep(self, before: datetime) -> None:
        """Delete what came to our numbers before: also what was refused, or met a service that was away."""
        for road in self._roads.of("sms"):
            if road.provider == self.name and _A_NUMBER.fullmatch(road.sender):
                for each in await self._api.sent_to(road.sender):
                    if each.direction == "inbound" and each.date_created is not None and each.date_created < before:
                        await self._api.delete(each.sid)

    async def _inbound(self, request: Request) -> Response:
        form = await self._signed(request, "/inbound", _NO_QUERY)
        if form is None:
            return Response(status_code=403)
        said = self._incoming(form)
        if said is None:
            return _twiml(str(MessagingResponse()))
        return self._answer(await self._dialogue.handle(said, carried=True))

    async def _status(self, request: Request) -> Response:
        form = await self._signed(request, "/status", _DELIVERY)
        if form is None:
            return Response(status_code=403)
        state = STATES.get(form.get("MessageStatus", ""))
        if state is not None:
            delivery = int(request.url.query.removeprefix("delivery="))
            fate = fated(state, form.get("ErrorCode"), to=form.get("To", ""), now=self._clock())
            await self._reports.news(delivery, state=state, external_id=form["MessageSid"], **fate)
        return Response(status_code=204)

    async def _signed(self, request: Request, path: str, asked: re.Pattern[str]) -> Form | None:
        """The form of a request that Twilio signed over our configured address, its query as `asked`; None if not.

        All of its parameters count, known or not, blank ones too (twilio.com/docs/usage/webhooks/webhooks-security).
        """
        pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        query = request.url.query
        url = f"{self._base}{path}?{query}" if query else f"{self._base}{path}"
        try:
            if asked.fullmatch(query) and self._proof.holds(url, dict(pairs), request.headers):
                return read(pairs, account=self._account)
        except Rejected as forged:
            log.warning("twilio.forged", why=forged.reason)
        self._refusals.note()
        return None

    def _incoming(self, form: Form) -> Incoming | None:
        sender = form.get("From", "")
        number = self._senders.number(sender) if sender else None
        if number is None:
            return None
        return Incoming(
            channel="sms",
            provider=self.name,
            address=number,
            written=sender,
            text=form.get("Body", ""),
            external_id=form["MessageSid"],
            received_at=self._clock(),
            road=self._roads.incoming(self.name, self._senders.ours(form.get("To", ""))),
            asks=_ASKS.get(form.get("OptOutType", "").strip().upper()),
            kind=Kind.SAID if form.get("NumMedia", "0") in ("", "0") else Kind.SHOWN,
            hints=Hints(latin=True, repeats=True, kept=True),
        )

    def _answer(self, spoken: Sequence[Spoken]) -> Response:
        answer = MessagingResponse()
        for each in spoken:
            if each.delivery_id is not None:
                text = _NOT_XML.sub("", written(each.reply.text, each.reply.choices))
                answer.message(text, action=self._callback(each.delivery_id))
        return _twiml(str(answer))

    def _callback(self, delivery_id: int) -> str:
        return f"{self._base}/status?delivery={delivery_id}{_AGAIN}"


def _twiml(document: str) -> Response:
    return Response(document, media_type="application/xml")
