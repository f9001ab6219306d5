"""`sawt doctor --live`: send one harmless request to each provider that is switched on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module

from api.channel import SendError
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.roads import providers_of

_KINDS = {
    "Misconfigured": "the provider refuses our settings",
    "Unreachable": "the provider cannot be reached",
    "Throttled": "the provider asks us to wait",
    "Unsure": "the provider's response was lost or unreadable",
}


async def ask_providers(settings: Settings) -> AsyncIterator[Finding]:
    """Ask the providers one after another. This sends no message and costs nothing."""
    for name in sorted(providers_of(settings)):
        module = import_module(f"sawt.doctor.live.{name}")  # also imports the provider's library
        try:
            yield Finding(f"{name}, asked now", True, await module.ask(settings))
        except SendError as error:
            kind = _KINDS.get(type(error).__name__, "the provider refused the request")
            details = ", ".join(filter(None, (error.reason, error.words)))
            yield Finding(f"{name}, asked now", False, f"{kind}: {details}" if details else kind)
