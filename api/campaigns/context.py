"""The objects that all campaign code of a process shares: text catalogs, channels (which know costs) and rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.campaigns.policy import Rules
from api.channel import Channel, Choice, Preview
from api.i18n import Catalogs
from api.proposals.context import ProposalContext
from api.security.crypto import Keyring


@dataclass(frozen=True, slots=True)
class CampaignContext:
    """The text catalogs, channels and rules of one process."""

    catalogs: Catalogs
    channels: Sequence[Channel]
    rules: Rules

    def for_authors(self, keyring: Keyring) -> ProposalContext:
        """Return the context for notifying authors of proposals, for example when a vote closes at night.

        Notifications then wait for the next sending hours.
        """
        return ProposalContext(self.catalogs, keyring, lambda now: self.rules.hours.opening(now))

    def parts(self, channel: str, text: str, choices: Sequence[Choice] = ()) -> int:
        """Return how many segments a text takes on a channel; 1 for an unknown channel."""
        preview = self.cost(channel, text, choices)
        return 1 if preview is None else preview.parts

    def cost(self, channel: str, text: str, choices: Sequence[Choice] = ()) -> Preview | None:
        """Return what a text costs on a channel; None for an unknown channel."""
        known = next((each for each in self.channels if each.name == channel), None)
        return None if known is None else known.preview(text, choices)
