"""FastAPI dependencies of endpoints: the application's transaction, time, keys and catalogs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.channel import Channel
from api.db import Database
from api.i18n import Catalogs
from api.idempotency import Claim
from api.reasons import Reasoned
from api.security.crypto import Keyring
from api.web.actor_header import Actor
from api.web.context import AppContext, context_of
from api.web.credentials import principal_of
from api.web.needs import ANYBODY, READS, SHOWN_ONCE, requires
from api.web.staff_route import staff_router

__all__ = [
    "ANYBODY", "DESCRIPTION", "READS", "REASONED", "SHOWN_ONCE", "ActionDep", "Actor", "AppContext", "CatalogsDep",
    "ChannelsDep", "Db", "KeyringDep", "Now", "RawBody", "Region", "Session", "context_of", "requires", "staff_router",
]  # fmt: skip

# All dependencies are coroutines, because FastAPI runs plain functions in a thread.


async def _db(request: Request) -> Database:
    return context_of(request).db


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with context_of(request).db.transaction() as session:
        claim: Claim | None = getattr(request.state, "claim", None)
        if claim is not None:
            claim.session = session  # runs no statement yet: other requests would wait for the connection
        yield session


async def _now(request: Request) -> datetime:
    return context_of(request).clock()


async def _action(actor: Actor, now: Now) -> Action:
    return Action(actor, now)


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


# The request's transaction. It begins with the first statement and is committed before the response is sent, so that a
# failed commit still becomes an error response.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]
Db = Annotated[Database, Depends(_db)]  # for endpoints that open transactions themselves
Now = Annotated[datetime, Depends(_now)]
ActionDep = Annotated[Action, Depends(_action)]  # the actor and the time
KeyringDep = Annotated[Keyring, Depends(_keyring)]
CatalogsDep = Annotated[Catalogs, Depends(_catalogs)]
ChannelsDep = Annotated[Sequence[Channel], Depends(_channels)]
Region = Annotated[str, Depends(_region)]
RawBody = Annotated[
    bytes, Depends(_body)
]  # the unparsed body; declare it before Now, so that the clock is read after the upload


async def _may_read_description(request: Request) -> None:
    if not context_of(request).described:
        await principal_of(request)


DESCRIPTION = Depends(_may_read_description)  # protects the OpenAPI document, unless it is public


async def _reason(data: Reasoned | None = None) -> None:
    """Declare the body of a route that takes a reason and nothing else. `StaffRoute` passes the reason on."""


REASONED = Depends(_reason)
