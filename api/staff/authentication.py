"""From a credential to who acts: a session's cookie, an API token, or the one shared token of older versions."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.clock import Clock
from api.db import Database
from api.security import rights
from api.security.rights import Permission, Principal
from api.staff import sessions, tokens
from api.staff.models import Account, ApiToken, Grant, StaffSession, TokenGrant

_HOUR = timedelta(hours=1)


class Authentication:
    """Knows whom a credential stands for; of one that is wrong, spent or too old, nobody."""

    def __init__(self, db: Database, clock: Clock, shared: SecretStr) -> None:
        """`shared` is the installation's one token; "" if there is none."""
        self._db, self._clock = db, clock
        self._shared = shared.get_secret_value().strip().encode()

    async def bearer(self, token: str) -> Principal | str:
        """Who carries a token; or why it is nobody."""
        if self._shared and hmac.compare_digest(token.encode(errors="replace"), self._shared):
            return rights.shared(token)
        now = self._clock()
        async with self._db.reading() as connection:
            found = (await connection.execute(_token(token))).first() if token.startswith(tokens.PREFIX) else None
            if found is None:
                return "the bearer token is wrong"
            if found.revoked_at is not None or found.expires_at <= now:
                return "this token was revoked" if found.revoked_at is not None else "this token has expired"
            held = await _held(connection, select(TokenGrant).where(TokenGrant.token_id == found.id))
        await self._note_use(found, now)
        return Principal(found.name, f"token {found.id}", held, fresh=True)

    async def session(self, cookie: str) -> Principal | str:
        """Who is signed in; or why it is nobody."""
        now, token_hash = self._clock(), sessions.hashed(cookie)
        async with self._db.reading() as connection:
            found = (await connection.execute(_session(token_hash))).first()
            if found is None or not sessions.is_alive(found, now=now):
                return "the session has ended: sign in again"
            held = await _held(connection, select(Grant).where(Grant.account_id == found.id))
        if now - found.seen_at >= sessions.SEEN_EVERY:
            async with self._db.transaction() as session:
                await sessions.touch(session, token_hash, now=now)
        fresh = sessions.is_fresh(found.factor_at, now=now)
        return Principal(found.name, f"account {found.id}", held, fresh=fresh, account_id=found.id)

    async def _note_use(self, found: Any, now: datetime) -> None:
        """Keep the hour in which a token was used: no more is needed to see that it still is."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if found.used_at is None or found.used_at < hour:
            async with self._db.transaction() as session:
                await session.execute(update(ApiToken).where(ApiToken.id == found.id).values(used_at=hour))


def _token(token: str) -> Any:
    wanted = select(ApiToken.id, ApiToken.name, ApiToken.expires_at, ApiToken.revoked_at, ApiToken.used_at)
    return wanted.where(ApiToken.token_hash == sessions.hashed(token))


def _session(token_hash: bytes) -> Any:
    times = StaffSession.made_at, StaffSession.seen_at, StaffSession.factor_at
    wanted = select(Account.id, Account.name, *times).join(Account, Account.id == StaffSession.account_id)
    return wanted.where(StaffSession.token_hash == token_hash, Account.disabled_at.is_(None))


async def _held(connection: AsyncConnection, wanted: Any) -> Mapping[Permission, frozenset[str]]:
    found: dict[Permission, frozenset[str]] = {}
    for row in await connection.execute(wanted):
        if row.permission in list(Permission):  # one that a newer version knew is nobody's
            permission = Permission(row.permission)
            found[permission] = found.get(permission, frozenset()) | {row.province}
    return found
