"""Staff accounts over the JSON API: invite, list, disable and reset them, grant and revoke rights.

Every change needs a fresh code of the second factor.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import Request

from api.pagination import Page
from api.security.rights import Permission
from api.staff import acts, service
from api.staff.models import Account
from api.staff.schemas import AccountOut, GrantIn, InviteIn, LinkOut, ResetIn, RevokeIn, account_out, link_out
from api.web.deps import REASONED, SHOWN_ONCE, Actor, KeyringDep, Now, Session, context_of, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/staff", "staff", needs=requires(Permission.MANAGE_STAFF, fresh=True, local=True))


@router.get("", dependencies=[requires(Permission.MANAGE_STAFF, local=True)])
async def every(session: Session, asked: PageDep) -> Page[AccountOut]:
    """List accounts with their rights, in the order in which the accounts were created."""
    return (await service.listed(session, asked)).page(account_out)


@router.post("", status_code=201, dependencies=[SHOWN_ONCE])
async def invite(
    request: Request, given: InviteIn, who: Actor, session: Session, keyring: KeyringDep, now: Now
) -> LinkOut:
    """Invite a new staff member. The response contains a link to set up the account.

    The link is shown only once and is valid for two days.
    """
    account, token = await acts.invite(session, given, who=who, keyring=keyring, now=now)
    return _link(request, account, token, now)


@router.post("/{name}/disable", dependencies=[REASONED])
async def disable(name: str, who: Actor, session: Session, now: Now) -> AccountOut:
    """Disable an account at once."""
    return account_out(await acts.disable(session, name, who=who, now=now))


@router.post("/{name}/reset", dependencies=[SHOWN_ONCE])
async def reset(
    request: Request, name: str, given: ResetIn, who: Actor, session: Session, keyring: KeyringDep, now: Now
) -> LinkOut:
    """Remove the password of an account. The response contains a link to set a new one.

    The link is shown only once and is valid for two days.
    """
    account, token = await acts.reset(session, name, given, who=who, keyring=keyring, now=now)
    return _link(request, account, token, now)


@router.post("/{name}/grant")
async def grant(name: str, given: GrantIn, who: Actor, session: Session, now: Now) -> AccountOut:
    """Grant rights to an account. A right is a permission, or a role that stands for several permissions."""
    return account_out(await acts.grant(session, name, given, who=who, now=now))


@router.post("/{name}/revoke")
async def revoke(name: str, given: RevokeIn, who: Actor, session: Session, now: Now) -> AccountOut:
    """Revoke rights of an account. A right is a permission, or a role that stands for several permissions."""
    return account_out(await acts.revoke(session, name, given, who=who, now=now))


def _link(request: Request, account: Account, token: str, now: datetime) -> LinkOut:
    return link_out(account.name, token, public_url=context_of(request).public_url, now=now)
