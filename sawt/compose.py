"""Build a service with its channels from the settings. Only this module imports every part of Sawt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI

from api import clock
from api.app import MountedChannel, create_app
from api.clock import Clock
from api.consultations.content import Contents
from api.db import Database
from api.dialogue.service import Dialogue
from api.dialogue.turn import DialogueContext
from api.dialogue.understand.vocabulary import lexicon
from api.outbox.context import OutboxContext
from api.outbox.worker.reports import Reports
from api.routing.prices import Prices
from api.settings import Settings, root
from sawt.context import catalogs
from sawt.preconditions import DatabaseGuard
from sawt.provider_proofs import require_settings
from sawt.roads import number_of, providers_of, roads_of
from sawt.settings import keys_of
from sawt.vault import database, prepare
from sawt.ways import ways_of
from sms.channel import Provider, SmsChannel


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of one running service."""

    settings: Settings
    db: Database
    dialogue: Dialogue
    channels: tuple[MountedChannel, ...]
    means: OutboxContext
    app: FastAPI


def compose(settings: Settings, *, now: Clock = clock.now, ticks: Callable[[], float] | None = None) -> Service:
    """Build a service. Raises Invalid if a setting is wrong, or if a provider is on without its secret.

    `now` is the clock; `ticks` counts seconds and never jumps. The service compares them to notice that `now` jumped.
    By default, both are the system's clocks. If only `now` is given, jumps are not noticed.
    """
    ticks = ticks or (clock.ticks if now is clock.now else None)
    require_settings(settings)
    prepare(settings)
    db = database(settings, DatabaseGuard(settings, write_check=True))
    keyring = keys_of(settings)
    texts, words = catalogs(), lexicon.load(root() / "locales")
    number, bot = number_of(settings), settings.telegram_bot.removeprefix("@")
    silence, parts = timedelta(days=settings.silence_days), timedelta(seconds=settings.parts_within or -1)
    context = DialogueContext(
        texts, words, Contents(), keyring, settings.ideas_per_day, number=number, bot=bot, silence=silence,
        parts_within=parts, agent_apart=timedelta(seconds=settings.agent_apart),
        range_per_day=settings.range_per_day,
    )  # fmt: skip
    dialogue = Dialogue(db=db, keyring=keyring, context=context, settings=settings, clock=now)
    reports = Reports(db, now)
    means = OutboxContext(
        db=db, keyring=keyring, roads=roads_of(settings), settings=settings, clock=now, prices=Prices(settings.prices),
        ticks=ticks,
    )  # fmt: skip
    channels = tuple(_channels(means, dialogue, reports))
    app = create_app(means, catalogs=texts, channels=channels, number=number, bot=bot, ways=ways_of(settings))
    return Service(settings=settings, db=db, dialogue=dialogue, channels=channels, means=means, app=app)


def _channels(means: OutboxContext, dialogue: Dialogue, reports: Reports) -> Iterator[MountedChannel]:
    """Yield the channels that are switched on. Modules and libraries of other channels are not imported."""
    on = providers_of(means.settings)
    providers: list[Provider] = []
    if "twilio" in on:
        from sawt.channels import twilio

        providers.append(twilio.provider(means, dialogue, reports))
    if "kannel" in on:
        from sawt.channels import kannel

        providers.append(kannel.provider(means, dialogue, reports))
    if providers:
        yield SmsChannel(providers, means.roads)
    if "telegram" in on:
        from sawt.channels import telegram

        yield telegram.channel(means, dialogue, reports)
