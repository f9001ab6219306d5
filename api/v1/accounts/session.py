"""Sign in over the JSON API, as the command line does: a session whose id serves as a bearer token."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request

from api.errors import Invalid
from api.security.networks import network_of
from api.security.rights import Principal
from api.staff import sessions, sign_in
from api.staff.back_off import MustWait
from api.staff.passwords import Passwords
from api.staff.schemas import CodeIn, SessionIn, SessionOut, SignedIn, session_out
from api.staff.sign_in import SignInForm
from api.web.credentials import principal_of
from api.web.deps import Actor, Db, KeyringDep, Now, staff_router
from api.web.needs import SIGNED_IN
from api.web.refusals import refused

entrance = APIRouter(prefix="/v1/session", tags=["session"])  # the one address of /v1 that needs no credential
router = staff_router("/session", "session", needs=SIGNED_IN)


async def _passwords(request: Request) -> Passwords:
    passwords: Passwords = request.app.state.passwords
    return passwords


async def _signed(principal: Annotated[Principal, Depends(principal_of)]) -> Principal:
    """Return who is signed in with a session. Raises Invalid for an API token, which belongs to no person."""
    if principal.account_id is None:
        raise Invalid("this credential is an API token: only a person's session can do this")
    return principal


Credential = Annotated[Principal, Depends(principal_of)]
Signed = Annotated[Principal, Depends(_signed)]


@entrance.post("", status_code=201, responses=refused(400, 403, 413, 422, 429, 503))
async def start_session(
    request: Request,
    data: SessionIn,
    db: Db,
    keyring: KeyringDep,
    passwords: Annotated[Passwords, Depends(_passwords)],
    now: Now,
) -> SignedIn:
    """Sign in with a name, a password and a code of the second factor.

    The response contains the value for `Authorization: Bearer`. A session ends after 30 minutes without use, or after
    12 hours.
    """
    form = SignInForm(data.name, data.password.get_secret_value(), data.code, _network(request))
    try:
        account, token = await sign_in.sign_in(db, passwords, form, keyring=keyring, now=now)
    except MustWait as error:
        raise _too_many(error) from None
    return SignedIn(name=account, token=sessions.PREFIX + token, ends_at=now + sessions.MOST)


@router.get("")
async def get_session(principal: Credential) -> SessionOut:
    """Get the person or client that sends this request, and their rights."""
    return session_out(principal)


@router.post("/confirm", status_code=204, responses=refused(429))
async def confirm_session(
    request: Request, data: CodeIn, _actor: Actor, principal: Signed, db: Db, keyring: KeyringDep, now: Now
) -> None:
    """Enter a fresh code of the second factor. For ten minutes, this session can then do what requires a fresh code."""
    account, address = principal.account_id or 0, _network(request)
    try:
        await sign_in.confirm(db, account, principal.session, data.code, address=address, keyring=keyring, now=now)
    except MustWait as error:
        raise _too_many(error) from None


@router.delete("", status_code=204)
async def end_session(_actor: Actor, principal: Signed, db: Db) -> None:
    """Sign out."""
    async with db.transaction() as session:
        await sessions.end(session, principal.session)


def _network(request: Request) -> str:
    return network_of(request.client.host if request.client is not None else "")


def _too_many(error: MustWait) -> HTTPException:
    return HTTPException(429, str(error), headers={"Retry-After": str(error.seconds)})
