"""What `sawt doctor` says of messages that providers keep, though they were told to forget them."""

from __future__ import annotations

from api.clock import now
from api.db import Database
from api.outbox.worker import provider_deletion
from api.settings import Settings
from sawt.cli.cli_format import roughly
from sawt.doctor.finding import Finding
from sawt.roads import providers_of

_WHAT = "messages at providers"
_KANNEL = "Kannel and the operator keep logs that Sawt cannot empty: docs/kannel.md says what to set"


async def look_at_keeping(settings: Settings) -> list[Finding]:
    """What is left there; nothing if the database is not right: `sawt doctor` says that first."""
    found = [Finding(_WHAT, None, _KANNEL)] if "kannel" in providers_of(settings) else []
    try:
        db = Database(settings.database_url)
    except Exception:  # whatever a driver raises
        return found
    try:
        async with db.transaction() as session:
            late = await provider_deletion.count_left(session, before=now() - provider_deletion.LATE)
            kept = await provider_deletion.count_left(session)
    except Exception:  # whatever a driver raises
        return found
    finally:
        await db.close()
    if late:
        after = "Delete them in Twilio's console, or ask its support"
        words = f"still kept after a day, and tried again: {roughly(late)}. {after}"
        return [*found, Finding(_WHAT, False, words)]
    return [*found, Finding(_WHAT, True, f"to be deleted within a day: {roughly(kept)}" if kept else "none is left")]
