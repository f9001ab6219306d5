"""The controls of a rehearsal for tests and for the page of phones: phones, Telegram users, faults, and waiting."""

from functools import partial

from starlette.routing import BaseRoute, Mount

from rehearsal.activity import Activity
from rehearsal.exchange import Observer
from rehearsal.faults import Faults
from rehearsal.journal import Journal
from rehearsal.server import Provider
from rehearsal.settings import RehearsalSettings
from rehearsal.telegram.bot import BotServer
from rehearsal.telegram.methods import BotApi
from rehearsal.telegram.methods import refuse as refuse_telegram
from rehearsal.telegram.user import TelegramUser
from rehearsal.twilio.network import PhoneNetwork
from rehearsal.twilio.phone import Phone
from rehearsal.twilio.rest import TwilioApi
from rehearsal.twilio.rest import refuse as refuse_twilio
from rehearsal.wire import Wire


class Network:
    """One rehearsal: Twilio with phones, and Telegram with users.

    `twilio` and `telegram` switch the faults of the two providers. `sms` is the phone network, and `bot` is the
    Telegram server.
    """

    def __init__(self, settings: RehearsalSettings, observe: Observer | None = None) -> None:
        self.settings = settings
        self.activity = Activity()
        self.twilio = Faults(hit=frozenset({"Messages"}), seed=settings.seed)
        self.telegram = Faults(hit=frozenset({"sendMessage"}), seed=settings.seed)
        self._observe = observe
        self._journal = Journal(settings.journal)
        self._wire = Wire(observe)
        self.sms = PhoneNetwork(settings, self.activity, self._wire, self._journal, self.twilio)
        self.bot = BotServer(settings, self.activity, self._wire, self._journal, self.telegram)
        known = self._journal.load()
        self.sms.restore(known.get("sms", {}))
        self.bot.restore(known)

    @property
    def alerts(self) -> list[str]:
        """Errors of Sawt, as the providers' logs would show them: failed webhooks, invalid TwiML."""
        return [*self.sms.alerts, *self.bot.courier.alerts]

    def phone(self, number: str) -> Phone:
        """Return the phone with this number, which must be in E.164 form (+212600000012)."""
        return self.sms.phone(number)

    def telegram_user(self, user_id: int, language_code: str | None = None, name: str = "") -> TelegramUser:
        """Return the user with this Telegram id. `language_code` is the language of the user's app (IETF tag)."""
        return self.bot.user(user_id, language_code, name)

    async def settled(self, timeout: float = 10) -> None:  # noqa: ASYNC109 - part of the interface
        """Wait until no exchange, callback, delivery or retry is in progress and no update is pending.

        Long polls do not count. After `timeout` seconds, raises `NotSettledError`, which names the open work.
        """
        activity, pending = self.activity, self.bot.updates.pending
        await activity.until(
            lambda: not activity.underway() and not pending,
            seconds=timeout,
            describe=lambda: ", ".join(self._underway()),
        )

    async def aclose(self) -> None:
        """Stop background work and long polls. Close the connections and the journal."""
        await self.activity.aclose()
        await self._wire.aclose()
        self._journal.close()

    def routes(self) -> list[BaseRoute]:
        """Return the HTTP routes of both providers."""
        provider = partial(Provider, activity=self.activity, observe=self._observe)
        twilio = provider(peer="twilio", faults=self.twilio, refuse=refuse_twilio, operation=lambda call: call.path)
        telegram = provider(
            peer="telegram",
            faults=self.telegram,
            refuse=lambda verdict: refuse_telegram(self.telegram.retry_after, verdict),
            operation=lambda call: call.name,
        )
        return [
            Mount("/twilio", routes=TwilioApi(self.sms).routes(twilio)),
            Mount("/telegram", routes=BotApi(self.bot).routes(telegram)),
        ]

    def _underway(self) -> list[str]:
        waiting = len(self.bot.updates.pending)
        return self.activity.underway() + ([f"{waiting} x update the bot did not take"] if waiting else [])
