"""Words that lead where they say: an invitation's reply, going back, erasing, yes and no, numbers of a list."""

from __future__ import annotations

import pytest

from api.dialogue.features import commitments
from api.dialogue.understand.posters import poster_keyword
from api.meetings import service
from api.meetings.schemas import MinutesWords
from sawt.compose import catalogs
from tests.ballots import resident_of
from tests.consultations import main_consultation, question, vote, words
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import codes, only_ballot, open_only, voter
from tests.journeys.wired import WiredPerson
from tests.meetings.planned import at, clock, planned, registered
from tests.understand.test_read import LEXICON
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")


async def invited(world: World, channel: str) -> DirectPerson:
    """Somebody at rest with two open consultations, whose newest message invites to `round`."""
    person = await voter(world, channel, WiredPerson)
    await world.open(vote("several"))
    await person.say("MENU")
    await person.say("retour")
    await world.invite("round")
    await world.deliver()
    return person


@channels
@pytest.mark.parametrize("reply", ["COMMENCER", "ابدأ", "1", "oui", "START", "un"])
async def test_the_reply_to_an_invitation_opens_what_it_invites_to(own_world: World, channel: str, reply: str) -> None:
    person = await invited(own_world, channel)
    await person.say("0")
    await own_world.invite("plan")
    await person.say("retour")
    await own_world.open({**main_consultation(), "code": "third", "title": words("third")})
    own_world.now.advance(hours=2)
    await own_world.invite("third")
    await own_world.deliver()
    await person.say(reply)
    assert "texte third" in person.heard
    assert "1/4" in person.heard


@channels
async def test_a_number_after_other_words_is_no_reply_to_the_invitation(own_world: World, channel: str) -> None:
    person = await invited(own_world, channel)
    for text in ("xyzzy", "merci", "9"):
        await person.say(text)
        assert "texte several" not in person.heard
    assert await codes(person) == set()


@channels
@pytest.mark.parametrize("reply", ["1", "oui"])
async def test_it_stands_below_the_question_that_waits_and_is_what_they_answer(
    own_world: World, channel: str, reply: str
) -> None:
    person = await voter(own_world, channel, WiredPerson)
    await own_world.open(vote("several"))
    own_world.now.advance(hours=1)
    await own_world.invite("round")
    await own_world.deliver()
    await person.say(reply)
    assert "texte several" in person.heard
    assert await codes(person) == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("START VOTE", "vote"), ("/START vote", "vote"), ("Plan.", "plan"), ("«plan»", "plan"), ("PLAN!", "plan"),
        ("\u200fplan", "plan"), (" plan ", "plan"), ("commencer plan", "plan"), ("ابدأ plan", "plan"),
        ("plan b", ""), ("", ""), ("le plan", ""), ("START", "start"), ("plan-2", "plan-2"), ("PLAN", "plan"),
    ],
)  # fmt: skip
def test_a_posters_keyword_however_it_is_written(text: str, code: str) -> None:
    assert poster_keyword(text, LEXICON) == code


@channels
@pytest.mark.parametrize("written", ["START ROUND", "«Round.»", "\u200fround!"])
@pytest.mark.parametrize("later", [False, True])
async def test_a_posters_keyword_keeps_its_consultation_and_source(
    own_world: World, channel: str, written: str, later: bool
) -> None:
    await own_world.open(vote("several"))
    person = DirectPerson.new(own_world, channel)
    if later:
        await person.say("bonjour")
    await person.say(written)
    for key in ("lang:fr", "consent:yes", "prov:01.571"):
        await person.take(next(choice for choice in person.choices if choice.key == key))
    assert "texte several" in person.heard
    resident = await resident_of(own_world, channel, person.address)
    assert resident is not None
    assert resident.source == "round"


@channels
async def test_who_skipped_everything_did_not_answer(own_world: World, channel: str) -> None:
    person = await voter(own_world, channel)
    for _ in range(4):
        await person.say("passer")
    assert person.heard.startswith(VOICE("done.empty"))
    await person.say("aaaa")
    assert "déjà répondu" not in person.heard


@channels
async def test_the_menu_has_the_votes_and_a_way_out(own_world: World, channel: str) -> None:
    person = await voter(own_world, channel)
    await person.say("menu")
    assert VOICE("menu.votes") in [choice.label for choice in person.choices]
    assert person.choices[-1].label == VOICE("word.back")
    await person.take(next(choice for choice in person.choices if choice.key == "go:votes"))
    assert "1/4" in person.heard


ERASE = (
    "ERASE", "effacer", "effacer mes données", "supprimer", "Supprimer mes données", "محو", "امحو بياناتي", "حذف",
    "امسح معلوماتي", "بغيت نمسح معلوماتي", "ⴽⴽⵙ", "kks",
)  # fmt: skip


@channels
@pytest.mark.parametrize("asked", ["question", "own words", "rest"])
async def test_words_for_erasing_open_the_way_of_my_data(own_world: World, channel: str, asked: str) -> None:
    if asked == "own words":
        await open_only(own_world, {"code": "own", "title": words("own"), "questions": [question("text")]})
    person = await voter(own_world, channel)
    if asked == "rest":
        await person.say("menu")
        await person.say("0")
    for word in ERASE:
        await person.say(word)
        assert VOICE("mine.erase") in [choice.label for choice in person.choices], word
        await person.say("retour")
    await person.say("ERASE")
    await person.take(person.choices[0])
    await person.say("oui")
    assert person.heard.startswith(VOICE("mine.erased"))


