"""`sawt doctor --live`: send one harmless request to each provider that is switched on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module

from api.channel import SendError
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.roads import providers_of

_KINDS = {
    "Misconfigured": "it refuses our settings",
    "Unreachable": "it cannot be reached",
    "Throttled": "it asks to wait",
    "Unsure": "its response was lost, or cannot be read",
}


async def ask_providers(settings: Settings) -> AsyncIterator[Finding]:
    """Ask the providers one after another. This sends no message and costs nothing."""
    for name in sorted(providers_of(settings)):
        module = import_module(f"sawt.doctor.live.{name}")  # also imports the provider's library
        try:
            yield Finding(f"{name}, asked now", True, await module.ask(settings))
        except SendError as error:
            kind = _KINDS.get(type(error).__name__, "it refuses")
            details = ", ".join(filter(None, (error.reason, error.words)))
            yield Finding(f"{name}, asked now", False, f"{kind}: {details}" if details else kind)
