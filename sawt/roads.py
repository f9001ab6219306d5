"""The roads of an installation. They come from SAWT_ROADS; without this setting, there is one road per provider.

A road is a delivery route: one provider account.
"""

from __future__ import annotations

import re

from api.routing.roads import Road, Roads
from api.settings import Settings
from api.text import formats


def roads_of(settings: Settings) -> Roads:
    """Return the roads and the routing table. Raises Invalid if a name is unknown or used twice."""
    sms = tuple(settings.roads) or tuple(_usual(settings))
    telegram = Road(name="telegram", provider="telegram", channel="telegram", per_second=_rate(settings, "telegram"))
    return Roads((*sms, telegram), settings.routes, per_second=settings.rate)


def providers_of(settings: Settings) -> frozenset[str]:
    """Return the providers that are switched on."""
    switches = {
        "twilio": settings.twilio_account_sid,
        "kannel": settings.kannel_url,
        "telegram": settings.telegram_token.get_secret_value(),
    }
    return frozenset(name for name, switch in switches.items() if switch)


def number_of(settings: Settings) -> str:
    """Return the number to which residents send SMS, as they dial it. Return "" if there is none."""
    # the setting comes first, then the first road that can receive replies
    senders = [settings.answer_to, *(road.sender for road in roads_of(settings).of("sms") if not road.one_way)]
    return next((formats.phone(sender) for sender in senders if re.fullmatch(r"\+?\d{3,15}", sender)), "")


def _usual(settings: Settings) -> list[Road]:
    """Return one road for each SMS provider that is switched on. Each road is the backup of the others."""
    senders = {}
    if settings.twilio_account_sid:
        senders["twilio"] = settings.twilio_sender
    if settings.kannel_url:
        senders["kannel"] = settings.kannel_sender
    return [
        Road(
            name=name,
            provider=name,
            sender=sender,
            per_second=_rate(settings, name, "sms"),
            backup=tuple(other for other in senders if other != name),
        )
        for name, sender in senders.items()
    ]


def _rate(settings: Settings, *names: str) -> float:
    return next((settings.rates[name] for name in names if name in settings.rates), settings.rate)
