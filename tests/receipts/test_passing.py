"""Expiring keys: what names a receipt can be read while a repetition or a late reply needs it, and never afterwards."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from api.background import cleanup
from api.consultations.models import Ballot
from api.consultations.receipts import spotting
from api.conversations.models import Conversation
from api.errors import Invalid, Unavailable
from api.outbox import payload
from api.outbox.models import Delivery
from api.residents import service as residents
from api.security.seals import PASSING, Seals
from api.security.vault import Vault
from api.workflows import residents as workflow_residents
from tests.direct import DirectPerson, new_id
from tests.journeys.test_stop_in_own_words import state_of
from tests.linking.test_at_once import at_first_question
from tests.vault.test_folders import away
from tests.world import KEYRING, World, quiet

NONE = "VERIFIER ABCD2345"  # no such receipt exists
LETTER = "bonjour, mon frère a voté hier avec moi au village et son reçu est {}, merci de regarder"


@pytest.fixture
async def own(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world with a vault of its own."""
    async with quiet(database_url, vault=[tmp_path / "one", tmp_path / "two"]) as world:
        yield world


def expiring_keys(world: World) -> set[str]:
    """The names of expiring keys, the same in each folder of the vault."""
    one, two = ({path.name for path in folder.glob(f"{PASSING}*")} for folder in world.settings.vault)
    assert one == two
    return one


async def later(world: World, **by: float) -> None:
    """Advance the clock, and run the cleanup jobs."""
    world.now.advance(**by)
    await cleanup.keeping(world.service.means).work(world.db, world.now())


async def newest(world: World) -> bytes:
    """The newest reply, as stored."""
    async with world.db.transaction() as session:
        sealed = await session.scalar(select(Delivery.sealed).order_by(Delivery.id.desc()).limit(1))
    assert sealed is not None
    return sealed


def seals(world: World) -> Seals:
    """The current seals."""
    return Seals(KEYRING, Vault(world.settings.vault))


async def draft(world: World) -> bytes | None:
    """The one offered letter, as stored."""
    async with world.db.transaction() as session:
        drafts = [notes["draft"] for notes in await session.scalars(select(Conversation.notes)) if "draft" in notes]
    return base64.b64decode(drafts[0]["text"]) if drafts else None


async def receipt_of(world: World, person: DirectPerson) -> str:
    """Vote; return the receipt."""
    for message in ("1", "1", "4", "une route"):
        await person.say(message)
    async with world.db.transaction() as session:
        return (await session.scalars(select(Ballot.receipt))).one()


async def test_a_key_serves_a_quarter_of_an_hour_and_goes_once_no_repetition_needs_it(own: World) -> None:
    person = await at_first_question(own, "sms")
    assert expiring_keys(own) == set()  # none is created before it is needed
    for _ in range(2):
        await person.say(NONE)
    first = expiring_keys(own)
    assert len(first) == 1
    own.now.advance(minutes=15)
    await person.say(NONE)
    assert len(expiring_keys(own)) == 2
    sealed = await newest(own)
    await later(own, minutes=16)
    assert not first & expiring_keys(own)
    assert "ABCD2345" not in str(payload.unseal(seals(own), sealed))
    await later(own, minutes=15)
    assert expiring_keys(own) == set()
    with pytest.raises(Invalid):
        payload.unseal(seals(own), sealed)


async def test_a_repetition_gets_the_same_answer_and_nothing_once_the_key_is_gone(own: World) -> None:
    person, sid = await at_first_question(own, "sms"), new_id()
    replies = await person.say(NONE, external_id=sid)
    assert replies
    assert await person.say(NONE, external_id=sid) == replies
    await later(own, minutes=31)
    assert await person.say(NONE, external_id=sid) == []


async def test_a_reply_that_was_not_handed_over_keeps_its_key(own: World) -> None:
    person = await at_first_question(own, "telegram")
    await person.say(NONE)  # queued until the channel confirms sending
    sealed = await newest(own)
    await later(own, hours=5)
    assert payload.unseal(seals(own), sealed).text == person.heard
    async with own.db.transaction() as session:
        await session.execute(update(Delivery).values(state="sent", settled_at=own.now()))
    await later(own, minutes=1)
    assert expiring_keys(own) == set()


async def test_what_is_no_answer_to_a_receipt_is_sealed_as_ever(own: World) -> None:
    person = await at_first_question(own, "sms")
    await person.say("aide")
    assert payload.unseal(KEYRING, await newest(own)).text == person.heard
    assert expiring_keys(own) == set()


@pytest.mark.parametrize("form", ["{}", "mon reçu est {}", "code : {}", "{} ?", "mon code {} svp", "vérifier mon {}"])
async def test_a_short_sentence_with_a_receipt_is_a_check(own: World, form: str) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    for spelling in (receipt, receipt.lower(), f"{receipt[:4]} {receipt[4:]}", f"{receipt[:4]}-{receipt[4:]}"):
        await person.say(form.format(spelling))
        assert person.words("receipt.counted", receipt=receipt, title="texte plan") in person.heard
        assert await draft(own) is None
    await person.say(form.format("9KM2PQ3S"))
    assert person.words("receipt.unknown") in person.heard
    assert await draft(own) is None


