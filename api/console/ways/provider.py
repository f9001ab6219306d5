"""Sign in at an identity provider: leave for it, come back, and enter a code of the app."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console import forms, pages
from api.console.deps import Signed
from api.console.sign_in import Field, entered, must_wait
from api.console.ways.deps import Provider, answer_of, forget, keep, return_of
from api.console.ways.provider_link import finish_link
from api.errors import Invalid, Unavailable
from api.staff.back_off import MustWait
from api.staff.sign_in import NotSignedIn
from api.staff.ways import challenges, identity_sign_in
from api.staff.ways.challenges import Aim, Challenge
from api.staff.ways.offered import Return
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)
_CODE = "/console/sign-in/code"
_FOREIGN = {"cross-site", "same-site"}


@router.get("/sign-in/provider")
async def leave(request: Request, provider: Provider, now: Now) -> Response:
    """Send the browser to the provider. If another site links here, show our sign-in page instead."""
    if request.headers.get("Sec-Fetch-Site") in _FOREIGN:
        return forms.redirect(request, forms.SIGN_IN)
    challenge = Challenge(Aim.PROVIDER)
    try:
        url = await provider.address(challenge.value)
    except Unavailable:
        return forms.unsigned(request, "sign_in.html", 503, error="identity.away", name="")
    return keep(request, RedirectResponse(url, 303, headers=pages.headers(request)), challenge, now=now)


@router.get("/sign-in/provider/back")
async def come_back(
    request: Request, provider: Provider, who: Signed, db: Db, keyring: KeyringDep, now: Now, code: str = "",
    state: str = "", iss: str = "",
) -> Response:  # fmt: skip
    """Receive a browser that comes back from the provider, to sign in or to link an identity."""
    answer = return_of(request, code, state, iss)
    try:
        aim = challenges.read(answer.cookie, keyring=keyring, now=now).aim
    except Invalid:
        aim = Aim.PROVIDER  # refused below
    if aim is Aim.LINK:
        return await finish_link(request, provider, who, db, answer, keyring=keyring, now=now)
    return await _enter(request, provider, db, answer, keyring=keyring, now=now)


async def _enter(
    request: Request, provider: Provider, db: Db, answer: Return, *, keyring: KeyringDep, now: Now
) -> Response:
    """Start a session, or ask for a code of the app."""
    try:
        entry = await identity_sign_in.enter(db, provider, answer, keyring=keyring, now=now)
    except NotSignedIn:
        return forms.unsigned(request, "sign_in.html", 403, error="signin.wrong", name="")
    except MustWait as error:
        return must_wait(request, error)
    except Unavailable:
        return forms.unsigned(request, "sign_in.html", 503, error="identity.away", name="")
    if entry.token:
        return forget(request, await entered(request, db, entry.token))
    return keep(request, forms.redirect(request, _CODE), Challenge(Aim.CODE, entry.account_id), now=now)


@router.get("/sign-in/code")
async def ask(request: Request, _provider: Provider) -> Response:
    """Show the form for the code of the app."""
    return forms.unsigned(request, "code.html", error="")


@router.post("/sign-in/code")
async def finish(
    request: Request, provider: Provider, db: Db, keyring: KeyringDep, now: Now, code: Field = "", proof: Field = ""
) -> Response:
    """Check the code of the app, and start a session."""
    if not forms.is_ours(request, proof, forms.FORM):
        return forms.unsigned(request, "code.html", 403, error="form.old")
    try:
        answer = answer_of(request, code)
        token = await identity_sign_in.enter_with_code(db, provider, answer, keyring=keyring, now=now)
    except Invalid:  # too late: begin again
        return forms.unsigned(request, "sign_in.html", 403, error="form.old", name="")
    except NotSignedIn:
        return forms.unsigned(request, "code.html", 403, error="confirm.wrong")
    except MustWait as error:
        page = forms.unsigned(request, "code.html", 429, error="signin.wait", seconds=error.seconds)
        page.headers["Retry-After"] = str(error.seconds)
        return page
    return forget(request, await entered(request, db, token))
