"""Checks every exchange between Sawt and the rehearsal against the providers' own machine-readable documents."""

from pathlib import Path

from rehearsal.exchange import Exchange
from tests.wire.telegram_document import TelegramDocument
from tests.wire.twilio_document import TwilioDocument

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


class WireChecker:
    """Collects violations in `faults`, each once. Without the documents it is not `active` and finds nothing.

    The documents belong to their authors: they are read from next to the repository, never copied into it.
    """

    def __init__(self, twilio: TwilioDocument | None, telegram: TelegramDocument | None) -> None:
        self.faults: list[str] = []
        self._twilio, self._telegram = twilio, telegram

    @classmethod
    def load(cls, data: Path = DATA) -> "WireChecker":
        """Read both documents, once per test run, as it takes about a third of a second."""
        twilio, telegram = data / "twilio_api_v2010.json", data / "telegram-bot-api.json"
        if not (twilio.exists() and telegram.exists()):
            return cls(None, None)
        return cls(TwilioDocument.read(twilio), TelegramDocument.read(telegram))

    @property
    def active(self) -> bool:
        """Whether there are documents to check against."""
        return self._twilio is not None

    def observe(self, exchange: Exchange) -> None:
        """Check one exchange; for `create_rehearsal(observe=...)`."""
        if self._twilio is None or self._telegram is None:
            return
        document = self._twilio if exchange.peer == "twilio" else self._telegram
        for fault in document.faults(exchange):
            line = f"{exchange.peer} {exchange.method} {exchange.operation}: {fault}"
            if line not in self.faults:
                self.faults.append(line)
