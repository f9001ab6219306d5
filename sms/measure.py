"""What a text costs as SMS; also a channel that only measures, for commands that send nothing."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice, Misconfigured, Outgoing, Preview, SendResult, Trail, Untraceable
from sms.proposal import propose
from sms.segments import count
from sms.text import written


def measured(text: str, choices: Sequence[Choice] = ()) -> Preview:
    """The segments this text takes, with its choices below it."""
    shown = written(text, choices)
    found = count(shown)
    return Preview(
        parts=found.parts,
        encoding=found.encoding,
        units=found.units,
        culprits=found.culprits,
        proposal=propose(shown),
    )


class Measure:
    """The SMS channel as far as texts are measured."""

    name = "sms"

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """The segments this text takes."""
        return measured(text, choices)

    async def send(self, message: Outgoing) -> SendResult:
        """Nothing can be sent from here. Raises Misconfigured."""
        raise Misconfigured(f"delivery {message.delivery_id} needs a running channel")

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:  # noqa: ARG002
        """Nothing can be asked from here. Raises Untraceable."""
        raise Untraceable(f"delivery {message.delivery_id} needs a running channel")
