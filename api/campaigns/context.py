"""What every campaign uses and none changes: the catalogs, the channels that tell what texts cost, the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.campaigns.policy import Rules
from api.channel import Channel, Choice, Preview
from api.i18n import Catalogs
from api.proposals.context import ProposalContext
from api.security.crypto import Keyring


@dataclass(frozen=True, slots=True)
class Kit:
    """One of these for a process."""

    catalogs: Catalogs
    channels: Sequence[Channel]
    rules: Rules

    def for_authors(self, keyring: Keyring) -> ProposalContext:
        """For what may happen at night, as closing a vote: authors hear of it within the hours of campaigns."""
        return ProposalContext(self.catalogs, keyring, lambda now: self.rules.hours.opening(now))

    def parts(self, channel: str, text: str, choices: Sequence[Choice] = ()) -> int:
        """The segments of a text on a channel; one where nothing here knows the channel."""
        found = self.cost(channel, text, choices)
        return 1 if found is None else found.parts

    def cost(self, channel: str, text: str, choices: Sequence[Choice] = ()) -> Preview | None:
        """What a text costs on a channel; None where nothing here knows the channel."""
        found = next((each for each in self.channels if each.name == channel), None)
        return None if found is None else found.preview(text, choices)
