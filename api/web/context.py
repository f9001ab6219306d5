"""What one application gives its endpoints, whoever asks."""

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
    """What knows whom a credential stands for: `api.staff`, which endpoints may not know."""

    async def bearer(self, token: str) -> Principal | str:
        """Who carries a token; or why it is nobody, in words."""
        ...

    async def session(self, cookie: str) -> Principal | str:
        """Who is signed in; or why it is nobody, in words."""
        ...


@dataclass(frozen=True, slots=True)
class AppContext:
    """What one application gives its endpoints. Routes are shared by all applications of a process; this is not."""

    db: Database
    clock: Clock
    keyring: Keyring
    catalogs: Catalogs
    channels: Sequence[Channel]
    authentication: Authenticates  # knows whom a credential stands for
    region: str  # the country of numbers that are written without one
    readiness: Readiness  # of the database
    public_url: str = ""  # how the outside reaches this service
    number: str = ""  # that residents text, as they dial it; "" if there is none
    bot: str = ""  # the Telegram bot's name, without @; "" if there is none
    described: bool = True  # whether everybody may read what the JSON API is like
    documented: bool = False  # whether /docs shows the JSON API
    watch: Watch = field(default_factory=Watch)  # over what goes on beside the requests
    answering: set[bytes] = field(default_factory=set)  # idempotency keys of requests that are being answered


def context_of(request: Request) -> AppContext:
    """The context of the application that answers this request."""
    found: AppContext = request.app.state.context
    return found
