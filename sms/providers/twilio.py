"""Twilio as an SMS provider: signed webhooks, answers in TwiML (Twilio's XML), and the REST API for sending."""

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
from api.outbox.write.replies import QueuedReply
from api.routing import phones
from api.routing.roads import Road, Roads
from api.web.http import Refusals
from sms.providers.twilio_api import LISTED, TwilioApi
from sms.providers.twilio_form import read_form
from sms.providers.twilio_signatures import Signatures
from sms.providers.twilio_trace import STATES, failure_details, find_message
from sms.senders import Senders
from sms.text import render_sms

log = structlog.get_logger(__name__)

Form = Mapping[str, str]

_PATH = "/sms/twilio"
_NO_QUERY, _DELIVERY = re.compile(""), re.compile("delivery=([0-9]{1,18})")
# Makes Twilio repeat a callback even after a 503, not only after a lost connection; the fragment is not signed
# (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
_AGAIN = "#rc=3&rp=all"
# How Twilio's Advanced Opt-Out read a message. Twilio blocks messages to people who stopped, until they start again
# (support.twilio.com 360034798533).
_ASKS: dict[str, Literal["stop", "start", "help"]] = {"STOP": "stop", "START": "start", "HELP": "help"}
_A_NUMBER = re.compile(r"\+\d{3,15}")  # names receive no messages, and the numbers of a messaging service are unknown
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # one of these makes the whole answer invalid


class Twilio:
    """The SMS provider Twilio. `public_url` is Sawt's address, which Twilio calls and includes in its signatures."""

    name = "twilio"

    def __init__(
        self,
        api: TwilioApi,
        *,
        account_sid: str,
        signatures: Signatures,
        public_url: str,
        roads: Roads,
        dialogue: Dialogue,
        reports: Reports,
        clock: Clock,
        region: str = phones.HOME,
    ) -> None:
        """Set up the provider. `signatures` checks the webhooks of the account `account_sid`.

        `region` is the country of numbers written without a country code.
        """
        self._senders = Senders(self.name, region)
        self._api, self._roads, self._dialogue, self._reports, self._clock = api, roads, dialogue, reports, clock
        self._account, self._signatures = account_sid, signatures
        self._base = public_url.rstrip("/") + _PATH
        self._refusals = Refusals("twilio")
        self.router = APIRouter()  # plain routes: FastAPI would keep every route it analyses for ever
        self.router.add_route(f"{_PATH}/inbound", self._inbound, methods=["POST"])
        self.router.add_route(f"{_PATH}/status", self._status, methods=["POST"])

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open the connections to the REST API, and close them when the service stops."""
        return self._api.running()

    async def send(self, *, to: str, text: str, delivery_id: int, road: Road) -> SendResult:
        """Send one text. Raises a SendError."""
        return await self._api.send(to=to, text=text, callback=self._callback(delivery_id), sender=road.sender)

    async def trace(self, *, to: str, text: str, road: Road, trail: Trail) -> SendResult | None:
        """Find out what became of a message. If Twilio certainly never accepted the message, return None.

        Raises a SendError if this cannot be told.
        """
        try:
            listed = await self._api.sent_to(to)
        except Unsure as unsure:  # a question can be asked again, unlike a message
            raise Unreachable(unsure.reason) from None
        return find_message(listed, text=text, sender=road.sender, trail=trail, most=LISTED, now=self._clock())

    async def forget(self, kept: StoredMessage) -> None:
        """Delete a message from the account. Raises a SendError."""
        if kept.external_id is not None:
            await self._api.delete(kept.external_id)
            return
        if not kept.address:
            raise Untraceable("nobody")
        # the message's id is unknown: delete all replies to its address up to `kept.until`
        for message in await self._api.sent_to(kept.address):
            created = message.date_created
            if message.direction == "outbound-reply" and (created is None or created <= kept.until):
                await self._api.delete(message.sid)

    async def sweep(self, before: datetime) -> None:
        """Delete the messages that Sawt's numbers received before this moment. Raises a SendError.

        Messages that never reached Sawt are deleted, too.
        """
        for road in self._roads.of("sms"):
            if road.provider == self.name and _A_NUMBER.fullmatch(road.sender):
                for message in await self._api.sent_to(road.sender):
                    created = message.date_created
                    if message.direction == "inbound" and created is not None and created < before:
                        await self._api.delete(message.sid)

    async def _inbound(self, request: Request) -> Response:
        form = await self._signed(request, "/inbound", _NO_QUERY)
        if form is None:
            return Response(status_code=403)
        incoming = self._incoming(form)
        if incoming is None:
            return _twiml(str(MessagingResponse()))
        return self._answer(await self._dialogue.handle(incoming, carried=True))

    async def _status(self, request: Request) -> Response:
        form = await self._signed(request, "/status", _DELIVERY)
        if form is None:
            return Response(status_code=403)
        state = STATES.get(form.get("MessageStatus", ""))
        if state is not None:
            delivery = int(request.url.query.removeprefix("delivery="))
            failure = failure_details(state, form.get("ErrorCode"), to=form.get("To", ""), now=self._clock())
            await self._reports.update(delivery, state=state, external_id=form["MessageSid"], **failure)
        return Response(status_code=204)

    async def _signed(self, request: Request, path: str, query_shape: re.Pattern[str]) -> Form | None:
        """Return the form of a request that Twilio signed for Sawt's address; None if a check fails."""
        # even unknown and blank parameters are signed (twilio.com/docs/usage/webhooks/webhooks-security)
        pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        query = request.url.query
        url = f"{self._base}{path}?{query}" if query else f"{self._base}{path}"
        try:
            if query_shape.fullmatch(query) and self._signatures.are_valid(url, dict(pairs), request.headers):
                return read_form(pairs, account=self._account)
        except Rejected as rejected:
            log.warning("twilio.webhook_rejected", why=rejected.reason)
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
            road=self._roads.incoming(self.name, self._senders.own_number(form.get("To", ""))),
            asks=_ASKS.get(form.get("OptOutType", "").strip().upper()),
            kind=Kind.SAID if form.get("NumMedia", "0") in ("", "0") else Kind.SHOWN,
            hints=Hints(latin=True, repeats=True, kept=True),
        )

    def _answer(self, replies: Sequence[QueuedReply]) -> Response:
        twiml = MessagingResponse()
        for reply in replies:
            if reply.delivery_id is not None:
                text = _NOT_XML.sub("", render_sms(reply.reply.text, reply.reply.choices))
                twiml.message(text, action=self._callback(reply.delivery_id))
        return _twiml(str(twiml))

    def _callback(self, delivery_id: int) -> str:
        return f"{self._base}/status?delivery={delivery_id}{_AGAIN}"


def _twiml(document: str) -> Response:
    return Response(document, media_type="application/xml")
