"""Measure the size of a text as SMS. `Measure` is a channel that only measures, for commands that send nothing."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice, Misconfigured, Outgoing, Preview, SendResult, Trail, Untraceable
from sms.proposal import propose
from sms.segments import count
from sms.text import render_sms


def measure_sms(text: str, choices: Sequence[Choice] = ()) -> Preview:
    """Return the size of a text with its choices below it, in SMS segments."""
    body = render_sms(text, choices)
    segments = count(body)
    return Preview(
        parts=segments.parts,
        encoding=segments.encoding,
        units=segments.units,
        culprits=segments.culprits,
        proposal=propose(body),
    )


class Measure:
    """An SMS channel that measures texts and sends nothing."""

    name = "sms"

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """Return the size of a text with its choices below it, in SMS segments."""
        return measure_sms(text, choices)

    async def send(self, message: Outgoing) -> SendResult:
        """Raise Misconfigured, because this channel cannot send."""
        raise Misconfigured(f"delivery {message.delivery_id} cannot be sent: this channel only measures messages")

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:  # noqa: ARG002
        """Raise Untraceable, because this channel has no provider to ask."""
        raise Untraceable(f"delivery {message.delivery_id} cannot be sent: this channel only measures messages")
