"""Twilio's REST API for messages: create, read, redact, delete and list them."""

import base64
import re
import secrets
from binascii import Error as Base64Error
from dataclasses import replace
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from rehearsal.faults import Verdict
from rehearsal.server import Answer, Call, Endpoint, Provider
from rehearsal.text import well_formed
from rehearsal.twilio import account, codes
from rehearsal.twilio.listing import list_messages
from rehearsal.twilio.message import Message
from rehearsal.twilio.network import PhoneNetwork

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}")  # OpenAPI document: AlphaSender
_ANY_SERVICE = f"MG{'0' * 32}"
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_WEB = re.compile(r"https?://[^\s/\[\]]+(/[!-~]*)?")


def refuse(verdict: Verdict) -> Answer:
    """Return Twilio's error for a simulated fault: 429 if requests are throttled, otherwise 500."""
    return (codes.THROTTLED if verdict is Verdict.THROTTLE else codes.BROKEN).answer()


class TwilioApi:
    """The REST API, at URLs below `/twilio`."""

    def __init__(self, network: PhoneNetwork) -> None:
        self._network = network
        self._settings = network.settings

    def routes(self, provider: Provider) -> list[BaseRoute]:
        """Return the routes of the API. Faults can be set for "Messages" (create), "Messages.list" and "Message"."""

        def collection(request: Request) -> str:
            return "Messages" if request.method == "POST" else "Messages.list"

        root = "/2010-04-01/Accounts/{account}"
        return [
            Route(f"{root}.json", Endpoint(provider, lambda _: "Account", self._account)),
            Route(f"{root}/Messages.json", Endpoint(provider, collection, self._collection)),
            Route(f"{root}/Messages/{{sid}}.json", Endpoint(provider, lambda _: "Message", self._instance)),
            Route("/{rest:path}", Endpoint(provider, lambda _: "unknown", self._unknown)),
        ]

    async def _collection(self, call: Call) -> Answer:
        if refusal := self._authenticate(call):
            return refusal.answer()
        if call.method == "POST":
            return self._create({name: _first(value) for name, value in call.params.items()})
        messages = list(self._network.messages.values())
        if self._network.reword is not None:
            messages = [replace(each, text=self._network.reword(each.text)) for each in messages]
        return list_messages(messages, call.params, self._settings.account_sid)

    async def _account(self, call: Call) -> Answer:
        if refusal := self._authenticate(call):
            return refusal.answer()
        at = self._settings.clock()
        return Answer(200, account.resource(self._settings.account_sid, status=self._network.account, at=at))

    async def _instance(self, call: Call) -> Answer:
        message = self._network.messages.get(call.route["sid"])
        refusal = self._authenticate(call) or (codes.NOT_FOUND if message is None else None)
        if refusal or message is None:
            return (refusal or codes.NOT_FOUND).answer()
        if call.method == "DELETE":
            if not message.is_over:
                return codes.NOT_OVER.answer()
            self._network.forget(message)
            return Answer(204, None)
        if call.method == "POST" and call.params.get("Body") == "":
            message.redacted = True
            self._network.keep(message)
        return Answer(200, message.resource(self._settings.account_sid))

    async def _unknown(self, call: Call) -> Answer:
        return (self._authenticate(call) or codes.NOT_FOUND).answer()

    def _authenticate(self, call: Call) -> codes.Refusal | None:
        expected = f"{self._settings.account_sid}:{self._settings.auth_token}".encode()
        scheme, _, value = call.authorization.partition(" ")
        try:
            credentials = base64.b64decode(value) if scheme.lower() == "basic" else b""
        except Base64Error:
            credentials = b""
        if not compare_digest(credentials, expected):
            return codes.UNAUTHORIZED
        return None if call.route.get("account") == self._settings.account_sid else codes.NOT_FOUND

    def _create(self, params: dict[str, str]) -> Answer:
        if refusal := self._fault(params):
            return refusal.answer()
        service = params.get("MessagingServiceSid")
        message = Message(
            sid=f"SM{secrets.token_hex(16)}",
            direction="outbound-api",
            sender=params.get("From"),
            to=params["To"],
            text=well_formed(params["Body"]),
            status="accepted" if service else "queued",
            created=self._settings.clock(),
            service_sid=service,
            callback=params.get("StatusCallback"),
        )
        resource: dict[str, Any] = message.resource(self._settings.account_sid)
        self._network.submit(message)
        return Answer(0 if codes.magic(message.to) == codes.LOST else 201, resource)

    def _fault(self, params: dict[str, str]) -> codes.Refusal | None:
        """Return the first error that Twilio would report for a new message; None if there is none."""
        # the tests' wire checker checks ValidityPeriod and other parameters
        to, body = params.get("To", ""), params.get("Body", "")
        callback = params.get("StatusCallback")
        checks = (
            (not to, codes.NO_TO),
            (not _E164.fullmatch(to), codes.INVALID_TO),
            ("From" not in params and "MessagingServiceSid" not in params, codes.NO_FROM),
            (not body and "MediaUrl" not in params, codes.NO_BODY),
            (len(body) > 1600, codes.TOO_LONG),
            (not _SERVICE.fullmatch(params.get("MessagingServiceSid", _ANY_SERVICE)), codes.NO_SERVICE),
            (callback is not None and not _WEB.fullmatch(callback), codes.BAD_CALLBACK),
        )
        for wrong, refusal in checks:
            if wrong:
                return refusal
        outcome = self._network.outcomes.get(to)
        ordered = outcome.refusal() if outcome is not None else codes.REFUSED.get(codes.magic(to))
        return self._bad_sender(params.get("From")) or ordered

    def _bad_sender(self, sender: str | None) -> codes.Refusal | None:
        if sender is None or sender == self._settings.service_number or _SENDER_NAME.fullmatch(sender):
            return None
        return codes.NOT_OURS if _E164.fullmatch(sender) else codes.INVALID_FROM


def _first(value: Any) -> str:
    return str(value[0]) if isinstance(value, list) else str(value)
