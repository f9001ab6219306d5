"""A receipt that is mentioned is never stored: not as the source of a resident, nor as a repeated text."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from api.channel import Hints, Incoming, Reply
from api.consultations.receipts import spotting
from api.consultations.words.unmatched import Unmatched
from api.conversations.models import Conversation
from api.dialogue import service
from api.errors import Unavailable
from api.proposals.models import Idea
from api.residents.models import Resident
from api.residents.service import STOPPED
from tests.consultations import main_consultation
from tests.direct import DirectPerson, new_id
from tests.journeys.test_stop_in_own_words import state_of
from tests.linking.test_at_once import at_first_question
from tests.receipts.test_named_beside_its_owner import ideas, is_checked
from tests.receipts.test_passing import newest, own, receipt_of
from tests.vault.test_folders import away
from tests.world import KEYRING, World

__all__ = ["own"]
RECEIPTS = ("BCDE2345", "ABCD2345", "7EFGH689")


async def brought(world: World) -> set[str | None]:
    """The stored sources of residents."""
    async with world.db.transaction() as session:
        sources, payloads = (
            await session.scalars(select(Resident.source)),
            await session.scalars(select(Conversation.payload)),
        )
        return {*sources, *payloads}


async def start(person: DirectPerson, payload: str) -> None:
    """Follow a deep link on Telegram, or type its command."""
    hints = Hints(payload=payload, contact=True, ticks=True)
    now, address = person.world.now(), person.address
    await person.dialogue.handle(Incoming("telegram", "telegram", address, "start", new_id(), now, hints=hints))


@pytest.mark.parametrize("form", ["{0}", "{1} {2}", "{1}-{2}", "mon code {1} {2}", "{3}"])
async def test_what_a_text_is_known_by_does_not_tell_its_receipt(own: World, form: str) -> None:
    for each in RECEIPTS:
        await DirectPerson.new(own, "sms").say(form.format(each, each[:4], each[4:], " ".join(each)))
    async with own.db.transaction() as session:
        assert len({mark for marks in await session.scalars(select(Conversation.repeated)) for mark in marks}) <= 1


@pytest.mark.parametrize("form", ["{1} {2}", "{1}-{2}", "mon {1} {2}"])
async def test_no_list_of_words_has_a_receipt_in_it(own: World, form: str) -> None:
    person = await at_first_question(own, "sms")
    for each in RECEIPTS:
        await person.say(form.format(each, each[:4], each[4:]))
    async with own.db.transaction() as session:
        assert list(await session.scalars(select(Unmatched))) == []


@pytest.mark.parametrize("receipt", RECEIPTS)
@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_nobody_is_brought_by_a_receipt(own: World, channel: str, receipt: str) -> None:
    fresh, stopped = DirectPerson.new(own, channel), await at_first_question(own, channel)
    await stopped.say("STOP")
    for person in (fresh, stopped):
        if channel == "telegram":
            await start(person, receipt.lower())
        await person.say(f"START {receipt}")
    assert await brought(own) == {None}


async def test_a_deep_link_brings_its_word_and_no_sentence(own: World) -> None:
    fresh, stopped = DirectPerson.new(own, "telegram"), await at_first_question(own, "telegram")
    await stopped.say("STOP")
    for person in (fresh, stopped):
        await start(person, "je voudrais parler de mon voisin")
    assert await brought(own) == {None}
    await start(stopped, "souk")
    assert await brought(own) == {None, "souk"}


async def test_a_consultation_whose_code_looks_like_a_receipt_is_kept(own: World) -> None:
    await own.open({**main_consultation(), "code": "marche24"})
    fresh = DirectPerson.new(own, "telegram")
    await start(fresh, "marche24")
    assert await brought(own) == {"marche24"}


@pytest.mark.parametrize(
    "text", ["code6FAJBH7Bsvp", "6FÁJBH7B", "６ＦＡＪ ＢＨ７Ｂ", "6-F-A-J-B-H-7-B", "mon6FAJ BH7Bcode", "6FАЈ ВН7В"]
)
def test_nothing_of_a_receipt_is_left_around_it(text: str) -> None:
    assert not spotting.possible(spotting.without_runs(text))
    assert spotting.without_runs(text) == spotting.without_runs(text.replace("6F", "5K").replace("６Ｆ", "５Ｋ"))


async def test_no_idea_is_sent_whose_parts_make_up_a_receipt(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    for message in ("idée", f"un pont sur la route, {receipt[:3]}", f"{receipt[3:]} et une école", "fini", "1"):
        await person.say(message)
    assert is_checked(person, receipt)
    assert person.words("idea.dropped") in person.heard
    async with own.db.transaction() as session:
        assert (await session.scalars(select(Idea.text))).all() == []
    assert await ideas(own) == []


def both_away(world: World) -> None:
    """Make all folders of the vault unavailable."""
    for folder in world.settings.vault:
        away(folder, empty=False)


@pytest.mark.parametrize("text", ["HELP HELP", "aide ABCD2345", "VERIFIER ABCD2345", "STOP ABCD2345"])
async def test_with_the_vault_away_an_answer_that_repeats_no_receipt_is_given(own: World, text: str) -> None:
    person = await at_first_question(own, "sms")
    await person.say("menu")
    both_away(own)
    await person.say(text)
    assert person.heard
    reply = json.loads(KEYRING.decipher(await newest(own), purpose="delivery"))
    assert reply["t"] == person.heard
    assert bool({"h", "o"} & set(reply)) is not spotting.may_be_named(text)


async def test_with_the_vault_away_no_receipt_is_repeated(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    both_away(own)
    for text in (f"VERIFIER {receipt}", receipt, "IDEE un pont ABCD2345 sur la route"):
        with pytest.raises(Unavailable):
            await person.say(text)


@pytest.mark.parametrize("reply", ["mon ABCD2345", "abcd 2345 ?", "A-B-C-D-2-3-4-5"])
async def test_with_the_vault_away_no_answer_repeats_what_may_be_a_receipt(
    own: World, monkeypatch: pytest.MonkeyPatch, reply: str
) -> None:
    async def repeated(*_args: object, **_kwargs: object) -> list[Reply]:
        return [Reply(reply)]

    person = await at_first_question(own, "sms")
    both_away(own)
    monkeypatch.setattr(service, "converse", repeated)
    with pytest.raises(Unavailable):
        await person.say("et ABCD2345")


async def test_nobody_is_kept_from_stopping_whatever_the_answer_repeats(
    own: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await at_first_question(own, "sms")
    both_away(own)
    monkeypatch.setattr(spotting, "repeats", lambda *_args: True)
    await person.say("ARRETEZ LES MESSAGES")
    assert await state_of(own, person) == STOPPED
