"""Names after commands ("SUIVRE l'eau", "تتبع التنمية"): a clear one is followed, an unclear one is asked back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from api.desk.models import Letter
from api.dialogue.features.names import match_name
from api.proposals.models import Idea
from api.residents.models import Follow
from tests.commitments.plans import CODE, add_plan
from tests.consultations import main_consultation, vote
from tests.meetings.planned import planned
from tests.meetings.test_journeys import texts
from tests.people import FIRST, Person, SmsPerson, joined
from tests.world import World

NAMES = {"a": ["Plateforme de suivi", "منصة لتتبع التنمية"], "b": ["Suivi des écoles"]}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("plateforme", "a"), ("التنمية", "a"), ("la plateforme", "a"), ("écoles", "b"), ("Suivi des écoles", "b"),
        ("suivi", None), ("plateforme des écoles", None), ("?", None), ("", None),
    ],
)  # fmt: skip
def test_a_name_means_the_only_one_it_can(text: str, key: str | None) -> None:
    assert match_name(text, NAMES) == key


@pytest.fixture
async def person(world: World) -> Person:
    """Somebody between two consultations, in a world with a plan."""
    await add_plan(world)
    return await resting(world, "sms", "fr")


async def resting(world: World, channel: str, language: str) -> Person:
    newcomer = await joined(world, channel, language)
    await newcomer.pick(1)
    for _ in range(3):
        await newcomer.way("skip")
    return newcomer


async def followed(world: World) -> tuple[str, str]:
    async with world.db.transaction() as session:
        rows = await session.execute(select(Follow.kind, Follow.ref).order_by(Follow.since.desc()).limit(1))
        kind, ref = rows.one()
        return kind, ref


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("suivre l'eau", ("theme", "water")),
        ("suivre les puits svp", ("theme", "water")),
        ("suivre Chefchaouen", ("province", "01.151")),
        ("suivre label 4", ("commitment", f"{CODE}/4")),
        ("suivre engagement 2", ("commitment", f"{CODE}/2")),
    ],
)
async def test_follows_by_name(world: World, person: Person, words: str, what: tuple[str, str]) -> None:
    await person.say(words)
    assert await followed(world) == what
    await person.say(words.replace("suivre", "ne plus suivre"))
    assert person.heard.startswith(person.words("follow.gone", what="x").partition("x")[0])


async def test_every_feature_reads_a_number_with_its_sign(world: World, person: Person) -> None:
    unknown = {
        "idée": "idea.unknown", "proposition": "proposal.unknown", "statut": "status.unknown", "détail": "detail.none",
        "annuler réunion": "meeting.out.none", "agent": "assist.wrong",
        "suivre": "status.unknown", "ne plus suivre": "status.unknown",
    }  # fmt: skip
    for word, told in unknown.items():
        await person.say(f"{word} n°777")
        assert person.words(told) in texts(person)[-1], word
    await planned(world, "signed", place={"ar": "ساحة", "fr": "Place", "zgh": "ⴰⴷⵖⴰⵔ"})
    await person.say("réunion n°777")
    assert person.heard.startswith(person.words("list.off", number=777))
    await person.say("écrire")
    await person.say("Quand ouvre la piscine ?")
    async with world.db.transaction() as session:
        number = await session.scalar(select(func.max(Letter.id)))
    await person.say(f"écrire n°{number}")
    assert person.heard.startswith(person.words("desk.more", number=number))


async def test_what_is_no_name_is_asked_back(person: Person) -> None:
    await person.say("suivre zzz")
    assert person.heard.startswith(person.words("follow.unknown"))
    assert person.words("follow.ask") in person.heard
    await person.say("statut zzz")
    assert person.heard.startswith(person.words("status.unknown"))
    await person.say("retour")
    await person.say("proposition zzz")
    assert person.heard.startswith(person.words("proposal.unknown"))


async def test_a_commitment_by_its_name_in_arabic_on_telegram(world: World) -> None:
    await add_plan(world)
    person = await resting(world, "telegram", "ar")
    await person.say("تتبع label 3")
    assert person.words("state.late") in person.heard


@pytest.mark.parametrize(
    ("channel", "language", "meeting", "other"),
    [
        ("sms", "ar", "شكرا، متى الاجتماع؟", "شكرا، متى يفتح المسبح؟"),
        ("telegram", "fr", "merci, quand est la réunion ?", "merci, quand ouvre la piscine ?"),
        ("sms", "zgh", "tanmmirt, melmi agraw?", "tanmmirt, mani tlla tinml?"),
    ],
)
async def test_a_question_beside_thanks_is_heard(
    world: World, channel: str, language: str, meeting: str, other: str
) -> None:
    await planned(world, f"thanked-{language}", place={"ar": "النادي", "fr": "Club", "zgh": "ⴰⴽⵍⵓⴱ"})
    person = await resting(world, channel, language)
    await person.say(meeting)
    assert person.words("meetings.ask") in person.heard
    await person.way("leave:back" if channel == "telegram" else "back")
    await person.say(other)
    assert person.words("desk.offer", text=other) in person.heard


async def test_a_question_is_heard_where_a_consultation_waits(own_world: World) -> None:
    person = await resting(own_world, "sms", "fr")
    await own_world.open({**main_consultation(), "code": "later"})
    await person.say("merci, quand ouvre la piscine ?")
    assert person.words("desk.offer", text="merci, quand ouvre la piscine ?") in person.heard
    await person.pick(2)
    await person.say("d'accord")  # nothing was offered: it is shown first
    assert person.words("home.choose") in person.heard
    await person.say("d'accord")
    assert "1/4" in person.heard


async def test_a_meeting_by_its_place(world: World, person: Person) -> None:
    await planned(world, languages=["zgh", "fr"], theme="water")
    await person.say("réunion culture")
    assert person.words("meeting.spoken", languages="amazighe, FR") in person.heard
    assert person.words("meeting.theme", theme="Eau") in person.heard


async def test_an_idea_begins_with_the_words_behind_it(world: World, person: Person) -> None:
    await person.say("Idée : un puits pour l'école du douar")
    assert person.heard.startswith(person.words("idea.more", number=1))
    await person.way("done")
    await person.say("1")
    async with world.db.transaction() as session:
        newest = (await session.scalars(select(Idea).order_by(Idea.id.desc()).limit(1))).one()
    assert (newest.text, newest.theme) == ("un puits pour l'école du douar", "water")


async def test_an_idea_begins_so_too_where_several_consultations_wait(own_world: World) -> None:
    await own_world.open(vote("several"))
    person = await joined(own_world, "telegram", "fr")
    assert person.words("home.choose") in person.heard
    await person.say("Idée : un bus pour les élèves du douar")
    assert person.heard.startswith(person.words("idea.more", number=1))


async def test_in_a_question_words_behind_idea_begin_none(world: World) -> None:
    person: Person = SmsPerson(world, "fr")
    for text in ("hello", str(FIRST["fr"]), "1", "3", "idée géniale"):
        await person.say(text)
    assert "1/4" in person.heard
    await person.say("1")
    assert "2/4" in person.heard


async def test_after_a_feature_only_what_can_be_done_is_offered(person: Person) -> None:
    await person.say("suivre 1")
    assert person.heard.splitlines()[-1] == "MENU"
    await person.say("statut 1")
    assert person.heard.splitlines()[-1].endswith(" / MENU")
    await person.say("statut")
    assert person.heard.splitlines()[-1] == "RETOUR"
