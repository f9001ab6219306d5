"""The page "Ways to sign in" itself: its lists, and a sentence about what was done or refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.console import forms, pages
from api.db import Database
from api.errors import NotFound
from api.security.rights import Principal
from api.staff.ways import identities, passkeys
from api.staff.ways.models import Identity, Passkey

Remove = Callable[[AsyncSession, int], Awaitable[object]]  # takes the session and the number of the account
_DONE = {"", "passkey.added", "passkey.removed", "identity.linked", "identity.removed"}


def fault_of(request: Request, who: Principal, proof: str) -> str:
    """Return why a form cannot be accepted. If it can, return ""."""
    if not forms.is_ours(request, proof):
        return "form.old"
    return "" if who.fresh else "ways.fresh"


async def shown(request: Request, who: Principal | None, db: Database, said: str = "") -> Response:
    """Return the page with a sentence about what was done, or refused."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    async with db.transaction() as session:
        own = [_row(each, each.name) for each in await passkeys.of_account(session, who.account_id)]
        linked = [_row(each, each.issuer) for each in await identities.of_account(session, who.account_id)]
    status = 200 if said in _DONE else 503 if said == "identity.away" else 403
    done = said in _DONE
    return forms.signed(
        request, "ways.html", status, said=said, done=done, passkeys=own, identities=linked, fresh=who.fresh
    )


async def removed(
    request: Request, who: Principal | None, db: Database, remove: Remove, *, proof: str, said: str
) -> Response:
    """Remove one of the account's ways to sign in, and return the page, which says `said`."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if fault := fault_of(request, who, proof):
        return await shown(request, who, db, fault)
    try:
        async with db.transaction() as session:
            await remove(session, who.account_id)
    except NotFound:
        return await shown(request, who, db)
    return await shown(request, who, db, said)


def _row(each: Passkey | Identity, name: str) -> dict[str, object]:
    used = pages.moment(each.used_at) if each.used_at is not None else ""
    return {"id": each.id, "name": name, "made_at": pages.moment(each.made_at), "used_at": used}