@channels
async def test_zero_goes_back_unless_it_is_an_answer(own_world: World, channel: str) -> None:
    asked = [question("single", options=3), question("text"), question("scale", low=0, high=3), question("yes_no")]
    await open_only(own_world, {"code": "zeros", "title": words("zeros"), "questions": asked})
    person = await voter(own_world, channel)
    for text, place in (("1", 2), ("0", 1), ("2", 2), ("٠", 1), ("2", 2), ("un puits", 3), ("0", 4), ("0", 3)):
        await person.say(text)
        assert f"{place}/4" in person.heard, text
    assert (await only_ballot(person))[3] == ["0"]


YES = ("oui", "واخا", "نعم", "d'accord", "ⵢⴰⵀ")


@channels
@pytest.mark.parametrize("yes", YES)
async def test_yes_takes_a_seat(own_world: World, channel: str, yes: str) -> None:
    await own_world.close("plan")
    number = await planned(own_world)
    person = await voter(own_world, channel)
    await person.say("réunion 1")
    await person.say(yes)
    assert [state for _, state in await registered(own_world, number)] == ["seat"]


@channels
async def test_no_takes_none(own_world: World, channel: str) -> None:
    await own_world.close("plan")
    number = await planned(own_world)
    person = await voter(own_world, channel)
    await person.say("réunion 1")
    await person.say("non")
    assert await registered(own_world, number) == []


async def minutes_asked(world: World, channel: str) -> tuple[DirectPerson, int]:
    """Somebody who attended a meeting, and is asked whether its minutes are right."""
    await world.close("plan")
    number = await planned(world, days=1)
    person = await voter(world, channel, WiredPerson)
    await person.say("réunion 1")
    await person.say("oui")
    world.now.advance(days=2)
    while not world.kit.rules.hours.open_at(world.now()):
        world.now.advance(hours=1)
    async with world.db.transaction() as session:
        await service.record(
            session, "tanger", MinutesWords(ar="ا", fr="L'eau.", zgh="ⴰ"), who="amina", now=world.now()
        )
    await clock(world)
    await world.deliver()
    return person, number


@channels
@pytest.mark.parametrize("yes", ["واخا", "oui", "wakha"])
async def test_the_minutes_are_agreed_with_by_any_yes(own_world: World, channel: str, yes: str) -> None:
    person, number = await minutes_asked(own_world, channel)
    await person.say(yes)
    assert person.heard.startswith(VOICE("minutes.thanks"))
    assert (await at(own_world, number)).agreed == 1


@channels
async def test_who_says_that_they_are_wrong_is_asked_what_to_mend(own_world: World, channel: str) -> None:
    person, number = await minutes_asked(own_world, channel)
    await person.say("لا")
    assert VOICE("minutes.mend") in person.heard
    await person.say("vous avez oublié l'éclairage")
    assert VOICE("desk.sent", number=1) in person.heard
    assert (await at(own_world, number)).disagreed == 1


@channels
async def test_the_numbers_of_a_list_of_meetings_mean_that_list(own_world: World, channel: str) -> None:
    await own_world.close("plan")
    past = await planned(own_world, "past", days=1)
    own_world.now.advance(days=2)
    full, free = await planned(own_world, "full", days=3, seats=1), await planned(own_world, "free", days=4)
    other, person = await voter(own_world, channel), await voter(own_world, channel)
    await other.say("réunion 1")
    await other.say("oui")
    await person.say("réunions")
    labels = [choice.label for choice in person.choices if not choice.action]
    assert [VOICE("meeting.full") in label for label in labels] == [True, False]
    await person.say("réunion 2")
    assert "texte free" in person.heard
    await person.say("réunion 1")
    assert VOICE("meeting.wait") in [choice.label for choice in person.choices]
    await person.say("oui")
    assert person.heard.startswith(VOICE("meeting.waiting", number=1))
    await person.say("réunion 3")
    assert person.heard.startswith(VOICE("list.off", number=3))
    assert [choice.label for choice in person.choices if not choice.action] != []
    assert await registered(own_world, free) == await registered(own_world, past) == []
    await person.say("annuler réunion 1")
    assert [state for _, state in await registered(own_world, full)] == ["seat"]


@channels
async def test_a_seat_taken_amid_a_vote_says_how_to_give_it_up(own_world: World, channel: str) -> None:
    await planned(own_world)
    person = await voter(own_world, channel)
    await person.say("réunion 1")
    await person.say("oui")
    assert VOICE("meeting.giveup") in person.heard
    assert "1/4" in person.heard


@pytest.mark.parametrize(
    ("days", "told"), [(1, "1 jour"), (59, "59 jours"), (60, "2 mois"), (729, "24 mois"), (1459, "4 ans")]
)
def test_how_long_something_is_late_is_told_in_a_fitting_unit(days: int, told: str) -> None:
    assert f"{told} de retard" in commitments.overdue(VOICE, "x", "01/01/2026", days)


@channels
async def test_a_text_of_a_proposal_ends_with_how_to_choose_it(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, channel)
    await person.say("detail 4")
    assert person.heard.endswith(VOICE("detail.choose", number="4"))
    await person.say("4")
    assert (await only_ballot(person))[1] == ["4"]


@channels
async def test_nothing_is_repeated_that_the_next_line_says(own_world: World, channel: str) -> None:
    await own_world.open({**vote("several"), "title": {**words("x"), "fr": "Le vote sur les écoles"}})
    person = await voter(own_world, channel)
    await person.say("menu")
    await person.say("votes")
    assert person.heard == VOICE("home.choose")
    await person.say("vote ecole")
    assert person.heard.startswith("Le vote sur les écoles")
    await person.say("plan")
    await person.say("1")
    await person.say("annuler")  # certainly "back", but in unclear words
    assert person.heard.startswith("1/4")