async def test_a_letter_that_is_offered_cannot_be_read_with_the_keys_and_goes_with_the_offer(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    await person.say(LETTER.format(receipt))
    assert person.words("desk.offer", text=LETTER.format(receipt)) in person.heard
    sealed = await draft(own)
    assert sealed is not None
    assert receipt not in KEYRING.decipher(sealed, purpose="letter")
    assert receipt in seals(own).decipher(sealed, purpose="letter")
    await later(own, minutes=9)
    assert await draft(own) is not None
    await later(own, minutes=1)
    assert await draft(own) is None
    await person.say("oui")
    assert person.words("desk.sent", number=1) not in person.heard


async def test_no_answer_is_told_by_its_length(own: World) -> None:
    await (await at_first_question(own, "sms")).say(NONE)
    [name] = expiring_keys(own)
    sealing_now = seals(own)
    sealing_now.use(name)
    texts = ("counted", "Eau, Routes, Hôpital" * 95)
    sealed = [sealing_now.encipher(each, purpose="delivery") for each in texts]
    assert len({len(each) for each in sealed}) == 1
    assert len(sealed[0]) < 3000  # closing rewrites deliveries up to a size: docs/receipts.md
    assert [sealing_now.decipher(each, purpose="delivery") for each in sealed] == list(texts)


async def test_a_letter_that_is_wanted_is_sent(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    await person.say(LETTER.format(receipt))
    await person.say("oui")
    assert person.words("desk.sent", number=1) in person.heard


async def test_of_those_who_took_part_no_draft_outlives_closing(own: World) -> None:
    person, other = await at_first_question(own, "sms"), await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    await person.say(LETTER.format(receipt))
    await own.close("plan")
    assert await draft(own) is None
    await other.say("je voudrais savoir quand la route sera refaite au village")
    async with own.db.transaction() as session:
        await workflow_residents.forget(session, now=own.now())  # considers consultations that closed lately
    assert await draft(own) is not None  # written after closing


@pytest.mark.parametrize(
    ("text", "receipts"),
    [
        ("W7MQ2X9K", ["W7MQ2X9K"]), ("reçu: w7mq2x9k.", ["W7MQ2X9K"]), ("w7mq 2x9k svp", ["W7MQ2X9K"]),
        ("W7-MQ-2X-9K", ["W7MQ2X9K"]), ("W٧MQ٢X٩K", ["W7MQ2X9K"]), ("W7MQ\u200b2X9K", ["W7MQ2X9K"]),
        ("W7MQ2X9", []), ("bonjour à tous", []), ("", []),
    ],
)  # fmt: skip
def test_receipts_are_found_within_a_text(text: str, receipts: list[str]) -> None:
    assert spotting.within(text) == receipts


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("codeW7MQ2X9K?", True), ("w 7 m q 2 x 9 k", True), ("Ｗ７ＭＱ２Ｘ９Ｋ", True), ("_W7MQ2X9K_", True),
        ("oui", False), ("1 2 3", False), ("ARRET", False), ("stop", False),
    ],
)  # fmt: skip
def test_however_it_is_written_it_may_be_one(text: str, may: bool) -> None:
    assert spotting.may_be_named(text) is may


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_an_answer_to_a_receipt_takes_little_room(own: World, language: str) -> None:
    person = DirectPerson.new(own, "telegram")
    for message in ("hello", {"ar": "1", "fr": "2", "zgh": "3"}[language], "1", "3"):
        await person.say(message)
    receipt = await receipt_of(own, person)
    await own.close("plan")
    await person.say(receipt)
    assert receipt in person.heard
    assert len(await newest(own)) < 3000


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("which", [0, 1])
async def test_a_mirror_that_is_away_keeps_nobody_from_stopping_and_no_key_is_left(
    own: World, which: int, empty: bool
) -> None:
    person = await at_first_question(own, "sms")
    await person.say(NONE)
    present, missing = own.settings.vault[1 - which], own.settings.vault[which]
    disk = away(missing, empty=empty)
    own.now.advance(minutes=15)
    await person.say("ARRETEZ LES MESSAGES")
    assert await state_of(own, person) == residents.STOPPED
    assert list(missing.glob("*")) == []  # nothing is written to the mount point
    with pytest.raises(Unavailable):
        await later(own, minutes=31)
    assert list(present.glob(f"{PASSING}*")) == []  # deleted where that is possible
    if empty:
        missing.rmdir()
    disk.rename(missing)
    await later(own, minutes=1)
    assert expiring_keys(own) == set()


async def test_stopping_needs_no_vault_and_a_receipt_does(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    for folder in own.settings.vault:
        folder.rename(folder.with_name(f"{folder.name}-unmounted"))
        folder.mkdir(0o700)
    with pytest.raises(Unavailable):
        await person.say(LETTER.format(receipt))
    await person.say("ARRETEZ LES MESSAGES")
    assert await state_of(own, person) == residents.STOPPED


async def test_what_a_crash_left_of_a_key_goes_too(own: World) -> None:
    await (await at_first_question(own, "sms")).say(NONE)
    [name] = expiring_keys(own)
    one, two = own.settings.vault
    part = two / f".{name}.f0b94a49"
    (two / name).rename(part)
    (one / name).unlink()
    await later(own, minutes=31)
    assert not part.exists()
