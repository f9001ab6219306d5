"""A vote opened before there was a vault is sealed by the upgrade and continues; a closed one stays published."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from api.consultations.ballots.casting import residents_with_ballot
from api.consultations.models import Consultation
from api.consultations.receipts import receipt_list
from api.consultations.vault_keys import secrecy
from api.security.crypto import voter_token
from api.settings import Settings
from sawt.migrate import migrate
from sawt.vault import database
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo
from tests.world import KEYS

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SECRET = bytes(range(32))


async def test_secrets_in_the_clear_are_sealed_once(
    databases: SqliteDatabases | PostgresDatabases, tmp_path: Path
) -> None:
    url, keys = await databases.empty(), SecretStr(KEYS)
    db = database(Settings(_env_file=None, database_url=url, keys=keys, vault=[tmp_path / "vault"]))
    await migrate(db, "0030")
    columns = {"title": {}, "revision": 1, "created_at": NOW, "opened_at": NOW, "invited_only": False}
    await fill(db, consultations={**columns, "id": 1, "code": "open", "state": "open", "secret": SECRET})
    await fill(db, consultations={**columns, "id": 2, "code": "over", "state": "closed", "closed_at": NOW})
    await fill(db, publications={"consultation_id": 2, "digest": "0" * 64, "ballots": 0, "published_at": NOW})
    ballot = {"id": 5, "consultation_id": 1, "receipt": "ABCD2345", "channel": "sms", "language": "fr"}
    ballot |= {"complete": False, "cast_on": NOW.date(), "assisted": False, "voter": voter_token(SECRET, 7)}
    await fill(db, ballots=ballot)
    await migrate(db)
    async with db.transaction() as session:  # votes are found even before secrets are sealed
        assert await residents_with_ballot(session, [7, 8]) == [7]
        assert [await secrecy.seal_clear(session), await secrecy.seal_clear(session)] == [1, 0]
    async with db.transaction() as session:
        opened, over = (await session.scalars(select(Consultation).order_by(Consultation.id))).all()
        assert SECRET not in (opened.secret or b"")
        assert secrecy.secret_of(session, opened) == SECRET
        assert await residents_with_ballot(session, [7, 8]) == [7]
        assert (over.cleaned_at, (await receipt_list.publication(session, over)).digest) == (NOW, "0" * 64)
    with pytest.raises(RuntimeError, match="open"):  # an older release would use the sealed value as the secret
        await undo(db, "0030")
    await db.close()
