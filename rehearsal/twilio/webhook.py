"""Send Twilio's requests to Sawt as signed forms. The fragment of the URL sets the retries and timeouts."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag

import aiohttp
from twilio.request_validator import RequestValidator

from rehearsal.wire import Reply, Wire


@dataclass(frozen=True, slots=True)
class Target:
    """A URL without its fragment, and the settings from the fragment.

    The settings are Twilio's connection overrides (docs: usage/webhooks/webhooks-connection-overrides):

    - `rc` is the number of retries, from 0 to 5. The default is 1.
    - `rp` names the failures after which to retry: `ct` (the default), `rt`, `4xx`, `5xx` or `all`.
    - `ct`, `rt` and `tt` are the timeouts to connect, to read and in total, in milliseconds.
    """

    url: str
    retries: int
    policy: frozenset[str]
    timeout: aiohttp.ClientTimeout

    @classmethod
    def parse(cls, url: str, total: float) -> "Target":
        """Read a configured URL. `total` is the default timeout of a whole request, in seconds.

        Invalid values in the fragment are ignored.
        """
        bare, fragment = urldefrag(url)
        overrides = {name: values[-1] for name, values in parse_qs(fragment).items()}

        def number(name: str, default: float) -> float:
            value = overrides.get(name, "")
            return int(value) if value.isascii() and value.isdigit() else default

        timeout = aiohttp.ClientTimeout(
            total=number("tt", total * 1000) / 1000,
            sock_connect=min(number("ct", 5000), 10_000) / 1000,
            sock_read=number("rt", 15_000) / 1000,
        )
        policy = frozenset(overrides.get("rp", "ct").split(","))
        return cls(bare, min(int(number("rc", 1)), 5), policy, timeout)

    def repeats(self, reply: Reply) -> bool:
        """Return whether the settings ask for another try after this reply."""
        if reply.good:
            return False
        kind = {"connect": "ct", "read": "rt", "": f"{reply.status // 100}xx"}[reply.missing]
        return bool(self.policy & {kind, "all"})


class Webhooks:
    """Signs forms and posts them. As at Twilio, all tries for one event have the same idempotency token."""

    def __init__(self, wire: Wire, auth_token: str, total: float) -> None:
        self._wire, self._total = wire, total
        self._validator = RequestValidator(auth_token)

    async def post(self, url: str, fields: Mapping[str, str], *, operation: str, event: str) -> Reply:
        """Post the fields to a URL from Sawt's settings or answers, and return the last reply.

        `event` identifies what is reported; the idempotency token is made from it.
        """
        target = Target.parse(url, self._total)
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": str(uuid.uuid5(uuid.NAMESPACE_URL, event)),
            "X-Twilio-Signature": self._validator.compute_signature(target.url, fields),
        }
        reply = Reply(0)
        for _attempt in range(target.retries + 1):
            reply = await self._wire.post(
                target.url, dict(fields), peer="twilio", operation=operation, headers=headers, timeout=target.timeout
            )
            if not target.repeats(reply):
                break
        return reply
