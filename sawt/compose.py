"""The composition root: from settings to a service with its channels; the only place that knows every part."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI

from api import clock
from api.app import Part, create_app
from api.campaigns.rules import rules_of
from api.campaigns.service import Kit
from api.clock import Clock
from api.consultations.content import Contents
from api.crypto import Keyring
from api.db import Database
from api.dialogue.service import Dialogue
from api.dialogue.turn import Tools
from api.dialogue.understand import lexicon
from api.i18n import Catalogs
from api.outbox.reports import Reports
from api.settings import Settings, root
from bot.channel import TelegramChannel
from bot.receive import PATH
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
    app: FastAPI


def catalogs() -> Catalogs:
    """The catalogs of this installation."""
    return Catalogs(root() / "locales")


def kit(settings: Settings) -> Kit:
    """What campaigns need on the command line, where no channel runs: texts are measured, nothing is sent."""
    return Kit(catalogs=catalogs(), channels=(Measure(),), rules=rules_of(settings))


def compose(settings: Settings, *, now: Clock = clock.now) -> Service:
    """Build a service. Raises Invalid where a setting makes it impossible."""
    db = Database(settings.database_url)
    keyring = Keyring.parse(settings.keys.get_secret_value())
    found = catalogs()
    tools = Tools(found, lexicon.load(root() / "locales"), Contents())
    dialogue = Dialogue(db=db, keyring=keyring, tools=tools, settings=settings, clock=now)
    reports = Reports(db, now)
    channels = (*_sms(settings, dialogue, reports, now), *_telegram(settings, dialogue, reports, now))
    app = create_app(settings, db=db, keyring=keyring, catalogs=found, clock=now, channels=channels)
    return Service(settings=settings, db=db, dialogue=dialogue, channels=channels, app=app)


def _sms(settings: Settings, dialogue: Dialogue, reports: Reports, now: Clock) -> tuple[Part, ...]:
    providers = (*_twilio(settings, dialogue, reports, now), *_kannel(settings, dialogue, reports, now))
    return (SmsChannel(providers),) if providers else ()


def _twilio(settings: Settings, dialogue: Dialogue, reports: Reports, now: Clock) -> tuple[Provider, ...]:
    if not settings.twilio_account_sid:
        return ()
    token = settings.twilio_auth_token.get_secret_value()
    api = TwilioApi(
        account_sid=settings.twilio_account_sid,
        auth_token=token,
        sender=settings.twilio_sender,
        api_url=settings.twilio_api_url,
    )
    provider = Twilio(
        api, auth_token=token, public_url=settings.public_url, dialogue=dialogue, reports=reports, clock=now
    )
    return (provider,)


def _kannel(settings: Settings, dialogue: Dialogue, reports: Reports, now: Clock) -> tuple[Provider, ...]:
    if not settings.kannel_url:
        return ()
    api = KannelApi(
        url=settings.kannel_url,
        username=settings.kannel_username,
        password=settings.kannel_password.get_secret_value(),
        sender=settings.kannel_sender,
    )
    door = Door(secret=settings.kannel_secret.get_secret_value(), addresses=settings.kannel_addresses)
    provider = Kannel(api, door=door, public_url=settings.public_url, dialogue=dialogue, reports=reports, clock=now)
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
    )
    return (channel,)
