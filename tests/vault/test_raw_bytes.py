"""After closing, nobody with the disk, the keys and the vault finds anything that ties a ballot to a person."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from api.background.cleanup import keeping
from api.consultations.models import Answer, Ballot, Consultation, Superseded
from api.consultations.vault_keys.secrecy import secret_of
from api.conversations.models import Conversation
from api.errors import Invalid
from api.outbox.models import Delivery
from api.residents.models import Resident
from api.security.crypto import voter_token
from api.security.seals import Seals
from api.security.vault import Vault
from tests.receipts.test_nobody_can_look import crowd
from tests.vault.raw import raw
from tests.world import KEYRING, World

LETTER = "bonjour, mon frère a voté hier avec moi au village et son reçu est {}, merci de regarder"


@dataclass(frozen=True)
class Ties:
    """What ties ballots to people while a vote is open."""

    secret: bytes
    tokens: set[bytes]  # of people who voted
    sealed: dict[str, set[bytes]]  # by purpose
    receipts: set[str]


async def ties(world: World) -> Ties:
    async with world.db.transaction() as session:
        consultation = (await session.scalars(select(Consultation))).one()
        secret = secret_of(session, consultation)
        everybody = {voter_token(secret, each) for each in await session.scalars(select(Resident.id))}
        tokens = everybody & set(await session.scalars(select(Ballot.voter)))
        sealed = {
            f"voter secret {consultation.id}": {consultation.secret or b""},
            "delivery": set(await session.scalars(select(Delivery.sealed).where(Delivery.sealed.is_not(None)))),
            "ballot": set(await session.scalars(select(Superseded.sealed).where(Superseded.sealed.is_not(None)))),
        }
        receipts = set(await session.scalars(select(Ballot.receipt)))
        receipts |= set(await session.scalars(select(Superseded.receipt)))
    return Ties(secret, tokens, sealed, receipts)


def readable(world: World, rows: Ties, *, vault: Sequence[Path] | None = None) -> list[str]:
    """The texts that an operator with copies of these rows, the keys and the current vault can decrypt."""
    texts, folders = [], world.settings.vault if vault is None else vault
    for purpose, every in rows.sealed.items():
        for each in every:
            try:
                texts.append(Seals(KEYRING, Vault(folders)).decipher(each, purpose=purpose))
            except Invalid:
                continue
    return texts


async def test_no_secret_no_token_and_no_reply_that_names_a_ballot_is_left(own_world: World) -> None:
    people = await crowd(own_world)
    for person in people:
        for message in ("1 2", "oui", "2", "rien", "3"):
            await person.say(message)
    before, bytes_before = await ties(own_world), await raw(own_world)
    assert len(before.tokens) == 7
    assert all(token in bytes_before for token in before.tokens)  # the search would find them
    assert before.secret not in bytes_before  # sealed even while the vote is open
    opened = "\n".join(readable(own_world, before))
    assert before.secret.hex() in opened
    named_receipts = {receipt for receipt in before.receipts if receipt in opened}
    assert named_receipts
    await own_world.close("plan")
    after = await raw(own_world)
    assert [token for token in before.tokens if token in after] == []
    assert before.secret not in after
    still_readable = "\n".join(readable(own_world, before))  # even from copies of every sealed row
    assert before.secret.hex() not in still_readable
    assert [receipt for receipt in before.receipts if receipt in still_readable] == []


@pytest.mark.alone  # the log is shared by the whole server, and other tests write such keys
async def test_an_answer_is_nowhere_beside_whom_it_was_read_to(own_world: World) -> None:
    """A choice that is shown again is in the row of its author's conversation, in the clear."""
    people = await crowd(own_world)
    for person in people[:3]:
        await person.say("1 x")
    async with own_world.db.transaction() as session:
        values = set(await session.scalars(select(Answer.value)))
    assert values
    keys = [f"q:{number}:".encode() for number in range(1, 9)]
    bytes_before = await raw(own_world)
    assert any(key in bytes_before for key in keys)  # buttons refer to questions
    await own_world.close("plan")
    after = await raw(own_world)
    assert [key for key in keys if key in after] == []


async def test_who_checked_a_receipt_is_known_to_nobody_once_the_key_of_that_hour_is_gone(own_world: World) -> None:
    """Copies of every sealed row, the keys and the vault no longer open the answers."""
    people = await crowd(own_world)
    await own_world.close("plan")
    async with own_world.db.transaction() as session:
        receipts = list(await session.scalars(select(Ballot.receipt)))
    forms = ("VERIFIER {}", "mon reçu est {}", LETTER)
    for person, receipt, form in zip(people, receipts, forms * 3, strict=False):
        await person.say(form.format(receipt))
    await own_world.network.settled()
    rows = await ties_of_replies(own_world)
    before, opened = await raw(own_world), "\n".join(readable(own_world, rows))
    assert sum(receipt in opened for receipt in receipts) >= 7
    assert all(each[:64] in before for each in rows.sealed["delivery"])  # the search would find them
    assert not [receipt for receipt in receipts if receipt in "\n".join(readable(own_world, rows, vault=()))]
    own_world.now.advance(minutes=46)
    await keeping(own_world.service.means).work(own_world.db, own_world.now())
    still_readable = "\n".join(readable(own_world, rows))
    assert [receipt for receipt in receipts if receipt in still_readable] == []


async def ties_of_replies(world: World) -> Ties:
    """What ties people to receipts after closing: replies, and offered letters."""
    async with world.db.transaction() as session:
        answers = set(await session.scalars(select(Delivery.sealed).where(Delivery.sealed.is_not(None))))
        notes = [each["draft"] for each in await session.scalars(select(Conversation.notes)) if "draft" in each]
    letters = {base64.b64decode(each["text"]) for each in notes}
    assert letters
    return Ties(b"", set(), {"delivery": answers, "letter": letters}, set())
