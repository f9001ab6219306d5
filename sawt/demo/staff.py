"""The staff accounts of the demonstration: one writes, one approves, and one works in a single province."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.routing import Route

from api import actors
from api.clock import now
from api.security.crypto import Keyring
from api.security.rights import of_names
from api.staff import second_factor
from api.staff.models import Account, Credential, Grant
from api.staff.passwords import Passwords
from sawt.demo.accounts import PEOPLE, people

CODES = "/rehearsal/codes"  # the page with the present codes of their authenticator apps


async def load(session: AsyncSession, *, keyring: Keyring, now: datetime) -> None:
    """Add the demonstration's accounts, unless the database already has staff accounts."""
    if await session.scalar(select(Account.id).limit(1)) is not None:
        return
    for each, (_, roles, province) in zip(people(keyring), PEOPLE, strict=True):
        account = Account(
            name=each.name, shape=actors.shape_of(each.name), display_name=each.name, language="fr", made_at=now,
            made_by=actors.DEMO,
        )  # fmt: skip
        session.add(account)
        await session.flush()
        password_hash = await Passwords().hash(each.password)
        secret = second_factor.seal(each.secret, keyring)
        session.add(
            Credential(account_id=account.id, password=password_hash, secret=secret, used_step=0, changed_at=now)
        )
        session.add_all(
            Grant(account_id=account.id, permission=permission, province=province) for permission in of_names(roles)
        )
    await session.flush()


def lines(url: str, keyring: Keyring) -> Iterator[str]:
    """Yield the lines that the demonstration prints about its accounts."""
    yield f"Sign in as staff: {url}/console    Second-factor codes: {url}{CODES}"
    for each in people(keyring):
        where = f", for {each.province} only" if each.province else ""
        yield f"  {each.name} / {each.password}{where}"


def show_codes(app: FastAPI, keyring: Keyring) -> None:
    """Add a page to the demonstration that shows the current second-factor code of each account."""

    async def codes(_request: Request) -> HTMLResponse:
        rows = "".join(
            f"<tr><td>{html.escape(each.name)}<td><code>{each.password}</code>"
            f"<td><code>{second_factor.code_at(each.secret, now())}</code>"
            for each in people(keyring)
        )
        page = f'<!doctype html><meta http-equiv="refresh" content="5"><title>Codes</title><table>{rows}</table>'
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    app.routes.insert(0, Route(CODES, codes))  # first, since the rehearsal answers every other path below /rehearsal
