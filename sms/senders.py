"""Who wrote an SMS: a phone number in canonical form. Other senders get neither a resident nor a reply."""

from __future__ import annotations

from collections import Counter

import structlog

from api.routing import phones

log = structlog.get_logger(__name__)


class Senders:
    """The senders that one provider names. Those that are no phone are counted by reason, and never logged.

    Names (of operators or shops) and short codes take no reply, other schemes (whatsapp:, rcs:) are not SMS, and
    satellite numbers are expensive: a reply would reach nobody, loop between robots, or pay a fraud.
    """

    def __init__(self, provider: str, region: str) -> None:
        """`region` is the country of numbers written without one."""
        self._provider, self._region = provider, region
        self.refused: Counter[str] = Counter()

    def number(self, sender: str) -> str | None:
        """The sender's number (E.164); log the reason and return None if it is no phone."""
        try:
            return phones.e164(sender, self._region)
        except phones.NotAPhone as refused:
            self.refused[refused.why] += 1
            count = self.refused[refused.why]
            log.info("sms.no_phone", provider=self._provider, why=refused.why, count=count)
            return None

    def own_number(self, number: str) -> str:
        """Our own number as the provider names it, in canonical form; a short code or a name unchanged."""
        try:
            return phones.e164(number, self._region)
        except phones.NotAPhone:
            return number.strip()
