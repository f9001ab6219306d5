"""What tests of accounts share: a browser, people with their second factor, and rows of accounts without the pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

import httpx
from sqlalchemy import func, select

from api.db import Database
from api.security.rights import WHOLE_REGION, of_names
from api.staff import links, second_factor, service, sessions
from api.staff.models import Grant
from tests.world import KEYRING, World

PASSWORD = "correct horse battery staple"
HOST = "https://quiet.invalid"
COOKIE = "__Host-sawt"


@dataclass
class Person:
    """Somebody with an account, their app, and a browser of their own."""

    name: str
    secret: str
    codes: list[str]
    account_id: int
    http: httpx.AsyncClient = field(repr=False)

    def code(self, now: datetime) -> str:
        """What their app shows."""
        return second_factor.code_at(self.secret, now)


@asynccontextmanager
async def browser(world: World, address: str = "192.0.2.7") -> AsyncIterator[httpx.AsyncClient]:
    """A browser, over TLS, that comes from this address."""
    transport = httpx.ASGITransport(world.service.app, raise_app_exceptions=False, client=(address, 1))
    headers = {"Accept-Language": "fr"}
    async with httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers) as http:
        yield http


def field_of(page: httpx.Response, name: str = "proof") -> str:
    """What a hidden field of a page holds."""
    found = re.search(f'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])


async def submit(http: httpx.AsyncClient, path: str, *, page: str | None = None, **given: str) -> httpx.Response:
    """Read the page of a form and send the form, as a browser does."""
    shown = await http.get(page or path)
    return await http.post(path, data={"proof": field_of(shown), **given})


async def sign_in(
    world: World, person: Person, *, password: str = PASSWORD, code: str | None = None, name: str | None = None
) -> httpx.Response:
    """Fill in the form to sign in; a minute later than before, as a code is taken once."""
    world.now.advance(minutes=1)
    given = {
        "name": name or person.name,
        "password": password,
        "code": person.code(world.now()) if code is None else code,
    }
    return await submit(person.http, "/console/sign-in", **given)


async def make(world: World, name: str, *granted: str, province: str = WHOLE_REGION, http: httpx.AsyncClient) -> Person:
    """An account that was set up, as rows: with these roles or permissions in a province."""
    async with world.db.transaction() as session:
        account, token = await service.invite(session, name, who="tests", keyring=KEYRING, now=world.now())
        session.add_all(Grant(account_id=account.id, permission=each, province=province) for each in of_names(granted))
        secret = (await links.usable_link(session, token, keyring=KEYRING, now=world.now())).secret
        kept = await world.service.app.state.passwords.hash(PASSWORD)
        code = second_factor.code_at(secret, world.now())
        given: dict[str, Any] = {"password_hash": kept, "code": code, "keyring": KEYRING, "now": world.now()}
        codes = await links.accept(session, token, **given)
        assert codes is not None
    return Person(name, secret, list(codes), account.id, http)


async def enter(world: World, person: Person, *, fresh: bool = True) -> Person:
    """Have them signed in, as a row: what the form does is tested apart."""
    async with world.db.transaction() as session:
        given = {"address": "192.0.2.7", "failed": 0, "now": world.now()}
        token = await sessions.begin(session, person.account_id, **given)  # type: ignore[arg-type]
    person.http.cookies.set(COOKIE, token, domain="quiet.invalid")
    if not fresh:
        world.now.advance(minutes=11)
    return person


async def count(db: Database, table: Any) -> int:
    """How many rows a table has."""
    async with db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0
