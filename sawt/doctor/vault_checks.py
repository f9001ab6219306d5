"""What `sawt doctor` says of the vault: its folders, every open consultation's key in them, and what closings leave."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.vault_keys import folders, markers, secrecy, stray_keys
from api.db import Database
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.doctor.scrub_checks import look_below
from sawt.preconditions import is_there
from sawt.vault import database, faults, vault_of

_WHAT = "SAWT_VAULT"


async def look_into_vault(settings: Settings) -> list[Finding]:
    """Look at the folders, then at the keys; nothing is repaired: the service does that when it starts."""
    found = list(faults(settings))
    if found:
        return [Finding(_WHAT, False, "; ".join(found))]
    if not is_there(make_url(settings.database_url)):
        return [Finding(_WHAT, None, "its folders are right; there is no database yet whose keys it could hold")]
    db: Database | None = None
    try:
        db = database(settings)
        async with db.transaction() as session:
            keys = await _keys(session, settings)
        return [keys, *await look_below(db)]
    except Exception as error:  # whatever a driver raises; what is wrong with the database is said elsewhere
        return [Finding(_WHAT, None, f"its keys could not be looked at ({type(error).__name__})")]
    finally:
        if db is not None:
            await db.close()


async def _keys(session: AsyncSession, settings: Settings) -> Finding:
    vault, held = vault_of(settings), await secrecy.with_secret(session)
    if wrong := markers.faults(vault, await folders.known(session)):
        return Finding(_WHAT, False, "; ".join(wrong))
    lost = [each.code for each in held if secrecy.known_secret_of(session, each) is None]
    apart = [each.code for each in held if each.key_name and not vault.agrees(each.key_name)]
    if lost:
        words = "the key is lost: its ballots count, none can be cast or changed; close it"
        return Finding(_WHAT, False, f"{', '.join(lost)}: {words}")
    if apart:
        return Finding(_WHAT, False, f"the mirrors differ for {', '.join(apart)}: they are repaired at the next start")
    if left := await stray_keys.find(session):
        places = ", ".join(sorted({str(path.parent) for path in left}))
        if ours := all(left.values()):
            words = "the service overwrites them within minutes"
        else:
            words = "another database has its keys there too: give each a vault of its own"
        return Finding(
            _WHAT, False if ours else None, f"{len(left)} files in {places} that no open consultation names: {words}"
        )
    return Finding(_WHAT, True, f"in use; folders: {len(vault.folders)}")
