"""The simulated phone network: it carries each SMS between a phone and Sawt, and reports its status."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from rehearsal.activity import Activity
from rehearsal.faults import Faults
from rehearsal.journal import Journal
from rehearsal.settings import RehearsalSettings
from rehearsal.text import well_formed
from rehearsal.twilio.codes import AFTERWARDS, Outcome, magic
from rehearsal.twilio.forms import inbound_form, path_of, status_form
from rehearsal.twilio.message import Message
from rehearsal.twilio.phone import Phone
from rehearsal.twilio.twiml import TwiMLError, Verb, read_twiml
from rehearsal.twilio.webhook import Target, Webhooks
from rehearsal.wire import Reply, Wire

_AT_ONCE = 40  # concurrent status callbacks; Twilio does not publish its limit


class PhoneNetwork:
    """All phones and messages of one Twilio account. `alerts` has what Twilio's debugger would show.

    `outcomes` says what happens to messages to a number. If set, `reword` changes texts before they are listed, as
    Twilio may do (smart encoding, a footer, a shortened link).
    """

    def __init__(
        self, settings: RehearsalSettings, activity: Activity, wire: Wire, journal: Journal, faults: Faults
    ) -> None:
        self.settings, self.faults = settings, faults
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}
        self.alerts: list[str] = []
        self.account = "active"  # "active", "suspended" or "closed"
        self.outcomes: dict[str, Outcome] = {}
        self.reword: Callable[[str], str] | None = None
        self._activity, self._journal = activity, journal
        self._webhooks = Webhooks(wire, settings.auth_token, settings.webhook_timeout)
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def restore(self, known: dict[str, Any]) -> None:
        """Restore the messages of an earlier run."""
        for value in known.values():
            message = Message(**value)
            self.messages[message.sid] = message
            self._hand_over(message)

    def phone(self, number: str) -> Phone:
        """Return the phone with this number, which is created if missing."""
        if number not in self.phones:
            self.phones[number] = Phone(number, self._receive)
        return self.phones[number]

    def keep(self, message: Message) -> None:
        """Store a message in its current state."""
        self.messages[message.sid] = message
        self._journal.write("sms", message.sid, message)
        self._activity.touch()

    def forget(self, message: Message) -> None:
        """Delete a message at Twilio, as the REST API can. The phone still has the message."""
        del self.messages[message.sid]
        self._journal.write("sms", message.sid, None)

    def submit(self, message: Message) -> None:
        """Accept a message to a phone. It arrives at once, unless messages to its number are set to fail.

        If the message has a callback URL, statuses are reported to it in the background.
        """
        self.keep(message)
        if magic(message.to) not in AFTERWARDS and message.to not in self.outcomes:
            self._hand_over(message)
        if message.callback is None and not self.settings.callback_delay:
            self._advance(message, *self._path(message))
        else:
            self._activity.spawn("status callbacks", self._report(message))

    async def _receive(self, phone: Phone, text: str, sid: str | None, media: int) -> list[str]:
        message = Message(
            sid=sid or f"SM{secrets.token_hex(16)}",
            direction="inbound",
            sender=phone.number,
            to=self.settings.service_number,
            text=well_formed(text)[:1600],
            status="received",
            created=self.settings.clock(),
            media=media,
        )
        message.sent = message.created
        if message.sid not in self.messages:
            phone.log.append(message)
            self.keep(message)
        with self._activity.working("inbound SMS"):
            url, form = self.settings.inbound_url, inbound_form(message, self.settings.account_sid)
            reply = await self._webhooks.post(url, form, operation="inbound", event=message.sid)
            return [self._answer(message, verb).text for verb in self._verbs(reply, url)]

    def _verbs(self, reply: Reply, url: str) -> list[Verb]:
        if not reply.good:
            self.alerts.append(f"11200 HTTP retrieval failure: {reply.missing or reply.status}")
            return []
        try:
            return read_twiml(reply, Target.parse(url, 0).url)
        except TwiMLError as error:
            self.alerts.append(str(error))
            return []

    def _answer(self, question: Message, verb: Verb) -> Message:
        message = Message(
            sid=f"SM{secrets.token_hex(16)}",
            direction="outbound-reply",
            sender=question.to,
            to=verb.to or question.sender or "",
            text=verb.text,
            status="queued",
            created=self.settings.clock(),
            callback=verb.callback,
        )
        self.submit(message)
        return message

    def _hand_over(self, message: Message) -> None:
        inbound = message.direction == "inbound"
        if not inbound and message.status in ("undelivered", "failed"):
            return
        phone = self.phone((message.sender or "") if inbound else message.to)
        phone.log.append(message)
        if not inbound:
            phone.inbox.append(message)

    def _advance(self, message: Message, *statuses: str) -> None:
        for status in statuses:
            message.advance(status, self.settings.clock())
        if message.status in ("undelivered", "failed"):
            outcome = self.outcomes.get(message.to)
            message.error_code = outcome.code if outcome is not None else AFTERWARDS[magic(message.to)][1]
        self.keep(message)

    async def _report(self, message: Message) -> None:
        statuses = self._path(message)
        for status in reversed(statuses) if self.faults.reorder else statuses:
            if self.settings.callback_delay:
                await asyncio.sleep(self.settings.callback_delay)
            self._advance(message, status)
            if message.callback is not None and not self.faults.mute:
                for _time in range(2 if self.faults.repeats() else 1):
                    await self._call_back(message, message.callback, status)
        self._advance(message, *statuses)

    def _path(self, message: Message) -> list[str]:
        return path_of(message, self.outcomes.get(message.to))

    async def _call_back(self, message: Message, url: str, status: str) -> None:
        fields = status_form(message, status, self.settings.account_sid)
        async with self._gate:
            reply = await self._webhooks.post(url, fields, operation="status", event=f"{message.sid} {status}")
        if not reply.good:
            self.alerts.append(f"11200 HTTP retrieval failure: {reply.missing or reply.status}")
