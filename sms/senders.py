"""Decide who sent an SMS. Only a phone number becomes a resident and gets replies; other senders are ignored."""

from __future__ import annotations

from collections import Counter

import structlog

from api.routing import phones

log = structlog.get_logger(__name__)


class Senders:
    """Reads the senders of one provider's messages. Senders that are not phones are counted by reason, never logged.

    A reply to such a sender would reach nobody, start a loop between robots, or pay a fraudster. Examples are shops'
    names, short codes, addresses such as whatsapp:, and expensive satellite numbers.
    """

    def __init__(self, provider: str, region: str) -> None:
        """Set up the reader for `provider`. `region` is the country of numbers written without a country code."""
        self._provider, self._region = provider, region
        self.refused: Counter[str] = Counter()

    def number(self, sender: str) -> str | None:
        """Return the sender's phone number (E.164). If the sender is not a phone, log the reason and return None."""
        try:
            return phones.e164(sender, self._region)
        except phones.NotAPhone as refused:
            self.refused[refused.why] += 1
            count = self.refused[refused.why]
            log.info("sms.sender_not_a_phone", provider=self._provider, why=refused.why, count=count)
            return None

    def own_number(self, number: str) -> str:
        """Return one of Sawt's numbers in E.164 form. A short code or a name is returned unchanged."""
        try:
            return phones.e164(number, self._region)
        except phones.NotAPhone:
            return number.strip()
