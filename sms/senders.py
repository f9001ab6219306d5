"""Who wrote an SMS: a phone number in its one form. What is no phone gets neither a resident nor a reply."""

from __future__ import annotations

from collections import Counter

import structlog

from api.routing import phones

log = structlog.get_logger(__name__)


class Senders:
    """The senders one provider names. Those that are no phone are counted by reason; the log holds nothing of theirs.

    A name (an operator's, a shop's) and a short code take no answer, another scheme (whatsapp:, rcs:) is not SMS, and
    a satellite's number is dear: an answer would reach nobody, start a loop between robots, or cost what a fraud earns.
    """

    def __init__(self, provider: str, region: str) -> None:
        """`region` is the country of numbers that are written without one."""
        self._provider, self._region = provider, region
        self.refused: Counter[str] = Counter()

    def number(self, sender: str) -> str | None:
        """The sender's number (E.164); None, and a line in the log, if it is no phone."""
        try:
            return phones.e164(sender, self._region)
        except phones.NotAPhone as refused:
            self.refused[refused.why] += 1
            count = self.refused[refused.why]
            log.info("sms.no_phone", provider=self._provider, why=refused.why, count=count)
            return None

    def ours(self, number: str) -> str:
        """A number of ours as the provider names it, in its one form; a short code or a name as it is."""
        try:
            return phones.e164(number, self._region)
        except phones.NotAPhone:
            return number.strip()
