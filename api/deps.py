"""What endpoints ask their application for: a transaction, the time, the keys, the catalogs; and the token it wants."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import SecretStr, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Channel
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.i18n import Catalogs
from api.readiness import Readiness
from api.watch import Watch


@dataclass(frozen=True, slots=True)
class AppContext:
    """What one application gives its endpoints. Routes are shared by all applications of a process; this is not."""

    db: Database
    clock: Clock
    keyring: Keyring
    catalogs: Catalogs
    channels: Sequence[Channel]
    api_token: SecretStr
    region: str  # the country of numbers that are written without one
    readiness: Readiness  # of the database
    number: str = ""  # that residents text, as they dial it; "" if there is none
    bot: str = ""  # the Telegram bot's name, without @; "" if there is none
    described: bool = True  # whether everybody may read what the JSON API is like
    watch: Watch = field(default_factory=Watch)  # over what goes on beside the requests


def context_of(request: Request) -> AppContext:
    """The context of the application that answers this request."""
    found: AppContext = request.app.state.context
    return found


# Dependencies are coroutines: FastAPI would run plain functions in a thread.


async def _db(request: Request) -> Database:
    return context_of(request).db


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with context_of(request).db.transaction() as session:
        yield session


async def _now(request: Request) -> datetime:
    return context_of(request).clock()


async def _keyring(request: Request) -> Keyring:
    return context_of(request).keyring


async def _catalogs(request: Request) -> Catalogs:
    return context_of(request).catalogs


async def _channels(request: Request) -> Sequence[Channel]:
    return context_of(request).channels


async def _region(request: Request) -> str:
    return context_of(request).region


async def _body(request: Request) -> bytes:
    return await request.body()


# The request's transaction. It begins with the first statement. Its scope ends it before the response is sent: a commit
# that fails is answered with its error.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]
Db = Annotated[Database, Depends(_db)]  # for endpoints that open transactions themselves
Now = Annotated[datetime, Depends(_now)]
KeyringDep = Annotated[Keyring, Depends(_keyring)]
CatalogsDep = Annotated[Catalogs, Depends(_catalogs)]
ChannelsDep = Annotated[Sequence[Channel], Depends(_channels)]
Region = Annotated[str, Depends(_region)]
Actor = Annotated[  # who acts: accounts will take its place
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    Header(alias="X-Actor", description="who does this; it is recorded"),
]
RawBody = Annotated[bytes, Depends(_body)]  # the body as it came; ask for it before Now

_BEARER = HTTPBearer(auto_error=False)


async def _require_token(request: Request) -> None:
    """Let in only who carries the application's token; with no token configured, nobody."""
    given = await _BEARER(request)
    secret = context_of(request).api_token.get_secret_value().encode()
    carried = given.credentials.encode() if given is not None else b""
    if not secret or not hmac.compare_digest(carried, secret):
        raise HTTPException(401, "a bearer token is needed", headers={"WWW-Authenticate": "Bearer"})


async def _may_read_description(request: Request) -> None:
    if not context_of(request).described:
        await _require_token(request)


DESCRIPTION = Depends(_may_read_description)  # lets in who may read the OpenAPI document


class _StaffRoute(APIRoute):
    """Asks for the token before anything of a request is read: FastAPI would parse its body before its dependencies."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def answer_staff(request: Request) -> Response:
            await _require_token(request)
            return await answer(request)

        return answer_staff


def staff_router(path: str = "", *tags: str) -> APIRouter:
    """A router for staff, below /v1: nothing on it answers without the token.

    It carries prefix and token itself, so that an application can take its routes as they are: `include_router` would
    analyse each of them again. The dependency only describes the token in the OpenAPI document.
    """
    return APIRouter(prefix=f"/v1{path}", tags=[*tags], route_class=_StaffRoute, dependencies=[Depends(_BEARER)])
