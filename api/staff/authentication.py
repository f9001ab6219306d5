"""Identify who sends a request: by a session, an API token, or the shared token of older versions."""

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
from api.staff import grants, sessions, tokens
from api.staff.models import Account, ApiToken, Grant, StaffSession, TokenGrant

_HOUR = timedelta(hours=1)


class Authentication:
    """Finds out who sent a session cookie or a token. It refuses what is wrong, revoked or expired."""

    def __init__(self, db: Database, clock: Clock, shared: SecretStr) -> None:
        """Store the token that all clients of the installation share; "" if there is none."""
        self._db, self._clock = db, clock
        self._shared = shared.get_secret_value().strip().encode()

    async def bearer(self, token: str) -> Principal | str:
        """Return whose bearer token this is. If the token is refused, return the reason."""
        if self._shared and hmac.compare_digest(token.encode(errors="replace"), self._shared):
            return rights.shared(token)
        if token.startswith(sessions.PREFIX):
            return await self.session(token.removeprefix(sessions.PREFIX))
        now = self._clock()
        async with self._db.reading() as connection:
            row = (await connection.execute(_token(token))).first() if token.startswith(tokens.PREFIX) else None
            if row is None:
                return "the bearer token is wrong"
            if row.revoked_at is not None or row.expires_at <= now:
                return "this token was revoked" if row.revoked_at is not None else "this token has expired"
            granted = await _granted(connection, select(TokenGrant).where(TokenGrant.token_id == row.id))
            maker = await grants.of_maker(connection, row.made_by)
        if maker is not None:
            granted = rights.common(granted, maker)
        await self._note_use(row, now)
        return Principal(row.name, f"token {row.id}", granted, fresh=True)

    async def session(self, cookie: str) -> Principal | str:
        """Return who is signed in with a session cookie. If the cookie is refused, return the reason."""
        now, token_hash = self._clock(), sessions.hashed(cookie)
        async with self._db.reading() as connection:
            row = (await connection.execute(_session(token_hash))).first()
            if row is None or not sessions.is_alive(row, now=now):
                return "the session has ended: sign in again"
            granted = await _granted(connection, select(Grant).where(Grant.account_id == row.id))
        if now - row.seen_at >= sessions.SEEN_EVERY:
            async with self._db.transaction() as session:
                await sessions.touch(session, token_hash, now=now)
        fresh = sessions.is_fresh(row.factor_at, now=now)
        return Principal(
            row.name, f"account {row.id}", granted, fresh=fresh, account_id=row.id, session=token_hash
        )  # fmt: skip

    async def _note_use(self, row: Any, now: datetime) -> None:
        """Record the hour in which a token was last used. Storing only the hour saves writes."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if row.used_at is None or row.used_at < hour:
            async with self._db.transaction() as session:
                await session.execute(update(ApiToken).where(ApiToken.id == row.id).values(used_at=hour))


def _token(token: str) -> Any:
    """Return a query for the API token with this secret value."""
    names = ApiToken.id, ApiToken.name, ApiToken.made_by
    statement = select(*names, ApiToken.expires_at, ApiToken.revoked_at, ApiToken.used_at)
    return statement.where(ApiToken.token_hash == sessions.hashed(token))


def _session(token_hash: bytes) -> Any:
    """Return a query for the session with this hash, if its account is enabled."""
    times = StaffSession.made_at, StaffSession.seen_at, StaffSession.factor_at
    statement = select(Account.id, Account.name, *times).join(Account, Account.id == StaffSession.account_id)
    return statement.where(StaffSession.token_hash == token_hash, Account.disabled_at.is_(None))


async def _granted(connection: AsyncConnection, statement: Any) -> Mapping[Permission, frozenset[str]]:
    """Return the permissions that `statement` selects, each with its provinces."""
    granted: dict[Permission, frozenset[str]] = {}
    for row in await connection.execute(statement):
        if row.permission in list(Permission):  # ignore permissions that only a newer version knows
            permission = Permission(row.permission)
            granted[permission] = granted.get(permission, frozenset()) | {row.province}
    return granted
