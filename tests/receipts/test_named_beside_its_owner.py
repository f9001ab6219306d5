"""A receipt is never stored next to its owner: not in an idea, a letter or a reply, however it is written."""

from __future__ import annotations

import base64
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from api.consultations.ballots.casting import ALPHABET, new_receipt
from api.consultations.receipts import spotting
from api.conversations.models import IDEA, Conversation
from api.desk.models import LetterLine
from tests.direct import DirectPerson
from tests.journeys.test_late_words import StandingClock, at_the_first_question
from tests.journeys.test_letters_in_parts import BEGUN
from tests.linking.test_at_once import at_first_question
from tests.receipts.test_passing import expiring_keys, later, newest, own, receipt_of
from tests.world import KEYRING, World

__all__ = ["own"]
LONG = "bonjour, je voudrais savoir pourquoi mon vote du village avec le reçu {} ne compte pas"
IDEA_OF_ONE = ("idée", "un pont sur la rivière du douar")


async def ideas(world: World) -> list[str]:
    """The texts of unfinished ideas."""
    async with world.db.transaction() as session:
        drafts = [notes[IDEA] for notes in await session.scalars(select(Conversation.notes)) if IDEA in notes]
    return [str(each["text"]) for each in drafts if each["text"]]


async def lines(world: World) -> str:
    """All lines of letters, decrypted."""
    async with world.db.transaction() as session:
        sealed = await session.scalars(select(LetterLine.sealed))
        return "\n".join(KEYRING.decipher(each, purpose="letter") for each in sealed)


def is_checked(person: DirectPerson, receipt: str) -> bool:
    return person.words("receipt.counted", receipt=receipt, title="texte plan") in person.heard


def marked(receipt: str) -> str:
    """Put an accent on its first letter, as a combining character."""
    letter = next(each for each in receipt if each in "ACEGJKMNPRSTWYZ")
    return receipt.replace(letter, letter + "\u0301", 1)


@pytest.mark.parametrize("form", ["{}", "VERIFIER {}"])
async def test_a_checked_receipt_with_a_mark_is_sealed_under_a_key_that_passes(own: World, form: str) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    await own.close("plan")
    await person.say(form.format(marked(receipt)))
    assert receipt in person.heard
    assert receipt not in KEYRING.decipher(await newest(own), purpose="delivery")
    assert len(expiring_keys(own)) == 1


PARTS = st.one_of(
    st.sampled_from(
        ["\u0301", "\u20dd", "\u200b", "\u0488", " ", "-", ".", "_", "²", "٣", "ǆ", "ß", "ſ", "é", "Ａ", "Ⓐ"]
    ),
    st.sampled_from(ALPHABET + ALPHABET.lower()),
    st.characters(exclude_categories=["Cs"]),
)


@given(st.lists(PARTS, max_size=24).map("".join))
@example("J7A\u0301932YM")
@example("de passer")
@example("W7M Q2X9K")
def test_whatever_is_found_may_be_named(text: str) -> None:
    if spotting.tidy(text) is not None or spotting.within(text):
        assert spotting.may_be_named(text)


@given(
    st.text(alphabet=ALPHABET, min_size=8, max_size=8), st.integers(0, 8), st.sampled_from(["\u0301", "\u200b", " "])
)
def test_a_receipt_is_possible_wherever_a_mark_is(receipt: str, at: int, mark: str) -> None:
    assert receipt in spotting.possible(f"code{unicodedata.normalize('NFC', receipt[:at] + mark + receipt[at:])}svp")


def test_every_receipt_has_a_digit() -> None:
    assert all(any(map(str.isdecimal, new_receipt())) for _ in range(500))


@pytest.mark.parametrize("text", ["bonjour vendredi passe", "je demande des ecoles", "rendez nous la source"])
def test_an_ordinary_sentence_names_no_receipt(text: str) -> None:
    assert not spotting.may_be_named(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("VERIFIER 2 5 E V 9 K M N", 2), ("mon reçu W7MQ 2X9K svp", 4), ("W7-MQ-2X-9K", 1), ("une route", 2), ("", 0)],
)
def test_a_receipt_that_is_spelled_out_is_one_word(text: str, words: int) -> None:
    assert spotting.words_of(text) == words


async def test_a_receipt_that_is_spelled_out_is_checked(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    await person.say(f"VERIFIER {' '.join(receipt)}")
    assert is_checked(person, receipt)


async def test_no_idea_keeps_a_receipt(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    for message in (f"IDEE mon recu est {receipt}", "IDEE", receipt, LONG.format(receipt), f"code{receipt.lower()}"):
        await person.say(message)
        assert message == "IDEE" or is_checked(person, receipt)
        assert await ideas(own) == []
    await person.say("un pont sur la rivière")
    assert person.words("idea.more", number=1) in person.heard


async def test_at_closing_no_idea_is_left_that_names_a_receipt(own: World) -> None:
    person, other = await at_first_question(own, "sms"), await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    for message in ("idée", f"un pont, {receipt[:3]}", f"{receipt[3:]} et une route"):
        await person.say(message)
    for message in IDEA_OF_ONE:
        await other.say(message)
    assert len(await ideas(own)) == 2
    await own.close("plan")
    [remaining] = await ideas(own)
    assert KEYRING.decipher(base64.b64decode(remaining), purpose="idea draft") == IDEA_OF_ONE[1]
    await person.say("valider")
    assert person.words("idea.more", number=2) not in person.heard


async def test_an_idea_that_nobody_went_on_with_is_dropped_after_a_day(own: World) -> None:
    person = await at_first_question(own, "sms")
    for message in IDEA_OF_ONE:
        await person.say(message)
    await later(own, hours=23)
    assert len(await ideas(own)) == 1
    await later(own, hours=1)
    assert await ideas(own) == []


@pytest.mark.parametrize("form", ["{}", LONG])
async def test_what_names_a_receipt_joins_no_letter(own: World, form: str) -> None:
    clock = StandingClock(own.now())
    person = await at_the_first_question(own, clock, repeated_within=3, parts_within=5)
    receipt = await receipt_of(own, person)
    for first_part in (BEGUN, "il manque un médecin au douar"):
        await person.say("écrire")
        await person.say(first_part)
        clock.advance(seconds=2)
        await person.say(form.format(receipt))
        assert is_checked(person, receipt)
        assert receipt not in await lines(own)
        clock.advance(minutes=1)


async def test_a_receipt_alone_is_no_letter(own: World) -> None:
    person = await at_first_question(own, "sms")
    receipt = await receipt_of(own, person)
    await person.say("écrire")
    await person.say(receipt)
    assert is_checked(person, receipt)
    assert await lines(own) == ""
    await person.say("il manque un médecin")
    assert await lines(own) == "il manque un médecin"
