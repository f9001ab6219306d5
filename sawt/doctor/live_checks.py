"""What `sawt doctor --live` says: what each provider that is switched on answers to one harmless question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module

from api.channel import SendError
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.roads import providers_of

_KINDS = {
    "Misconfigured": "our settings are refused",
    "Unreachable": "it cannot be reached",
    "Throttled": "it asks to wait",
    "Unsure": "its answer was lost, or cannot be read",
}


async def ask_providers(settings: Settings) -> AsyncIterator[Finding]:
    """Ask one after another. Nothing is sent to anybody, and nothing costs money."""
    for name in sorted(providers_of(settings)):
        module = import_module(f"sawt.doctor.live.{name}")  # and its library with it
        try:
            yield Finding(f"{name}, asked now", True, await module.ask(settings))
        except SendError as error:
            kind = _KINDS.get(type(error).__name__, "it refuses")
            said = ", ".join(filter(None, (error.reason, error.words)))
            yield Finding(f"{name}, asked now", False, f"{kind}: {said}" if said else kind)
