"""Recognise who wrote an SMS: a phone number in canonical form. Other senders get neither a resident nor a reply."""

from __future__ import annotations

from collections import Counter

import structlog

from api.routing import phones

log = structlog.get_logger(__name__)


class Senders:
    """The senders of one provider. Those that are not phones are counted by reason, and never logged.

    Names (of operators or shops) and short codes take no replies. Other schemes (whatsapp:, rcs:) are not SMS.
    Satellite numbers are expensive. A reply would reach nobody, loop between robots, or pay a fraud.
    """

    def __init__(self, provider: str, region: str) -> None:
        """Read senders as `provider` names them; `region` is the country of numbers written without a country code."""
        self._provider, self._region = provider, region
        self.refused: Counter[str] = Counter()

    def number(self, sender: str) -> str | None:
        """Return the sender's number (E.164); log the reason and return None if the sender is not a phone."""
        try:
            return phones.e164(sender, self._region)
        except phones.NotAPhone as refused:
            self.refused[refused.why] += 1
            count = self.refused[refused.why]
            log.info("sms.sender_not_a_phone", provider=self._provider, why=refused.why, count=count)
            return None

    def own_number(self, number: str) -> str:
        """Return our own number in canonical form, as the provider names it; a short code or a name is unchanged."""
        try:
            return phones.e164(number, self._region)
        except phones.NotAPhone:
            return number.strip()
