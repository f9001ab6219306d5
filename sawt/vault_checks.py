"""What `sawt doctor` says of the vault: its folders, and whether every open consultation's key is in all of them."""

from __future__ import annotations

from api.consultations import secrecy
from api.settings import Settings
from sawt.findings import Finding
from sawt.vault import database, faults, vault_of

_WHAT = "SAWT_VAULT"


async def look_into_vault(settings: Settings) -> Finding:
    """Look at the folders, then at the keys; nothing is repaired: the service does that when it starts."""
    found = list(faults(settings))
    if found:
        return Finding(_WHAT, False, "; ".join(found))
    try:
        lost, apart = await _keys(settings)
    except Exception as error:  # whatever a driver raises; what is wrong with the database is said elsewhere
        return Finding(_WHAT, None, f"its keys could not be looked at ({type(error).__name__})")
    if lost:
        words = "the key is lost: its ballots count, none can be cast or changed; close it"
        return Finding(_WHAT, False, f"{', '.join(lost)}: {words}")
    if apart:
        return Finding(_WHAT, False, f"the mirrors differ for {', '.join(apart)}: they are repaired at the next start")
    return Finding(_WHAT, True, f"in use, in {len(vault_of(settings).folders)} folder(s)")


async def _keys(settings: Settings) -> tuple[list[str], list[str]]:
    """The codes of open consultations whose key is lost, and of those it is not in every folder for."""
    db, vault = database(settings), vault_of(settings)
    try:
        async with db.transaction() as session:
            held = await secrecy.held(session)
            lost = [each.code for each in held if secrecy.known_secret_of(session, each) is None]
            apart = [each.code for each in held if each.key_name and not vault.agrees(each.key_name)]
            return lost, apart
    finally:
        await db.close()
