"""A passkey in a real browser, with its virtual authenticator: added, used to sign in and to confirm, and removed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from api.staff.ways.models import Passkey
from tests.accounts.office import PASSWORD, Person, count, make
from tests.browser.browsing import browsing
from tests.server import free_socket, serving
from tests.world import World, quiet

_DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
_USE = "Utiliser une clé d'accès"


async def test_a_passkey_is_added_used_and_removed(executable: str, tmp_path: Path, database_url: str) -> None:
    on = free_socket()
    url = f"http://localhost:{on.getsockname()[1]}"  # a secure context, unlike other hosts without TLS
    async with (
        quiet(database_url, passkeys=True, public_url=url) as world,
        serving(world.service.app, on, lifespan="off"),
        browsing(executable, tmp_path / "profile") as browser_,
    ):
        page = browser_.page
        amina = await make(world, "amina", http=world.http)
        await _authenticator(page)
        await _with_password(page, world, amina, url)
        await page.goto(f"{url}/console/passkeys?lang=fr")
        await page.get_by_label("Nom de la clé").fill("Clé bleue")
        await page.get_by_role("button", name="Ajouter une clé d'accès").click()
        await expect(page.get_by_role("status")).to_have_text("La clé d'accès a été ajoutée.")
        await _sign_out(page, url)
        await page.get_by_role("button", name=_USE).click()
        await expect(page).to_have_url(f"{url}/console/sessions?lang=fr")
        world.now.advance(minutes=11)
        await page.goto(f"{url}/console/confirm?lang=fr")
        await page.get_by_role("button", name=_USE).click()
        await expect(page.get_by_role("status")).to_be_visible()
        await page.goto(f"{url}/console/passkeys?lang=fr")
        await page.get_by_role("button", name="Supprimer: Clé bleue").click()
        await expect(page.get_by_text("Aucune clé d'accès.", exact=True)).to_be_visible()
        assert await count(world.db, Passkey) == 0
        assert browser_.troubles == []
        await _sign_out(page, url)
        await page.get_by_role("button", name=_USE).click()
        await expect(page.get_by_role("alert")).to_have_text("La clé d'accès n'a pas été acceptée.")


async def _authenticator(page: Page) -> None:
    """Give the browser an authenticator that verifies its owner."""
    tools = await page.context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    await tools.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})


async def _with_password(page: Page, world: World, person: Person, url: str) -> None:
    """Sign in with the form, a minute later than before."""
    world.now.advance(minutes=1)
    await page.goto(f"{url}/console/sign-in?lang=fr")
    await page.get_by_label("Nom du compte").fill(person.name)
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await page.get_by_label("Code affiché").fill(person.code(world.now()))
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page).to_have_url(f"{url}/console/sessions?lang=fr")


async def _sign_out(page: Page, url: str) -> None:
    await page.goto(f"{url}/console/sessions?lang=fr")
    await page.get_by_role("button", name="Se déconnecter").click()
    await expect(page).to_have_url(f"{url}/console/sign-in?lang=fr")
