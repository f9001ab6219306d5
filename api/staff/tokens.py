"""API tokens: one for each client of /v1, with its own rights and expiry. Only the hash of a token is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.errors import Conflict, Forbidden, Invalid, NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.security import rights
from api.security.rights import PERSONAL, Permission
from api.staff import grants, sessions
from api.staff.grants import Grants
from api.staff.models import Account, ApiToken, TokenGrant

PREFIX = "sawt_"  # lets secret scanners find a token that was published by mistake
USUAL, LONGEST = timedelta(days=90), timedelta(days=366)
_ORDER = Order("api tokens", Key(ApiToken.id, down=True))


@dataclass(frozen=True, slots=True)
class Client:
    """An API token with its rights, but without its secret value."""

    token: ApiToken
    grants: Grants


async def create(
    session: AsyncSession, name: str, permissions: frozenset[Permission], province: str, *,
    lasts: timedelta = USUAL, who: str, now: datetime,
) -> tuple[ApiToken, str]:  # fmt: skip
    """Create an API token. Return the token and its secret value, of which only a hash is stored.

    Raises Forbidden if the actor does not have these rights. Raises Invalid if only a person may have one of them, or
    if the lifetime is too long. Raises Conflict if the name is taken.
    """
    for each in (Permission.MANAGE_STAFF, *sorted(permissions)):
        rights.require(each, province or None)
    if personal := sorted(permissions & PERSONAL):
        raise Invalid(f"a token cannot have the right {', '.join(personal)}: only a person can", field="permissions")
    if not timedelta(0) < lasts <= LONGEST:
        raise Invalid(f"a token can be valid for 1 to {LONGEST.days} days", field="days")
    await _check_maker(session, who, permissions, province)
    await _free(session, name)
    value = PREFIX + sessions.new_token()
    token = ApiToken(name=name, token_hash=sessions.hashed(value), made_at=now, made_by=who, expires_at=now + lasts)
    session.add(token)
    await session.flush()
    session.add_all(TokenGrant(token_id=token.id, permission=each, province=province) for each in permissions)
    about = f"{', '.join(sorted(permissions))} in {province or 'the whole Region'}"[:120]
    await audit.note(session, who=who, act="token created", subject=f"token {token.id}", now=now, about=about)
    return token, value


async def revoke(session: AsyncSession, number: int, *, who: str, now: datetime) -> ApiToken:
    """Revoke an API token. Raises NotFound, or Conflict if it was already revoked."""
    token = await session.get(ApiToken, number, with_for_update=True)
    if token is None:
        raise NotFound(f"there is no token {number}")
    if token.revoked_at is not None:
        raise Conflict(f"token {number} is already revoked")
    for provinces in (await grants_of(session, [number])).values():
        for province in provinces:
            rights.require(Permission.MANAGE_STAFF, province or None)
    token.revoked_at = now
    await audit.note(session, who=who, act="token revoked", subject=f"token {number}", now=now)
    return token


async def revoke_made_by(session: AsyncSession, maker: str, *, who: str, now: datetime) -> None:
    """Revoke the API tokens that an account created, because the owner may know their secret values."""
    valid = ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    for each in await session.scalars(select(ApiToken).where(*valid).order_by(ApiToken.id).with_for_update()):
        if actors.same(each.made_by, maker):
            each.revoked_at = now
            await audit.note(session, who=who, act="token revoked", subject=f"token {each.id}", now=now)


async def listed(session: AsyncSession, page: PageRequest = FIRST_PAGE) -> PageRows[Client]:
    """List API tokens with what they hold now, the newest first. Managers of a province see the those of it."""
    statement, provinces = select(ApiToken), rights.visible([Permission.MANAGE_STAFF])
    if provinces is not None:
        statement = statement.where(
            ApiToken.id.in_(select(TokenGrant.token_id).where(TokenGrant.province.in_(provinces)))
        )
    rows = await _ORDER.read(session, statement, page)
    granted = await grants_of(session, [each.id for each in rows.items])
    makers = {each: await grants.of_maker(session, each) for each in {row.made_by for row in rows.items}}
    return rows.map(lambda each: Client(each, _held(granted.get(each.id, {}), makers[each.made_by])))


async def makers(session: AsyncSession, names: Collection[str]) -> frozenset[str]:
    """Return the names of the people who created the API tokens among `names`.

    An action taken with a token may really be its creator's.
    """
    rows = await session.execute(select(ApiToken.name, ApiToken.made_by))
    return frozenset(maker for name, maker in rows if actors.among(name, names))


async def client(session: AsyncSession, token: ApiToken) -> Client:
    """Return an API token with what it holds now."""
    granted = (await grants_of(session, [token.id])).get(token.id, {})
    return Client(token, _held(granted, await grants.of_maker(session, token.made_by)))


def _held(granted: Grants, maker: Grants | None) -> Grants:
    return granted if maker is None else rights.common(granted, maker)


async def _check_maker(session: AsyncSession, maker: str, permissions: frozenset[Permission], province: str) -> None:
    """Check that an account that makes a token holds its rights, also on the machine. Raises Forbidden."""
    held = await grants.of_maker(session, maker)
    for each in sorted(permissions) if held is not None else ():
        if rights.common({each: frozenset({province})}, held or {}).get(each) != frozenset({province}):
            raise Forbidden(rights.refusal([each], province or None))


async def grants_of(session: AsyncSession, ids: Collection[int]) -> Mapping[int, Grants]:
    """Return the rights of these tokens: the provinces of each permission, by token id."""
    granted: dict[int, dict[Permission, frozenset[str]]] = {}
    for row in await session.scalars(select(TokenGrant).where(TokenGrant.token_id.in_(ids))):
        if row.permission in list(Permission):
            of_token = granted.setdefault(row.token_id, {})
            permission = Permission(row.permission)
            of_token[permission] = of_token.get(permission, frozenset()) | {row.province}
    return granted


async def _free(session: AsyncSession, name: str) -> None:
    """Raise Conflict if the name is taken, or looks like one that is taken."""
    taken = [*await session.scalars(select(Account.name))]
    taken += await session.scalars(select(ApiToken.name).where(ApiToken.revoked_at.is_(None)))
    if actors.among(name, taken):
        raise Conflict(f"the name {name} is already taken, or looks like a name that is taken")
