"""`sawt doctor` on messages that providers still store although they were asked to delete them."""

from __future__ import annotations

from api.clock import now
from api.db import Database
from api.outbox.worker import provider_deletion
from api.settings import Settings
from sawt.cli.cli_format import roughly
from sawt.doctor.finding import Finding
from sawt.roads import providers_of

_SUBJECT = "messages at providers"
_KANNEL = "Kannel and the operator keep logs that Sawt cannot delete: see docs/kannel.md"


async def check_retention(settings: Settings) -> list[Finding]:
    """Report roughly how many messages providers still store. If Kannel is in use, also mention its logs.

    If the database is unusable, return only the finding about Kannel: another check reports the database.
    """
    findings = [Finding(_SUBJECT, None, _KANNEL)] if "kannel" in providers_of(settings) else []
    try:
        db = Database(settings.database_url)
    except Exception:  # drivers raise many kinds of errors
        return findings
    try:
        async with db.transaction() as session:
            late = await provider_deletion.count_left(session, before=now() - provider_deletion.LATE)
            left = await provider_deletion.count_left(session)
    except Exception:  # drivers raise many kinds of errors
        return findings
    finally:
        await db.close()
    if late:
        hint = "Delete them in Twilio's console, or ask Twilio's support"
        words = f"messages that should have been deleted a day ago: {roughly(late)}. The service tries again. {hint}"
        return [*findings, Finding(_SUBJECT, False, words)]
    return [
        *findings,
        Finding(
            _SUBJECT,
            True,
            f"messages to be deleted within a day: {roughly(left)}" if left else "no messages are left at providers",
        ),
    ]
