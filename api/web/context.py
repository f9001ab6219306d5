"""The objects that an application passes to its endpoints: database, keys, catalogs and settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request

from api.channel import Channel
from api.clock import Clock
from api.db import Database
from api.i18n import Catalogs
from api.runtime.supervisor import Watch
from api.security.crypto import Keyring
from api.security.rights import Principal
from api.web.readiness import Readiness


class Authenticates(Protocol):
    """Finds out who sent a credential. `api.staff` implements it, because this package may not import `api.staff`."""

    async def bearer(self, token: str) -> Principal | str:
        """Return the principal (who acts) of a bearer token, or a sentence that says why it is refused."""
        ...

    async def session(self, cookie: str) -> Principal | str:
        """Return the principal (who acts) of a session cookie, or a sentence that says why it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class AppContext:
    """The objects that one application passes to its endpoints.

    Several applications in one process share their routes, but each has its own context.
    """

    db: Database
    clock: Clock
    keyring: Keyring
    catalogs: Catalogs
    channels: Sequence[Channel]
    authentication: Authenticates  # finds out whom a credential stands for
    region: str  # the country assumed for phone numbers without a country code
    readiness: Readiness
    public_url: str = ""  # the URL under which this service is reached from outside
    number: str = ""  # the number that residents text, as they dial it; "" if there is none
    bot: str = ""  # the Telegram bot's name, without @; "" if there is none
    described: bool = True  # whether the OpenAPI document is public
    documented: bool = False  # whether /docs is served
    watch: Watch = field(default_factory=Watch)  # the health of background tasks
    answering: set[bytes] = field(default_factory=set)  # idempotency keys of requests in progress


def context_of(request: Request) -> AppContext:
    """Return the context of the application that handles this request."""
    context: AppContext = request.app.state.context
    return context
