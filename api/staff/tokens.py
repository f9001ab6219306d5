"""API tokens: one for each client of /v1, with the rights it needs, until a day; known by their hash only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.errors import Conflict, Invalid, NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.security import rights
from api.security.rights import PERSONAL, Permission
from api.staff import sessions
from api.staff.models import Account, ApiToken, TokenGrant

PREFIX = "sawt_"  # by which scanners find one that was published by mistake
USUAL, LONGEST = timedelta(days=90), timedelta(days=366)
_ORDER = Order("api tokens", Key(ApiToken.id, down=True))


@dataclass(frozen=True, slots=True)
class Client:
    """A token as lists show it: never its value."""

    token: ApiToken
    grants: Mapping[Permission, frozenset[str]]


async def create(
    session: AsyncSession, name: str, permissions: frozenset[Permission], province: str, *,
    lasts: timedelta = USUAL, who: str, now: datetime,
) -> tuple[ApiToken, str]:  # fmt: skip
    """A new token; returns it with its value, which nobody can read again.

    Raises Forbidden for rights that its maker does not hold, Invalid for what only a person may do or a token that
    lasts too long, Conflict if the name is taken.
    """
    for each in (Permission.MANAGE_STAFF, *sorted(permissions)):
        rights.require(each, province or None)
    if personal := sorted(permissions & PERSONAL):
        raise Invalid(f"{', '.join(personal)}: only a person may, no token", field="permissions")
    if not timedelta(0) < lasts <= LONGEST:
        raise Invalid(f"a token lasts from 1 to {LONGEST.days} days", field="days")
    await _free(session, name)
    value = PREFIX + sessions.new_token()
    made = ApiToken(name=name, token_hash=sessions.hashed(value), made_at=now, made_by=who, expires_at=now + lasts)
    session.add(made)
    await session.flush()
    session.add_all(TokenGrant(token_id=made.id, permission=each, province=province) for each in permissions)
    about = f"{', '.join(sorted(permissions))} in {province or 'the whole Region'}"[:120]
    await audit.note(session, who=who, act="token made", subject=f"token {made.id}", now=now, about=about)
    return made, value


async def revoke(session: AsyncSession, number: int, *, who: str, now: datetime) -> ApiToken:
    """Let nobody in with a token any more. Raises NotFound, or Conflict if that was done."""
    found = await session.get(ApiToken, number, with_for_update=True)
    if found is None:
        raise NotFound(f"there is no token {number}")
    if found.revoked_at is not None:
        raise Conflict(f"token {number} is revoked")
    for where in (await grants_of(session, [number])).values():
        for province in where:
            rights.require(Permission.MANAGE_STAFF, province or None)
    found.revoked_at = now
    await audit.note(session, who=who, act="token revoked", subject=f"token {number}", now=now)
    return found


async def revoke_made_by(session: AsyncSession, maker: str, *, who: str, now: datetime) -> None:
    """Let nobody in any more with the tokens that an account made: whoever made one knows its value."""
    counting = ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    for each in await session.scalars(select(ApiToken).where(*counting).order_by(ApiToken.id).with_for_update()):
        if actors.same(each.made_by, maker):
            each.revoked_at = now
            await audit.note(session, who=who, act="token revoked", subject=f"token {each.id}", now=now)


async def listed(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[Client]:
    """Tokens, the newest first; to who manages the staff of a province, those with rights there."""
    wanted, where = select(ApiToken), rights.visible([Permission.MANAGE_STAFF])
    if where is not None:
        wanted = wanted.where(ApiToken.id.in_(select(TokenGrant.token_id).where(TokenGrant.province.in_(where))))
    found = await _ORDER.read(session, wanted, asked)
    held = await grants_of(session, [each.id for each in found.items])
    return found.map(lambda each: Client(each, held.get(each.id, {})))


async def makers(session: AsyncSession, names: Collection[str]) -> frozenset[str]:
    """Who made the tokens of these names, also of those that count no more: they could act by them."""
    found = await session.execute(select(ApiToken.name, ApiToken.made_by))
    return frozenset(maker for name, maker in found if actors.among(name, names))


async def client(session: AsyncSession, token: ApiToken) -> Client:
    """A token with what it may do."""
    return Client(token, (await grants_of(session, [token.id])).get(token.id, {}))


async def grants_of(session: AsyncSession, ids: Collection[int]) -> Mapping[int, Mapping[Permission, frozenset[str]]]:
    """What these tokens may do, by token."""
    found: dict[int, dict[Permission, frozenset[str]]] = {}
    for row in await session.scalars(select(TokenGrant).where(TokenGrant.token_id.in_(ids))):
        if row.permission in list(Permission):
            held = found.setdefault(row.token_id, {})
            permission = Permission(row.permission)
            held[permission] = held.get(permission, frozenset()) | {row.province}
    return found


async def _free(session: AsyncSession, name: str) -> None:
    """Raises Conflict if an account or a token that counts has this name, or one that looks like it."""
    taken = [*await session.scalars(select(Account.name))]
    taken += await session.scalars(select(ApiToken.name).where(ApiToken.revoked_at.is_(None)))
    if actors.among(name, taken):
        raise Conflict(f"the name {name} is taken, or looks like one that is")
