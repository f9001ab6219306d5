"""The rules of this installation that campaigns keep: hours, caps, approval, the roads' rates, the price of an SMS."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.campaigns.hours import Hours
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Price:
    """What one SMS segment costs, and on which day that was read from the provider."""

    amount: float
    currency: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Rules:
    """`weekly` messages at most a resident in seven days; above `approval_above` people, somebody else approves."""

    hours: Hours = field(default_factory=Hours)
    weekly: int = 3
    approval_above: int = 100
    sms_per_second: float = 10.0  # Twilio's own rate of an alphanumeric sender, in segments (support 360057082693)
    telegram_per_second: float = 25.0  # below the thirty a second of Telegram's own FAQ
    price: Price | None = None

    def seconds(self, *, sms_segments: int, telegram: int) -> float:
        """How long sending takes; the channels send side by side."""
        return max(sms_segments / self.sms_per_second, telegram / self.telegram_per_second)


def rules_of(settings: Settings) -> Rules:
    """The rules that an operator set."""
    price = settings.sms_price
    return Rules(
        hours=Hours(ramadan=tuple(settings.ramadan)),
        weekly=settings.campaigns_per_week,
        approval_above=settings.approval_above,
        sms_per_second=settings.rates.get("sms", settings.rate),
        telegram_per_second=settings.rates.get("telegram", settings.rate),
        price=Price(price.amount, price.currency, price.as_of.isoformat()) if price else None,
    )
