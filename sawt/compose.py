"""The composition root: from settings to a service with its channels; the only place that knows every part."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import FastAPI

from api import clock, formats
from api.app import Part, create_app
from api.campaigns.kit import Kit
from api.campaigns.rules import rules_of
from api.clock import Clock
from api.consultations.content import Contents
from api.crypto import Keyring
from api.db import Database
from api.dialogue.service import Dialogue
from api.dialogue.turn import Tools
from api.dialogue.understand import lexicon
from api.i18n import Catalogs
from api.outbox.means import Means
from api.outbox.reports import Reports
from api.prices import Prices
from api.settings import Settings, root
from bot.channel import TelegramChannel
from bot.receive import PATH
from sawt.roads import roads_of
from sms.channel import Provider, SmsChannel
from sms.measure import Measure
from sms.providers.kannel import Kannel
from sms.providers.kannel_api import KannelApi
from sms.providers.kannel_door import Door
from sms.providers.twilio import Twilio
from sms.providers.twilio_api import TwilioApi


@dataclass(frozen=True, slots=True)
class Service:
    """Everything one process is made of."""

    settings: Settings
    db: Database
    dialogue: Dialogue
    channels: tuple[Part, ...]
    means: Means
    app: FastAPI


def catalogs() -> Catalogs:
    """The catalogs of this installation."""
    return Catalogs(root() / "locales")


def keyring() -> Keyring:
    """The keys of this installation."""
    return Keyring.parse(Settings().keys.get_secret_value())


def kit(settings: Settings) -> Kit:
    """What campaigns need on the command line, where no channel runs: texts are measured, nothing is sent."""
    rules = rules_of(settings, roads_of(settings), Prices(settings.prices))
    return Kit(catalogs=catalogs(), channels=(Measure(),), rules=rules)


def compose(settings: Settings, *, now: Clock = clock.now) -> Service:
    """Build a service. Raises Invalid where a setting makes it impossible."""
    db = Database(settings.database_url)
    keyring = Keyring.parse(settings.keys.get_secret_value())
    found, words = catalogs(), lexicon.load(root() / "locales")
    number, bot = _number(settings), settings.telegram_bot.removeprefix("@")
    tools = Tools(found, words, Contents(), keyring, settings.ideas_per_day, number=number, bot=bot)
    dialogue = Dialogue(db=db, keyring=keyring, tools=tools, settings=settings, clock=now)
    reports = Reports(db, now)
    means = Means(
        db=db, keyring=keyring, roads=roads_of(settings), settings=settings, clock=now, prices=Prices(settings.prices)
    )
    channels = (*_sms(means, dialogue, reports), *_telegram(settings, dialogue, reports, now))
    app = create_app(means, catalogs=found, channels=channels)
    return Service(settings=settings, db=db, dialogue=dialogue, channels=channels, means=means, app=app)


def _number(settings: Settings) -> str:
    """The number that residents text, as they dial it: the first that can be answered; "" where none is known."""
    senders = [settings.answer_to, *(road.sender for road in roads_of(settings).of("sms") if not road.one_way)]
    return next((formats.phone(sender) for sender in senders if re.fullmatch(r"\+?\d{3,15}", sender)), "")


def _sms(means: Means, dialogue: Dialogue, reports: Reports) -> tuple[Part, ...]:
    providers = (*_twilio(means, dialogue, reports), *_kannel(means, dialogue, reports))
    return (SmsChannel(providers, means.roads),) if providers else ()


def _twilio(means: Means, dialogue: Dialogue, reports: Reports) -> tuple[Provider, ...]:
    settings = means.settings
    if not settings.twilio_account_sid:
        return ()
    token = settings.twilio_auth_token.get_secret_value()
    sid, url = settings.twilio_account_sid, settings.twilio_api_url
    api = TwilioApi(account_sid=sid, auth_token=token, api_url=url, patience=settings.patience)
    provider = Twilio(
        api,
        auth_token=token,
        public_url=settings.public_url,
        roads=means.roads,
        dialogue=dialogue,
        reports=reports,
        clock=means.clock,
        region=settings.default_region,
    )
    return (provider,)


def _kannel(means: Means, dialogue: Dialogue, reports: Reports) -> tuple[Provider, ...]:
    settings = means.settings
    if not settings.kannel_url:
        return ()
    api = KannelApi(
        url=settings.kannel_url,
        username=settings.kannel_username,
        password=settings.kannel_password.get_secret_value(),
        patience=settings.patience,
    )
    door = Door(secret=settings.kannel_secret.get_secret_value(), addresses=settings.kannel_addresses)
    provider = Kannel(
        api,
        door=door,
        public_url=settings.public_url,
        roads=means.roads,
        dialogue=dialogue,
        reports=reports,
        clock=means.clock,
        region=settings.default_region,
    )
    return (provider,)


def _telegram(settings: Settings, dialogue: Dialogue, reports: Reports, now: Clock) -> tuple[Part, ...]:
    token = settings.telegram_token.get_secret_value()
    if not token:
        return ()
    channel = TelegramChannel(
        token=token,
        api_url=settings.telegram_api_url,
        webhook_url=settings.public_url.rstrip("/") + PATH,
        secret=settings.telegram_secret.get_secret_value(),
        dialogue=dialogue,
        reports=reports,
        clock=now,
        patience=settings.patience,
        apart=settings.telegram_apart,
        region=settings.default_region,
    )
    return (channel,)
